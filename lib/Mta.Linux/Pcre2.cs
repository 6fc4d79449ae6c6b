using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// A compiled Perl-compatible regular expression (libpcre2-8.so.0), with the JIT where it can be had. Matching is safe
/// on several threads at once and bounded by match and depth limits, since the text is a stranger's.
/// </summary>
public sealed unsafe partial class Pcre2Regex : SafeHandle
{
    private const string Library = "libpcre2-8.so.0";
    private const int MaxGroups = 256;
    private const uint MatchLimit = 1_000_000;
    private const uint DepthLimit = 10_000;
    private const uint HeapLimitKibibytes = 20_000;
    private const uint JitComplete = 1;
    private const uint InfoCaptureCount = 4;
    private const int NoMatch = -1;

    // One per thread: match data and JIT stack are not shared, whatever the pattern.
    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>An expression that is not compiled; <see cref="Compile"/> makes usable ones.</summary>
    public Pcre2Regex()
        : base(0, ownsHandle: true)
    {
    }

    /// <summary>Options of pcre2_compile(3).</summary>
    [Flags]
    public enum Options : uint
    {
        None = 0,
        Caseless = 0x8,
        DollarEndOnly = 0x10,
        DotAll = 0x20,
        Extended = 0x80,
        Multiline = 0x400,
        Ungreedy = 0x40000,
        Anchored = 0x80000000,
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Number of groups in the pattern.</summary>
    public int GroupCount { get; private init; }

    // Compiled to machine code: may be run without the checks of the general entry.
    private bool IsNative { get; init; }

    /// <summary>Compiles a pattern.</summary>
    /// <returns>Null when the pattern is malformed; then offset and text say where and why.</returns>
    public static Pcre2Regex? Compile(ReadOnlySpan<byte> pattern, Options options, out int errorOffset, out string error)
    {
        error = "";
        int code;
        nuint offset;
        void* compiled;
        fixed (byte* pointer = pattern)
        {
            byte empty = 0;
            compiled = CompileNative(pattern.IsEmpty ? &empty : pointer, (nuint)pattern.Length, (uint)options, &code, &offset, null);
        }

        errorOffset = (int)offset;
        if (compiled == null)
        {
            error = ErrorText(code);
            return null;
        }

        // Without JIT (no executable memory allowed) the interpreter does the same, more slowly.
        bool isNative = JitCompileNative(compiled, JitComplete) == 0;
        uint groups;
        PatternInfoNative(compiled, InfoCaptureCount, &groups);
        Pcre2Regex regex = new() { GroupCount = (int)groups, IsNative = isNative };
        regex.SetHandle((nint)compiled);
        return regex;
    }

    /// <summary>Matches; <paramref name="groups"/> receives (start, end) pairs, -1 where a group took no part.</summary>
    /// <returns>True for a match. <paramref name="error"/> is null unless a limit was reached or matching failed.</returns>
    public bool IsMatch(ReadOnlySpan<byte> subject, Span<(int Start, int End)> groups, out string? error)
    {
        error = null;
        Scratch scratch = _scratch ??= new Scratch();
        int code;
        fixed (byte* pointer = subject)
        {
            byte empty = 0;
            byte* text = subject.IsEmpty ? &empty : pointer;
            code = IsNative
                ? JitMatchNative((void*)handle, text, (nuint)subject.Length, 0, 0, scratch.MatchData, scratch.MatchContext)
                : MatchNative((void*)handle, text, (nuint)subject.Length, 0, 0, scratch.MatchData, scratch.MatchContext);
        }

        if (code < 0)
        {
            error = code == NoMatch ? null : ErrorText(code);
            return false;
        }

        nuint* vector = OutputVectorNative(scratch.MatchData);
        int known = code == 0 ? MaxGroups : code;
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = i < known && vector[2 * i] != nuint.MaxValue && vector[2 * i] <= vector[(2 * i) + 1]
                ? ((int)vector[2 * i], (int)vector[(2 * i) + 1])
                : (-1, -1);
        }

        return true;
    }

    protected override bool ReleaseHandle()
    {
        FreeNative((void*)handle);
        return true;
    }

    private static string ErrorText(int code)
    {
        byte* text = stackalloc byte[256];
        int length = ErrorMessageNative(code, text, 256);
        return length < 0 ? $"error {code}" : Marshal.PtrToStringUTF8((nint)text, length);
    }

    private sealed class Scratch
    {
        public readonly void* MatchData = MatchDataCreateNative(MaxGroups, null);
        public readonly void* MatchContext = MatchContextCreateNative(null);
        private readonly void* _stack = JitStackCreateNative(32 * 1024, 1024 * 1024, null);

        public Scratch()
        {
            if (MatchData == null || MatchContext == null)
            {
                throw new InsufficientMemoryException("no memory for matching");
            }

            _ = SetMatchLimitNative(MatchContext, MatchLimit);
            _ = SetDepthLimitNative(MatchContext, DepthLimit);
            _ = SetHeapLimitNative(MatchContext, HeapLimitKibibytes);
            JitStackAssignNative(MatchContext, null, _stack);
        }

        ~Scratch()
        {
            MatchDataFreeNative(MatchData);
            MatchContextFreeNative(MatchContext);
            JitStackFreeNative(_stack);
        }
    }

    [LibraryImport(Library, EntryPoint = "pcre2_compile_8")]
    private static partial void* CompileNative(byte* pattern, nuint length, uint options, int* error, nuint* offset, void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_compile_8")]
    private static partial int JitCompileNative(void* code, uint options);

    [LibraryImport(Library, EntryPoint = "pcre2_pattern_info_8")]
    private static partial int PatternInfoNative(void* code, uint what, void* where);

    [LibraryImport(Library, EntryPoint = "pcre2_match_8")]
    private static partial int MatchNative(void* code, byte* subject, nuint length, nuint start, uint options, void* data, void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_match_8")]
    private static partial int JitMatchNative(void* code, byte* subject, nuint length, nuint start, uint options, void* data, void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_get_ovector_pointer_8")]
    private static partial nuint* OutputVectorNative(void* data);

    [LibraryImport(Library, EntryPoint = "pcre2_get_error_message_8")]
    private static partial int ErrorMessageNative(int code, byte* text, nuint size);

    [LibraryImport(Library, EntryPoint = "pcre2_code_free_8")]
    private static partial void FreeNative(void* code);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_create_8")]
    private static partial void* MatchDataCreateNative(uint pairs, void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_data_free_8")]
    private static partial void MatchDataFreeNative(void* data);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_create_8")]
    private static partial void* MatchContextCreateNative(void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_match_context_free_8")]
    private static partial void MatchContextFreeNative(void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_set_match_limit_8")]
    private static partial int SetMatchLimitNative(void* context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_depth_limit_8")]
    private static partial int SetDepthLimitNative(void* context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_set_heap_limit_8")]
    private static partial int SetHeapLimitNative(void* context, uint limit);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_create_8")]
    private static partial void* JitStackCreateNative(nuint start, nuint max, void* context);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_assign_8")]
    private static partial void JitStackAssignNative(void* context, void* callback, void* stack);

    [LibraryImport(Library, EntryPoint = "pcre2_jit_stack_free_8")]
    private static partial void JitStackFreeNative(void* stack);
}

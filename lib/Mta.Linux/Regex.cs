using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// A compiled POSIX regular expression of the C library (regex(3)), in the locale "C". Matching is safe on several
/// threads at once. Its time grows with the length of the subject, so callers bound that.
/// </summary>
public sealed unsafe partial class PosixRegex : SafeHandle
{
    // sizeof(regex_t) is 64 with glibc; the rest is room.
    private const int RegexSize = 256;
    private const int GroupCountOffset = 48;
    private const int StartEnd = 4;
    private bool _compiled;

    /// <summary>An expression that is not compiled yet; <see cref="Compile"/> makes usable ones.</summary>
    public PosixRegex()
        : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed(RegexSize));

    /// <summary>Flags of regcomp(3).</summary>
    [Flags]
    public enum Options
    {
        None = 0,
        Extended = 1,
        IgnoreCase = 2,
        NewLine = 4,
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Number of groups in the pattern.</summary>
    public int GroupCount => (int)*(nuint*)(handle + GroupCountOffset);

    /// <summary>Compiles a pattern.</summary>
    /// <returns>Null when the pattern is malformed; <paramref name="error"/> is the library's text.</returns>
    public static PosixRegex? Compile(ReadOnlySpan<byte> pattern, Options options, out string error)
    {
        error = "";
        PosixRegex regex = new();
        byte[] terminated = new byte[pattern.Length + 1];
        pattern.CopyTo(terminated);
        int code;
        fixed (byte* pointer = terminated)
        {
            code = CompileNative((void*)regex.handle, pointer, (int)options);
        }

        if (code == 0)
        {
            regex._compiled = true;
            return regex;
        }

        byte* text = stackalloc byte[256];
        ErrorNative(code, (void*)regex.handle, text, 256);
        error = Marshal.PtrToStringUTF8((nint)text) ?? "unknown error";
        regex.Dispose();
        return null;
    }

    /// <summary>
    /// Looks for the leftmost match that begins in <paramref name="start"/> to <paramref name="start"/> +
    /// <paramref name="range"/>. The time of one call grows with the range and with the length of the subject.
    /// </summary>
    /// <returns>Where the match begins; -1 without one, -2 when the library failed (out of memory).</returns>
    public int Search(ReadOnlySpan<byte> subject, int start, int range)
    {
        fixed (byte* pointer = subject)
        {
            byte empty = 0;
            return SearchNative((void*)handle, subject.IsEmpty ? &empty : pointer, subject.Length, start, range, null);
        }
    }

    /// <summary>The groups of the match that begins at <paramref name="start"/>, found by <see cref="Search"/>.</summary>
    /// <param name="groups">Holds at least one and receives (start, end) pairs, -1 where a group took no part.</param>
    /// <returns>False when there is no such match, or the library failed (out of memory).</returns>
    public bool Capture(ReadOnlySpan<byte> subject, int start, Span<(int Start, int End)> groups)
    {
        groups[0] = (start, subject.Length);
        fixed (byte* pointer = subject)
        fixed ((int Start, int End)* pairs = groups)
        {
            byte empty = 0;
            return ExecuteNative((void*)handle, subject.IsEmpty ? &empty : pointer, (nuint)groups.Length, pairs, StartEnd) == 0;
        }
    }

    protected override bool ReleaseHandle()
    {
        if (_compiled)
        {
            FreeNative((void*)handle);
        }

        NativeMemory.Free((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "regcomp")]
    private static partial int CompileNative(void* regex, byte* pattern, int flags);

    [LibraryImport("libc", EntryPoint = "regexec")]
    private static partial int ExecuteNative(void* regex, byte* subject, nuint count, void* pairs, int flags);

    // GNU's own interface to the same expressions; without registers it only tells where a match begins.
    [LibraryImport("libc", EntryPoint = "re_search")]
    private static partial int SearchNative(void* regex, byte* subject, int length, int start, int range, void* registers);

    [LibraryImport("libc", EntryPoint = "regerror")]
    private static partial nuint ErrorNative(int code, void* regex, byte* text, nuint size);

    [LibraryImport("libc", EntryPoint = "regfree")]
    private static partial void FreeNative(void* regex);
}

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
    private const int NoMatch = 1;
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

    /// <summary>Matches; <paramref name="groups"/> holds at least one and receives (start, end) pairs, -1 where a group took no part.</summary>
    /// <returns>True for a match. <paramref name="error"/> is null unless matching failed (out of memory).</returns>
    public bool IsMatch(ReadOnlySpan<byte> subject, Span<(int Start, int End)> groups, out string? error)
    {
        error = null;
        groups[0] = (0, subject.Length);
        fixed (byte* pointer = subject)
        fixed ((int Start, int End)* pairs = groups)
        {
            byte empty = 0;
            int code = ExecuteNative((void*)handle, subject.IsEmpty ? &empty : pointer, (nuint)groups.Length, pairs, StartEnd);
            if (code is 0 or NoMatch)
            {
                return code == 0;
            }

            byte* text = stackalloc byte[256];
            ErrorNative(code, (void*)handle, text, 256);
            error = Marshal.PtrToStringUTF8((nint)text) ?? "unknown error";
            return false;
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

    [LibraryImport("libc", EntryPoint = "regerror")]
    private static partial nuint ErrorNative(int code, void* regex, byte* text, nuint size);

    [LibraryImport("libc", EntryPoint = "regfree")]
    private static partial void FreeNative(void* regex);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Error numbers (asm-generic/errno-base.h and errno.h) and their texts.</summary>
public static partial class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int EIO = 5;
    public const int ENOEXEC = 8;
    public const int EBADF = 9;
    public const int ECHILD = 10;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EEXIST = 17;
    public const int EXDEV = 18;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
    public const int EFBIG = 27;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int EPIPE = 32;
    public const int ENAMETOOLONG = 36;
    public const int ELOOP = 40;
    public const int EPROTO = 71;
    public const int EMSGSIZE = 90;
    public const int ENETDOWN = 100;
    public const int ENETUNREACH = 101;
    public const int ECONNABORTED = 103;
    public const int ECONNRESET = 104;
    public const int ENOBUFS = 105;
    public const int ENOTCONN = 107;
    public const int ETIMEDOUT = 110;
    public const int ECONNREFUSED = 111;
    public const int EHOSTDOWN = 112;
    public const int EHOSTUNREACH = 113;
    public const int EINPROGRESS = 115;
    public const int ECANCELED = 125;
    public const int ESTALE = 116;
    public const int EDQUOT = 122;

    /// <summary>The C library's text, for example <c>No such file or directory</c>.</summary>
    public static unsafe string Text(int errno)
    {
        byte* buffer = stackalloc byte[256];
        nint text = StrErrorR(errno, buffer, 256);
        return Marshal.PtrToStringUTF8(text) ?? $"Unknown error {errno}";
    }

    internal static int Last => Marshal.GetLastPInvokeError();

    // GNU's variant, which returns the text.
    [LibraryImport("libc", EntryPoint = "strerror_r")]
    private static unsafe partial nint StrErrorR(int errno, byte* buffer, nuint length);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Bytes that wait to be read from a pipe or socket (FIONREAD).</summary>
    /// <exception cref="LinuxException">ioctl failed.</exception>
    public static int BytesWaiting(FileHandle file)
    {
        int errno = TryCountWaiting(file, out int count);
        return errno == 0 ? count : throw new LinuxException(errno, "ioctl");
    }

    internal static unsafe int TryCountWaiting(FileHandle file, out int count)
    {
        int waiting = 0;
        int errno = IoctlNative(file, 0x541B, &waiting) == 0 ? 0 : Errno.Last;
        count = waiting;
        return errno;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int IoctlNative(FileHandle file, nuint request, int* argument);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Bytes that wait to be read from a pipe or socket (FIONREAD).</summary>
    /// <exception cref="LinuxException">ioctl failed.</exception>
    public static unsafe int BytesWaiting(FileHandle file)
    {
        int count = 0;
        return IoctlNative(file, 0x541B, &count) == 0 ? count : throw new LinuxException(Errno.Last, "ioctl");
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int IoctlNative(FileHandle file, nuint request, int* argument);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>The size of the file, by seeking to its end: where the next append goes.</summary>
    /// <exception cref="LinuxException">lseek failed.</exception>
    public static long SeekToEnd(FileHandle file)
    {
        const int FromEnd = 2;
        long position = LseekNative(file, 0, FromEnd);
        return position >= 0 ? position : throw new LinuxException(Errno.Last, "lseek");
    }

    [LibraryImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    private static partial long LseekNative(FileHandle file, long offset, int whence);
}

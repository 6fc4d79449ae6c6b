using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>The size of the file, by seeking to its end: where the next append goes.</summary>
    /// <exception cref="LinuxException">lseek failed.</exception>
    public static long SeekToEnd(FileHandle file) => Seek(file, 0, 2);

    /// <exception cref="LinuxException">lseek failed.</exception>
    public static void SeekTo(FileHandle file, long offset) => Seek(file, offset, 0);

    private static long Seek(FileHandle file, long offset, int whence)
    {
        long position = LseekNative(file, offset, whence);
        return position >= 0 ? position : throw new LinuxException(Errno.Last, "lseek");
    }

    [LibraryImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    private static partial long LseekNative(FileHandle file, long offset, int whence);
}

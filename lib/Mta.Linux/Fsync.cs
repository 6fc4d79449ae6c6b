using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>
    /// Flushes a file (or, opened with <see cref="OpenFlags.Directory"/>, a directory) to stable storage. The runtime's
    /// own flush hides errors; a caller never retries after one, since the pages are marked clean (fsync(2)).
    /// </summary>
    /// <exception cref="LinuxException">fsync failed: what was written may be lost.</exception>
    public static void Fsync(FileHandle file)
    {
        while (FsyncNative(file) != 0)
        {
            if (Errno.Last != Errno.EINTR)
            {
                throw new LinuxException(Errno.Last, "fsync");
            }
        }
    }

    /// <summary>Flushes a directory's entries.</summary>
    /// <exception cref="LinuxException">open, fsync or close failed.</exception>
    public static void FsyncDirectory(string path)
    {
        using FileHandle directory = Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
        Fsync(directory);
        Close(directory);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncNative(FileHandle file);
}

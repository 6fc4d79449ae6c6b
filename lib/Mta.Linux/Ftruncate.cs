using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">ftruncate failed.</exception>
    public static void Ftruncate(FileHandle file, long length)
    {
        if (FtruncateNative(file, length) != 0)
        {
            throw new LinuxException(Errno.Last, "ftruncate");
        }
    }

    [LibraryImport("libc", EntryPoint = "ftruncate64", SetLastError = true)]
    private static partial int FtruncateNative(FileHandle file, long length);
}

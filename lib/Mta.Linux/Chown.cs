using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">fchown failed.</exception>
    public static void Fchown(FileHandle file, uint user, uint group)
    {
        if (FchownNative(file, user, group) != 0)
        {
            throw new LinuxException(Errno.Last, "fchown");
        }
    }

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FchownNative(FileHandle file, uint user, uint group);
}

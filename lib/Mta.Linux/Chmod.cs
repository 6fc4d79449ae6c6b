using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">chmod failed.</exception>
    public static void Chmod(string path, int mode)
    {
        if (ChmodNative(path, (uint)mode) != 0)
        {
            throw new LinuxException(Errno.Last, "chmod", path);
        }
    }

    /// <exception cref="LinuxException">fchmod failed.</exception>
    public static void Fchmod(FileHandle file, int mode)
    {
        if (FchmodNative(file, (uint)mode) != 0)
        {
            throw new LinuxException(Errno.Last, "fchmod");
        }
    }

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true)]
    private static partial int ChmodNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FchmodNative(FileHandle file, uint mode);
}

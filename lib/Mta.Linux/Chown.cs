using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">chown failed.</exception>
    public static void Chown(string path, uint user, uint group)
    {
        if (ChownNative(path, user, group) != 0)
        {
            throw new LinuxException(Errno.Last, "chown", path);
        }
    }

    /// <exception cref="LinuxException">fchown failed.</exception>
    public static void Fchown(FileHandle file, uint user, uint group)
    {
        if (FchownNative(file, user, group) != 0)
        {
            throw new LinuxException(Errno.Last, "fchown");
        }
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true)]
    private static partial int ChownNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FchownNative(FileHandle file, uint user, uint group);
}

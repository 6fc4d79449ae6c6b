using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">unlink failed.</exception>
    public static void Unlink(string path)
    {
        int errno = TryUnlink(path);
        if (errno != 0)
        {
            throw new LinuxException(errno, "unlink", path);
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int TryUnlink(string path) => UnlinkNative(path) == 0 ? 0 : Refusals.Note(Errno.Last, "unlink", path);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static partial int UnlinkNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);
}

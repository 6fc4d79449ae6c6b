using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">mkdir failed.</exception>
    public static void Mkdir(string path, int mode)
    {
        int errno = TryMkdir(path, mode);
        if (errno != 0)
        {
            throw new LinuxException(errno, "mkdir", path);
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int TryMkdir(string path, int mode) => MkdirNative(path, (uint)mode) == 0 ? 0 : Refusals.Note(Errno.Last, "mkdir", path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    private static partial int MkdirNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, uint mode);
}

using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>0, or the error number.</returns>
    public static int TryRmdir(string path) => RmdirNative(path) == 0 ? 0 : Errno.Last;

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true)]
    private static partial int RmdirNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);
}

using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>0, or the error number.</returns>
    public static int TryMkfifo(string path, int mode) => MkfifoNative(path, (uint)mode) == 0 ? 0 : Errno.Last;

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static partial int MkfifoNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, uint mode);
}

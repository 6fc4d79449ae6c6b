using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>0, or the error number.</returns>
    public static int TryUnlink(string path) => UnlinkNative(path) == 0 ? 0 : Refusals.Note(Errno.Last, "unlink", path);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true)]
    private static partial int UnlinkNative([MarshalUsing(typeof(ByteStringMarshaller))] string path);
}

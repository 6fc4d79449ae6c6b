using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>0, or the error number.</returns>
    public static int TryLink(string source, string target) => LinkNative(source, target) == 0 ? 0 : Refusals.Note(Errno.Last, "link", target);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true)]
    private static partial int LinkNative([MarshalUsing(typeof(ByteStringMarshaller))] string source, [MarshalUsing(typeof(ByteStringMarshaller))] string target);
}

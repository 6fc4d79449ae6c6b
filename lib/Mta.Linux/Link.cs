using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">link failed.</exception>
    public static void Link(string source, string target)
    {
        int errno = TryLink(source, target);
        if (errno != 0)
        {
            throw new LinuxException(errno, "link", $"{source} to {target}");
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int TryLink(string source, string target) => LinkNative(source, target) == 0 ? 0 : Refusals.Note(Errno.Last, "link", target);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true)]
    private static partial int LinkNative([MarshalUsing(typeof(ByteStringMarshaller))] string source, [MarshalUsing(typeof(ByteStringMarshaller))] string target);
}

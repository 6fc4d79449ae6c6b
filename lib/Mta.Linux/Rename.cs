using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <exception cref="LinuxException">rename failed.</exception>
    public static void Rename(string source, string target)
    {
        int errno = TryRename(source, target);
        if (errno != 0)
        {
            throw new LinuxException(errno, "rename", $"{source} to {target}");
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int TryRename(string source, string target) => RenameNative(source, target) == 0 ? 0 : Refusals.Note(Errno.Last, "rename", target);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int RenameNative([MarshalUsing(typeof(ByteStringMarshaller))] string source, [MarshalUsing(typeof(ByteStringMarshaller))] string target);
}

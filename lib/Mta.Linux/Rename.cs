using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    private const uint RenameNoReplace = 1;

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

    /// <summary>Renames without replacing.</summary>
    /// <returns>0, or the error number: EEXIST when the target exists, EINVAL where the file system cannot do it.</returns>
    public static int TryRenameNew(string source, string target) =>
        RenameAtNative(AtCurrentDirectory, source, AtCurrentDirectory, target, RenameNoReplace) == 0 ? 0 : Refusals.Note(Errno.Last, "rename", target);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int RenameNative([MarshalUsing(typeof(ByteStringMarshaller))] string source, [MarshalUsing(typeof(ByteStringMarshaller))] string target);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameAtNative(
        int sourceDirectory, [MarshalUsing(typeof(ByteStringMarshaller))] string source,
        int targetDirectory, [MarshalUsing(typeof(ByteStringMarshaller))] string target, uint flags);
}

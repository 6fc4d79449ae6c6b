using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>A file in memory without a name in any directory, close-on-exec, empty.</summary>
    /// <param name="name">For /proc only.</param>
    /// <exception cref="LinuxException">memfd_create failed.</exception>
    public static FileHandle MemoryFile(string name)
    {
        int descriptor = MemfdCreateNative(name, 1);
        return descriptor >= 0 ? new FileHandle(descriptor) : throw new LinuxException(Errno.Last, "memfd_create", name);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    private static partial int MemfdCreateNative([MarshalUsing(typeof(ByteStringMarshaller))] string name, uint flags);
}

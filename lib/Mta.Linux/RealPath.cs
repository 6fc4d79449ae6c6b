using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>The path without symbolic links and dots; everything on it must exist.</summary>
    /// <returns>0, or the error number.</returns>
    public static unsafe int TryRealPath(string path, out string real)
    {
        // PATH_MAX, with the NUL.
        byte* buffer = stackalloc byte[4096];
        bool isFound = RealpathNative(path, buffer) != null;
        real = isFound ? NativeText.FromPointer(buffer) : "";
        return isFound ? 0 : Errno.Last;
    }

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static unsafe partial byte* RealpathNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, byte* buffer);
}

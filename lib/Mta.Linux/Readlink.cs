using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Text;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>0, or the error number (EINVAL: not a symbolic link).</returns>
    public static unsafe int TryReadlink(string path, out string target)
    {
        byte* buffer = stackalloc byte[4096];
        nint length = ReadlinkNative(path, buffer, 4096);
        target = length < 0 ? "" : Encoding.Latin1.GetString(buffer, (int)length);
        return length < 0 ? Errno.Last : 0;
    }

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static unsafe partial nint ReadlinkNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, byte* buffer, nuint length);
}

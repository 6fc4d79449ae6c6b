using System.Runtime.InteropServices;
using System.Text;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>The host's own name, whole.</summary>
    /// <exception cref="LinuxException">gethostname failed.</exception>
    public static unsafe string Gethostname()
    {
        byte* buffer = stackalloc byte[256];
        if (GethostnameNative(buffer, 255) != 0)
        {
            throw new LinuxException(Errno.Last, "gethostname");
        }

        buffer[255] = 0;
        var bytes = new ReadOnlySpan<byte>(buffer, 256);
        return Encoding.Latin1.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    [LibraryImport("libc", EntryPoint = "gethostname", SetLastError = true)]
    private static unsafe partial int GethostnameNative(byte* name, nuint length);
}

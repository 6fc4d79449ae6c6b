using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Room on a file system for unprivileged users, in bytes.</summary>
    /// <exception cref="LinuxException">statvfs failed.</exception>
    public static unsafe long FreeBytesOf(string path)
    {
        ulong* buffer = stackalloc ulong[32];
        while (StatvfsNative(path, buffer) != 0)
        {
            if (Errno.Last != Errno.EINTR)
            {
                throw new LinuxException(Errno.Last, "statvfs", path);
            }
        }

        // struct statvfs: bsize frsize blocks bfree bavail files ffree favail fsid flag namemax, all 64-bit.
        ulong size = buffer[1] != 0 ? buffer[1] : buffer[0];
        ulong free = buffer[4];
        return (long)UInt128.Min(long.MaxValue, (UInt128)free * size);
    }

    [LibraryImport("libc", EntryPoint = "statvfs64", SetLastError = true)]
    private static unsafe partial int StatvfsNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, ulong* buffer);
}

using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>Room on a file system, for unprivileged users.</summary>
public readonly record struct FileSystemSpace(long FreeBytes, long BlockSize, long FreeBlocks, long FreeFiles, bool IsReadOnly);

public static partial class Posix
{
    /// <exception cref="LinuxException">statvfs failed.</exception>
    public static unsafe FileSystemSpace FileSystemSpaceOf(string path)
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
        ulong bytes = free > long.MaxValue / Math.Max(size, 1) ? long.MaxValue : free * size;
        return new FileSystemSpace((long)bytes, (long)size, (long)Math.Min(free, long.MaxValue), (long)Math.Min(buffer[7], long.MaxValue), (buffer[9] & 1) != 0);
    }

    [LibraryImport("libc", EntryPoint = "statvfs64", SetLastError = true)]
    private static unsafe partial int StatvfsNative([MarshalUsing(typeof(ByteStringMarshaller))] string path, ulong* buffer);
}

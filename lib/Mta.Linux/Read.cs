using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <returns>Bytes read; 0 at end of file; -1 when a non-blocking descriptor has nothing now.</returns>
    /// <exception cref="LinuxException">read failed.</exception>
    public static unsafe int Read(FileHandle file, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = ReadNative(file, pointer, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Errno.Last == Errno.EAGAIN)
                {
                    return -1;
                }

                if (Errno.Last != Errno.EINTR)
                {
                    throw new LinuxException(Errno.Last, "read");
                }
            }
        }
    }

    /// <summary>As <see cref="Pread"/>, in one call: a short count does not mean end of file; 0 does.</summary>
    /// <exception cref="LinuxException">pread failed.</exception>
    public static unsafe int PreadOnce(FileHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = PreadNative(file, pointer, (nuint)buffer.Length, offset);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Errno.Last != Errno.EINTR)
                {
                    throw new LinuxException(Errno.Last, "pread");
                }
            }
        }
    }

    /// <summary>Reads at an offset; the file's position stays.</summary>
    /// <returns>Bytes read, fewer than asked for only at end of file.</returns>
    /// <exception cref="LinuxException">pread failed.</exception>
    public static unsafe int Pread(FileHandle file, Span<byte> buffer, long offset)
    {
        int total = 0;
        fixed (byte* pointer = buffer)
        {
            while (total < buffer.Length)
            {
                nint count = PreadNative(file, pointer + total, (nuint)(buffer.Length - total), offset + total);
                if (count == 0)
                {
                    break;
                }

                if (count < 0)
                {
                    if (Errno.Last != Errno.EINTR)
                    {
                        throw new LinuxException(Errno.Last, "pread");
                    }

                    continue;
                }

                total += (int)count;
            }
        }

        return total;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadNative(FileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pread64", SetLastError = true)]
    private static unsafe partial nint PreadNative(FileHandle file, byte* buffer, nuint count, long offset);
}

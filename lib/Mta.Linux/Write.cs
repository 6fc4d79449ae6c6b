using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Writes all bytes at the file's position.</summary>
    /// <exception cref="LinuxException">write failed (ENOSPC, EFBIG, EDQUOT, EIO...); part may have been written.</exception>
    public static unsafe void WriteAll(FileHandle file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* pointer = bytes)
            {
                nint written = WriteNative(file, pointer, (nuint)bytes.Length);
                if (written < 0 && Errno.Last != Errno.EINTR)
                {
                    throw new LinuxException(Errno.Last, "write");
                }

                bytes = bytes[(int)Math.Max(0, written)..];
            }
        }
    }

    /// <summary>Writes all bytes at an offset; the file's position stays.</summary>
    /// <exception cref="LinuxException">pwrite failed; part may have been written.</exception>
    public static unsafe void PwriteAll(FileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* pointer = bytes)
            {
                nint written = PwriteNative(file, pointer, (nuint)bytes.Length, offset);
                if (written < 0 && Errno.Last != Errno.EINTR)
                {
                    throw new LinuxException(Errno.Last, "pwrite");
                }

                written = Math.Max(0, written);
                bytes = bytes[(int)written..];
                offset += written;
            }
        }
    }

    /// <summary>One write, of a descriptor that does not block.</summary>
    /// <returns>Bytes written; -1 with the error number, EAGAIN when nothing can be written now.</returns>
    public static unsafe int TryWrite(FileHandle file, ReadOnlySpan<byte> bytes, out int errno)
    {
        fixed (byte* pointer = bytes)
        {
            nint written = WriteNative(file, pointer, (nuint)bytes.Length);
            errno = written < 0 ? Errno.Last : 0;
            errno = errno == Errno.EINTR ? Errno.EAGAIN : errno;
            return (int)written;
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteNative(FileHandle file, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    private static unsafe partial nint PwriteNative(FileHandle file, byte* bytes, nuint count, long offset);
}

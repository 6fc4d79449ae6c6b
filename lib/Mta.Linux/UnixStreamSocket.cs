using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// Non-blocking AF_UNIX stream sockets for code that runs its own event loop (<see cref="Epoll"/>).
/// </summary>
public static partial class UnixStreamSocket
{
    private const int AfUnix = 1;
    private const int StreamCloseOnExecNonBlocking = 1 | 0x80000 | 0x800;
    private const int NoSignalDontWait = 0x4000 | 0x40;

    /// <summary>Longest path that fits a socket address.</summary>
    private const int MaxPath = 107;

    /// <summary>Connects without waiting.</summary>
    /// <returns>
    /// 0; EAGAIN when the listener's backlog is full (nothing was queued: try again later); or another error number.
    /// </returns>
    public static unsafe int TryConnect(string path, out FileHandle socket)
    {
        socket = new FileHandle();
        if (path.Length > MaxPath)
        {
            return Errno.ENAMETOOLONG;
        }

        int descriptor = SocketNative(AfUnix, StreamCloseOnExecNonBlocking, 0);
        if (descriptor < 0)
        {
            return Errno.Last;
        }

        FileHandle handle = new(descriptor);
        Span<byte> address = stackalloc byte[2 + MaxPath + 1];
        address.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(address, AfUnix);
        for (int i = 0; i < path.Length; i++)
        {
            address[2 + i] = (byte)path[i];
        }

        fixed (byte* pointer = address)
        {
            while (ConnectNative(handle, pointer, (uint)(2 + path.Length + 1)) != 0)
            {
                int errno = Errno.Last;
                if (errno != Errno.EINTR)
                {
                    handle.Dispose();
                    return errno;
                }
            }
        }

        socket = handle;
        return 0;
    }

    /// <returns>Bytes received, 0 at end of file, or minus the error number (-EAGAIN: nothing now).</returns>
    public static unsafe int TryReceive(FileHandle socket, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = ReceiveNative(socket, pointer, (nuint)buffer.Length, NoSignalDontWait);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Errno.Last != Errno.EINTR)
                {
                    return -Errno.Last;
                }
            }
        }
    }

    /// <returns>Bytes taken by the kernel, or minus the error number (-EAGAIN: no room now).</returns>
    public static unsafe int TrySend(FileHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            while (true)
            {
                nint count = SendNative(socket, pointer, (nuint)bytes.Length, NoSignalDontWait);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Errno.Last != Errno.EINTR)
                {
                    return -Errno.Last;
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketNative(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int ConnectNative(FileHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint ReceiveNative(FileHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint SendNative(FileHandle socket, byte* buffer, nuint length, int flags);
}

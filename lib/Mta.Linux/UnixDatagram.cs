using System.Runtime.InteropServices;
using System.Text;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Connects a non-blocking datagram socket to a Unix socket.</summary>
    /// <returns>0, or the error number (ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG).</returns>
    public static unsafe int TryConnectUnixDatagram(string path, out FileHandle socket)
    {
        const int unixFamily = 1;
        const int datagram = 2;
        byte* address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = unixFamily;
        if (path.Length >= 108)
        {
            socket = new FileHandle();
            return Errno.ENAMETOOLONG;
        }

        Encoding.Latin1.GetBytes(path, new Span<byte>(address + 2, 108));
        int descriptor = SocketNative(unixFamily, datagram | SocketNonBlocking | SocketCloseOnExec, 0);
        if (descriptor < 0)
        {
            socket = new FileHandle();
            return Errno.Last;
        }

        socket = new FileHandle(descriptor);
        if (ConnectNative(descriptor, address, (uint)(2 + path.Length + 1)) == 0)
        {
            return 0;
        }

        int errno = Errno.Last;
        socket.Dispose();
        return errno;
    }

    /// <summary>Sends one datagram or one piece of a stream without raising SIGPIPE.</summary>
    /// <returns>0, or the error number (EAGAIN when the receiver's queue is full).</returns>
    public static unsafe int TrySend(FileHandle socket, ReadOnlySpan<byte> bytes)
    {
        const int noSignal = 0x4000;
        fixed (byte* pointer = bytes)
        {
            while (true)
            {
                if (SendNative(socket, pointer, (nuint)bytes.Length, noSignal) >= 0)
                {
                    return 0;
                }

                if (Errno.Last != Errno.EINTR)
                {
                    return Errno.Last;
                }
            }
        }
    }

    /// <summary>Receives one datagram; what does not fit is cut off.</summary>
    /// <returns>Its length; -1 when none waits.</returns>
    /// <exception cref="LinuxException">recv failed.</exception>
    public static unsafe int Receive(int socket, Span<byte> buffer)
    {
        const int dontWait = 0x40;
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = ReceiveNative(socket, pointer, (nuint)buffer.Length, dontWait);
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
                    throw new LinuxException(Errno.Last, "recv");
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int ConnectNative(int socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint SendNative(FileHandle socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint ReceiveNative(int socket, byte* buffer, nuint count, int flags);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

// Sockets as plain descriptors. Parameters are SafeHandle so that both a FileHandle and a System.Net SafeSocketHandle fit.
public static partial class Posix
{
    /// <summary>Accepts one client; its descriptor is close-on-exec and blocking.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryAccept(SafeHandle listener, out FileHandle client)
    {
        while (true)
        {
            int descriptor = Accept4Native(listener, 0, 0, SocketNumbers.CloseOnExec);
            if (descriptor >= 0 || Errno.Last != Errno.EINTR)
            {
                client = new FileHandle(descriptor);
                return descriptor >= 0 ? 0 : Errno.Last;
            }
        }
    }

    /// <summary>Sends one datagram, or some bytes of a stream; never raises SIGPIPE.</summary>
    /// <param name="wait">Off: EAGAIN rather than waiting.</param>
    /// <returns>0, or the error number.</returns>
    public static unsafe int TrySend(SafeHandle socket, ReadOnlySpan<byte> bytes, bool wait, out int sent)
    {
        fixed (byte* pointer = bytes)
        {
            while (true)
            {
                nint count = SendNative(socket, pointer, (nuint)bytes.Length, SocketNumbers.NoSignal | (wait ? 0 : SocketNumbers.DontWait));
                if (count >= 0 || Errno.Last != Errno.EINTR)
                {
                    sent = (int)Math.Max(0, count);
                    return count >= 0 ? 0 : Errno.Last;
                }
            }
        }
    }

    /// <summary>Receives one datagram, or some bytes of a stream (0: the peer is gone).</summary>
    /// <param name="wait">Off: EAGAIN rather than waiting.</param>
    /// <returns>0, or the error number.</returns>
    public static unsafe int TryReceive(SafeHandle socket, Span<byte> buffer, bool wait, out int received)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = RecvNative(socket, pointer, (nuint)buffer.Length, wait ? 0 : SocketNumbers.DontWait);
                if (count >= 0 || Errno.Last != Errno.EINTR)
                {
                    received = (int)Math.Max(0, count);
                    return count >= 0 ? 0 : Errno.Last;
                }
            }
        }
    }

    /// <summary>As <see cref="TryReceive"/> without waiting; the bytes stay to be received.</summary>
    /// <returns>0, or the error number.</returns>
    public static unsafe int TryPeek(SafeHandle socket, Span<byte> buffer, out int received)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint count = RecvNative(socket, pointer, (nuint)buffer.Length, SocketNumbers.DontWait | SocketNumbers.Peek);
                if (count >= 0 || Errno.Last != Errno.EINTR)
                {
                    received = (int)Math.Max(0, count);
                    return count >= 0 ? 0 : Errno.Last;
                }
            }
        }
    }

    /// <summary>How a connect that was under way has ended (SO_ERROR).</summary>
    /// <returns>0, or the error number.</returns>
    public static unsafe int SocketError(FileHandle socket)
    {
        int errno = 0;
        uint length = sizeof(int);
        return GetsockoptNative(socket, SocketNumbers.LevelSocket, SocketNumbers.Error, (byte*)&errno, &length) == 0 ? errno : Errno.Last;
    }

    internal static FileHandle NewSocket(int family, int type)
    {
        int errno = TryNewSocket(family, type, out FileHandle socket);
        return errno == 0 ? socket : throw new LinuxException(errno, "socket");
    }

    internal static int TryNewSocket(int family, int type, out FileHandle socket)
    {
        int descriptor = SocketNative(family, type | SocketNumbers.CloseOnExec, 0);
        socket = new FileHandle(descriptor);
        return descriptor >= 0 ? 0 : Errno.Last;
    }

    internal static unsafe int TryBind(FileHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* pointer = address)
        {
            return BindNative(socket, pointer, (uint)address.Length) == 0 ? 0 : Errno.Last;
        }
    }

    internal static unsafe int TryConnect(FileHandle socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* pointer = address)
        {
            while (ConnectNative(socket, pointer, (uint)address.Length) != 0)
            {
                if (Errno.Last != Errno.EINTR)
                {
                    return Errno.Last;
                }
            }

            return 0;
        }
    }

    internal static int TryListen(FileHandle socket, int backlog) => ListenNative(socket, backlog) == 0 ? 0 : Errno.Last;

    internal static unsafe int TrySetOption(SafeHandle socket, int level, int option, int value) =>
        SetsockoptNative(socket, level, option, &value, sizeof(int)) == 0 ? 0 : Errno.Last;

    /// <summary>Longest time that a blocking receive or send on a socket waits; it then fails with EAGAIN.</summary>
    public static void SetWaitLimit(FileHandle socket, TimeSpan limit)
    {
        SetTime(socket, SocketNumbers.ReceiveTimeout, limit);
        SetTime(socket, SocketNumbers.SendTimeout, limit);
    }

    /// <summary>Longest time that a blocking receive on a socket waits; it then fails with EAGAIN.</summary>
    public static void SetReceiveLimit(FileHandle socket, TimeSpan limit) => SetTime(socket, SocketNumbers.ReceiveTimeout, limit);

    // struct timeval. Errors: only of a descriptor that is no socket.
    private static unsafe void SetTime(FileHandle socket, int option, TimeSpan limit)
    {
        long* time = stackalloc long[2] { (long)limit.TotalSeconds, limit.Ticks % TimeSpan.TicksPerSecond / 10 };
        SetsockoptNative(socket, SocketNumbers.LevelSocket, option, (int*)time, 2 * sizeof(long));
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketNative(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int BindNative(SafeHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int ConnectNative(SafeHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenNative(SafeHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept4Native(SafeHandle socket, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint SendNative(SafeHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint RecvNative(SafeHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetsockoptNative(SafeHandle socket, int level, int option, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static unsafe partial int GetsockoptNative(SafeHandle socket, int level, int option, byte* value, uint* length);
}

using System.Net;
using System.Net.Sockets;

namespace Mta.Linux;

/// <summary>Internet sockets as plain descriptors.</summary>
public static class InetSocket
{
    /// <summary>A non-blocking listening socket with SO_REUSEADDR, SO_REUSEPORT and, for IPv6, IPV6_V6ONLY.</summary>
    /// <exception cref="LinuxException">The socket could not be made; the path names the address.</exception>
    /// <param name="window">Bytes of the buffers that the TCP window follows; 0 leaves them to the system.</param>
    public static FileHandle Listen(IPEndPoint address, int backlog, int window = 0)
    {
        bool isSix = address.AddressFamily == AddressFamily.InterNetworkV6;
        FileHandle socket = Posix.NewSocket(FamilyOf(address), SocketNumbers.Stream | SocketNumbers.NonBlocking);
        int errno = Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.ReuseAddress, 1);
        errno = errno != 0 ? errno : Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.ReusePort, 1);
        errno = errno != 0 || !isSix ? errno : Posix.TrySetOption(socket, SocketNumbers.LevelIpv6, SocketNumbers.Ipv6Only, 1);
        if (window > 0)
        {
            errno = errno != 0 ? errno : Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.SendBuffer, window);
            errno = errno != 0 ? errno : Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.ReceiveBuffer, window);
        }

        string call = "setsockopt";
        if (errno == 0)
        {
            call = "bind";
            errno = Posix.TryBind(socket, SocketNumbers.InetAddress(address));
        }

        if (errno == 0)
        {
            call = "listen";
            errno = Posix.TryListen(socket, backlog);
        }

        if (errno != 0)
        {
            socket.Dispose();
            throw new LinuxException(errno, call, $"{address.Address} port {address.Port}");
        }

        return socket;
    }

    /// <summary>A non-blocking stream socket to connect with, which sends at once (TCP_NODELAY).</summary>
    /// <exception cref="LinuxException">The socket could not be made.</exception>
    public static FileHandle New(AddressFamily family)
    {
        FileHandle socket = Posix.NewSocket(
            family == AddressFamily.InterNetworkV6 ? SocketNumbers.FamilyInet6 : SocketNumbers.FamilyInet,
            SocketNumbers.Stream | SocketNumbers.NonBlocking);
        Posix.TrySetOption(socket, SocketNumbers.LevelTcp, SocketNumbers.NoDelay, 1);
        return socket;
    }

    /// <summary>Sets the buffers that the TCP window follows, in bytes. Before connecting.</summary>
    public static void SetWindow(FileHandle socket, int size)
    {
        Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.SendBuffer, size);
        Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.ReceiveBuffer, size);
    }

    /// <summary>Chooses the address to connect from.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryBind(FileHandle socket, IPAddress address) => Posix.TryBind(socket, SocketNumbers.InetAddress(new IPEndPoint(address, 0)));

    /// <summary>
    /// For a client, or for all that a listening socket will accept: dead peers are found out, and replies are not held
    /// back for an acknowledgement of the one before. Errors do not matter: other families have no such options, and who is
    /// gone already is found out by the first read.
    /// </summary>
    public static void Prepare(FileHandle socket)
    {
        Posix.TrySetOption(socket, SocketNumbers.LevelSocket, SocketNumbers.KeepAlive, 1);
        Posix.TrySetOption(socket, SocketNumbers.LevelTcp, SocketNumbers.NoDelay, 1);
    }

    /// <summary>A non-blocking connection that may still be under way; what is sent too early gives EAGAIN.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryConnectNow(IPEndPoint address, out FileHandle socket)
    {
        int errno = Posix.TryNewSocket(FamilyOf(address), SocketNumbers.Stream | SocketNumbers.NonBlocking, out socket);
        errno = errno != 0 ? errno : Posix.TryConnect(socket, SocketNumbers.InetAddress(address));
        if (errno is 0 or Errno.EINPROGRESS)
        {
            return 0;
        }

        socket.Dispose();
        return errno;
    }

    private static int FamilyOf(IPEndPoint address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? SocketNumbers.FamilyInet6 : SocketNumbers.FamilyInet;
}

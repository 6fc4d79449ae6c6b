namespace Mta.Linux;

/// <summary>Unix-domain sockets named by byte-string paths. All descriptors are close-on-exec.</summary>
public static class UnixSocket
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// A non-blocking listening stream socket with mode 0666 (who may reach it is a matter of its directory). A file
    /// of that name is replaced.
    /// </summary>
    /// <exception cref="LinuxException">The socket could not be made.</exception>
    public static FileHandle Listen(string path, int backlog)
    {
        FileHandle socket = Bind(path, SocketNumbers.Stream);
        int errno = Posix.TryListen(socket, backlog);
        if (errno != 0)
        {
            socket.Dispose();
            throw new LinuxException(errno, "listen", path);
        }

        return socket;
    }

    /// <summary>A non-blocking bound datagram socket with mode 0666.</summary>
    /// <exception cref="LinuxException">The socket could not be made.</exception>
    public static FileHandle BindDatagram(string path) => Bind(path, SocketNumbers.Datagram);

    /// <summary>A non-blocking datagram socket connected to a path, such as <c>/dev/log</c> or the log service.</summary>
    /// <returns>0, or the error number (ENOENT, ECONNREFUSED, EACCES, ENAMETOOLONG).</returns>
    public static int TryConnectDatagram(string path, out FileHandle socket) => TryConnect(path, SocketNumbers.Datagram | SocketNumbers.NonBlocking, out socket);

    /// <summary>A blocking stream socket; waits while the listener's queue is full.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryConnect(string path, out FileHandle socket) => TryConnect(path, SocketNumbers.Stream, out socket);

    /// <summary>A non-blocking stream socket; EAGAIN when the listener's queue is full.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryConnectNow(string path, out FileHandle socket) => TryConnect(path, SocketNumbers.Stream | SocketNumbers.NonBlocking, out socket);

    /// <summary>Connects without holding a thread; waits, until <paramref name="stop"/>, while the listener's queue is full.</summary>
    /// <exception cref="LinuxException">No one listens (ECONNREFUSED, ENOENT) or another failure.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>: the caller's deadline or shutdown.</exception>
    public static async ValueTask<SocketStream> ConnectAsync(string path, CancellationToken stop)
    {
        // A full queue gives EAGAIN and nothing that could be waited for, so the wait is a growing pause.
        TimeSpan pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            int errno = TryConnectNow(path, out FileHandle socket);
            if (errno == 0)
            {
                return new SocketStream(socket);
            }

            if (errno != Errno.EAGAIN)
            {
                throw new LinuxException(errno, "connect", path);
            }

            await Task.Delay(pause, stop);
            pause = pause < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static FileHandle Bind(string path, int type)
    {
        byte[] address = SocketNumbers.UnixAddress(path);
        int errno = Posix.TryUnlink(path);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new LinuxException(errno, "unlink", path);
        }

        FileHandle socket = Posix.NewSocket(SocketNumbers.FamilyUnix, type | SocketNumbers.NonBlocking);
        try
        {
            errno = Posix.TryBind(socket, address);
            if (errno != 0)
            {
                throw new LinuxException(errno, "bind", path);
            }

            Posix.Chmod(path, 0x1B6);
            return socket;
        }
        catch (LinuxException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static int TryConnect(string path, int type, out FileHandle socket)
    {
        if (path.Length is 0 or > 107 || path.Contains('\0'))
        {
            socket = new FileHandle();
            return path.Length > 107 ? Errno.ENAMETOOLONG : Errno.EINVAL;
        }

        int errno = Posix.TryNewSocket(SocketNumbers.FamilyUnix, type, out socket);
        if (errno != 0)
        {
            return errno;
        }

        errno = Posix.TryConnect(socket, SocketNumbers.UnixAddress(path));
        if (errno != 0)
        {
            socket.Dispose();
        }

        return errno;
    }
}

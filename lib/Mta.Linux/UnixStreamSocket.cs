namespace Mta.Linux;

/// <summary>
/// Non-blocking Unix stream sockets for code that runs its own event loop (<see cref="Epoll"/>): counts and negative
/// error numbers in one result.
/// </summary>
public static class UnixStreamSocket
{
    /// <summary>Connects without waiting.</summary>
    /// <returns>
    /// 0; EAGAIN when the listener's backlog is full (nothing was queued: try again later); or another error number.
    /// </returns>
    public static int TryConnect(string path, out FileHandle socket) => UnixSocket.TryConnectNow(path, out socket);

    /// <returns>Bytes received, 0 at end of file, or minus the error number (-EAGAIN: nothing now).</returns>
    public static int TryReceive(FileHandle socket, Span<byte> buffer)
    {
        int errno = Posix.TryReceive(socket, buffer, wait: false, out int received);
        return errno == 0 ? received : -errno;
    }

    /// <returns>Bytes taken by the kernel, or minus the error number (-EAGAIN: no room now).</returns>
    public static int TrySend(FileHandle socket, ReadOnlySpan<byte> bytes)
    {
        int errno = Posix.TrySend(socket, bytes, wait: false, out int sent);
        return errno == 0 ? sent : -errno;
    }
}

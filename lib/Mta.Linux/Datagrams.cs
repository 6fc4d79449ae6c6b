namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Sends one datagram or one piece of a stream without raising SIGPIPE.</summary>
    /// <returns>0, or the error number (EAGAIN when a non-blocking socket's receiver is full).</returns>
    public static int TrySend(FileHandle socket, ReadOnlySpan<byte> bytes) => TrySend(socket, bytes, wait: true, out _);

    /// <summary>Receives one datagram; what does not fit is cut off.</summary>
    /// <returns>Its length; -1 when none waits.</returns>
    /// <exception cref="LinuxException">recv failed.</exception>
    public static int Receive(int socket, Span<byte> buffer)
    {
        using var handle = new FileHandle(socket, ownsHandle: false);
        return TryReceive(handle, buffer, wait: false, out int received) switch
        {
            0 => received,
            Errno.EAGAIN => -1,
            int errno => throw new LinuxException(errno, "recv"),
        };
    }
}

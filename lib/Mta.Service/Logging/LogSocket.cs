using Mta.Linux;

namespace Mta.Service.Logging;

/// <summary>
/// A datagram socket to a log service. A line waits a bounded time for room; a receiver that takes nothing costs
/// its lines and never stops mail. Not thread-safe: used under the log's lock.
/// </summary>
internal sealed class LogSocket(string path) : IDisposable
{
    // After a line found no room in this time, later lines do not wait at all for the pause that follows.
    private const int LongestWait = 1000;
    private const int Pause = 5000;
    private const int ReconnectInterval = 1000;

    private FileHandle? _socket;
    private long _noWaitUntil;
    private long _reconnectAt;

    /// <summary>Path of the receiver's socket; may be changed to the same place's name in another root.</summary>
    public string Path { get; set; } = path;

    /// <summary>Lines given up since the last one that went out.</summary>
    public int Lost { get; private set; }

    /// <summary>Connected, or able to connect now.</summary>
    public bool IsReachable => _socket is not null || Connect();

    /// <summary>Connects now, as long as the path can be reached.</summary>
    public bool Connect()
    {
        _socket?.Dispose();
        _socket = null;
        if (UnixSocket.TryConnectDatagram(Path, out FileHandle socket) != 0)
        {
            _reconnectAt = Environment.TickCount64 + ReconnectInterval;
            return false;
        }

        _socket = socket;
        return true;
    }

    /// <returns>False when the line is lost.</returns>
    public bool Send(ReadOnlySpan<byte> line)
    {
        if (TrySend(line))
        {
            return true;
        }

        Lost++;
        return false;
    }

    /// <summary>Takes the count of lost lines, to report it.</summary>
    public int TakeLost()
    {
        int lost = Lost;
        Lost = 0;
        return lost;
    }

    public void Dispose() => _socket?.Dispose();

    private bool TrySend(ReadOnlySpan<byte> line)
    {
        bool fresh = false;
        if (_socket is null)
        {
            if (Environment.TickCount64 < _reconnectAt || !Connect())
            {
                return false;
            }

            fresh = true;
        }

        long deadline = 0;
        while (true)
        {
            int errno = Posix.TrySend(_socket!, line); // Connected above.
            if (errno == 0)
            {
                _noWaitUntil = 0;
                return true;
            }

            if (errno is Errno.EAGAIN or Errno.ENOBUFS)
            {
                long now = Environment.TickCount64;
                deadline = deadline == 0 ? now + LongestWait : deadline;
                if (now < _noWaitUntil || now >= deadline)
                {
                    _noWaitUntil = Math.Max(_noWaitUntil, now + Pause);
                    return false;
                }

                Span<PollEntry> entry = [new PollEntry(_socket!.Descriptor, PollEvents.Output)];
                Posix.Poll(entry, (int)(deadline - now));
                continue;
            }

            // The receiver went away (ECONNREFUSED, ECONNRESET, ENOTCONN) or the line is refused (EMSGSIZE).
            if (fresh || errno == Errno.EMSGSIZE || !Connect())
            {
                return false;
            }

            fresh = true;
        }
    }
}

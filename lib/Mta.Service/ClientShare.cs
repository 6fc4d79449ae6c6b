using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>
/// Counts the clients of this process and tells the master when its share is full and when there is room again.
/// Thread-safe.
/// </summary>
internal sealed class ClientShare(StatusChannel status, int limit, long useLimit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private int _active;
    private long _served;
    private bool _masterIsGone;
    private long _idleSince = time.GetTimestamp();

    /// <summary>
    /// Tells the master of the first client, although there is room for more: without any report it would take a crash
    /// after long service for a failed start.
    /// </summary>
    public bool ReportsFirst { get; init; }

    /// <summary>The use limit waits until no client is left.</summary>
    public bool KeepsWhileServing { get; init; }

    public int Active
    {
        get
        {
            lock (_lock)
            {
                return _active;
            }
        }
    }

    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _active >= limit;
            }
        }
    }

    /// <summary>Clients accepted have reached the use limit, or nobody listens to reports any more.</summary>
    public bool IsUsedUp
    {
        get
        {
            lock (_lock)
            {
                return _masterIsGone || (_served >= useLimit && (_active == 0 || !KeepsWhileServing));
            }
        }
    }

    /// <summary>Time without any client; zero while there is one.</summary>
    public TimeSpan Idle
    {
        get
        {
            lock (_lock)
            {
                return _active > 0 ? TimeSpan.Zero : time.GetElapsedTime(_idleSince);
            }
        }
    }

    /// <summary>A client was accepted.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _active++;
            _served++;
            if (ReportsFirst && _served == 1)
            {
                status.Send(WorkerState.Taken);
                status.Send(WorkerState.Available);
            }

            if (_active == limit)
            {
                // A failure shows at the next report of room; the client is served in any case.
                status.Send(WorkerState.Taken);
            }
        }
    }

    /// <summary>A client's session has ended.</summary>
    /// <returns>
    /// True when the acceptor may be waiting for this: there is room again, or nobody is left whom the use limit waited
    /// for. The idle time needs no sign: the acceptor looks at it when it may be over.
    /// </returns>
    public bool Leave()
    {
        lock (_lock)
        {
            bool wasFull = _active == limit;
            _active--;
            if (_active == 0)
            {
                _idleSince = time.GetTimestamp();
            }

            if (wasFull && !status.Send(WorkerState.Available))
            {
                _masterIsGone = true;
            }

            return wasFull || _masterIsGone || (_active == 0 && KeepsWhileServing && _served >= useLimit);
        }
    }
}

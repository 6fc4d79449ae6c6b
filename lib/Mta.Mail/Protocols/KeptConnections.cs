namespace Mta.Mail.Protocols;

/// <summary>
/// Connections to a service that may carry another request, the last one used first. A few, and for a moment: a busy
/// client needs no more, and the service closes those that nobody uses. Thread-safe.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class KeptConnections(TimeProvider time)
{
    /// <summary>Connections that are kept; more are closed.</summary>
    public const int Most = 16;

    /// <summary>How long a connection is of use: shorter than the service's patience (<see cref="CleanupProtocol.AnotherWait"/>).</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    /// <summary>How long none is kept after the service has turned out to close them.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<(KeptConnection Connection, long Since)> _kept = []; // the oldest first
    private ITimer? _timer;
    private bool _isTimed;
    private long _refusedAt;
    private bool _isRefused;

    /// <summary>Takes a connection over: keeps it, or closes it.</summary>
    public void Add(KeptConnection connection)
    {
        lock (_lock)
        {
            _isRefused = _isRefused && time.GetElapsedTime(_refusedAt) < Pause;
            if (!_isRefused && _kept.Count < Most)
            {
                _kept.Add((connection, time.GetTimestamp()));
                if (connection.IsAsked && !_isTimed)
                {
                    // The service has a message open for it, which must not stay for long.
                    _isTimed = true;
                    _timer ??= time.CreateTimer(static self => ((KeptConnections)self!).CloseOld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    _timer.Change(LongestRest, Timeout.InfiniteTimeSpan);
                }

                return;
            }
        }

        connection.Stream.Dispose();
    }

    /// <returns>The connection used last, the caller's from now on; null when there is none. Those that rested too long are closed.</returns>
    public KeptConnection? TryTake()
    {
        lock (_lock)
        {
            if (_kept.Count == 0)
            {
                return null;
            }

            (KeptConnection newest, long since) = _kept[^1];
            if (time.GetElapsedTime(since) < LongestRest)
            {
                _kept.RemoveAt(_kept.Count - 1);
                newest.Stream.MoveHere();
                return newest;
            }

            Close(_kept.Count);
            return null;
        }
    }

    /// <summary>A connection that had rested briefly was closed by the service: for a while none is kept.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _isRefused = true;
            _refusedAt = time.GetTimestamp();
            Close(_kept.Count);
        }
    }

    private void CloseOld()
    {
        lock (_lock)
        {
            Close(_kept.TakeWhile(entry => time.GetElapsedTime(entry.Since) >= LongestRest).Count());
            _isTimed = _kept.Count > 0;
            if (_isTimed)
            {
                TimeSpan rest = LongestRest - time.GetElapsedTime(_kept[0].Since);
                _timer!.Change(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, Timeout.InfiniteTimeSpan); // it has just fired
            }
        }
    }

    private void Close(int oldest)
    {
        foreach ((KeptConnection connection, long _) in _kept[..oldest])
        {
            connection.Stream.Dispose();
        }

        _kept.RemoveRange(0, oldest);
    }
}

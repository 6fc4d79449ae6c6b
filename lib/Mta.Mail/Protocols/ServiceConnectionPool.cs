namespace Mta.Mail.Protocols;

/// <summary>
/// The persistent connections of a process to one service. Each is used by one caller at a time; unused ones close
/// after a while. May be used on any thread.
/// </summary>
public sealed class ServiceConnectionPool : IDisposable
{
    private const int MaxIdle = 16;
    private readonly Lock _lock = new();
    private readonly Stack<Entry> _idleConnections = new();
    private readonly string _path;
    private readonly string _protocol;
    private readonly TimeSpan _timeout;
    private readonly long _idle;
    private readonly long _life;
    private readonly Timer _sweeper;
    private bool _sweeping;
    private bool _disposed;

    /// <param name="path">The socket, below the queue directory or absolute.</param>
    /// <param name="protocol">What the server announces.</param>
    /// <param name="timeout">Longest wait of one read or write.</param>
    /// <param name="idle">Age of an unused connection at which it is closed.</param>
    /// <param name="life">Age at which any connection is closed.</param>
    public ServiceConnectionPool(string path, string protocol, TimeSpan timeout, TimeSpan idle, TimeSpan life)
    {
        _path = path;
        _protocol = protocol;
        _timeout = timeout;
        _idle = (long)idle.TotalMilliseconds;
        _life = (long)life.TotalMilliseconds;
        _sweeper = new Timer(static pool => ((ServiceConnectionPool)pool!).Sweep(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Its connections are for callers that must hold their thread (<see cref="ServiceConnection.ConnectBlocking"/>).</summary>
    public bool Blocks { get; init; }

    /// <summary>A connection in use. <see cref="IsReused"/>: it was open already, so the server may have closed it.</summary>
    public readonly record struct Lease(ServiceConnection Connection, bool IsReused, long Opened);

    /// <summary>Takes an idle connection or opens one.</summary>
    /// <exception cref="IOException">The service cannot be reached.</exception>
    /// <exception cref="TimeoutException">The service did not announce itself in time.</exception>
    public ValueTask<Lease> RentAsync(CancellationToken stop)
    {
        long now = Environment.TickCount64;
        lock (_lock)
        {
            while (_idleConnections.TryPop(out Entry entry))
            {
                if (IsFresh(entry, now) && entry.Connection.Input.Available.IsEmpty)
                {
                    return new ValueTask<Lease>(new Lease(entry.Connection, true, entry.Opened));
                }

                entry.Connection.Dispose();
            }
        }

        return OpenAsync(stop);
    }

    /// <summary>Gives a connection back; one that is not healthy, or too old, is closed.</summary>
    public void Return(Lease lease, bool healthy)
    {
        Entry entry = new(lease.Connection, lease.Opened, Environment.TickCount64);
        lock (_lock)
        {
            if (healthy && !_disposed && _idleConnections.Count < MaxIdle && IsFresh(entry, entry.LastUsed))
            {
                _idleConnections.Push(entry);
                if (!_sweeping)
                {
                    _sweeping = true;
                    _sweeper.Change(_idle, Timeout.Infinite);
                }

                return;
            }
        }

        lease.Connection.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _sweeper.Dispose();
            while (_idleConnections.TryPop(out Entry entry))
            {
                entry.Connection.Dispose();
            }
        }
    }

    private bool IsFresh(Entry entry, long now) => now - entry.LastUsed < _idle && now - entry.Opened < _life;

    private async ValueTask<Lease> OpenAsync(CancellationToken stop)
    {
        ServiceConnection connection = Blocks
            ? ServiceConnection.ConnectBlocking(_path, _protocol, _timeout)
            : await ServiceConnection.ConnectAsync(_path, _protocol, _timeout, stop);
        return new Lease(connection, false, Environment.TickCount64);
    }

    private void Sweep()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            Entry[] kept = Array.FindAll(_idleConnections.ToArray(), entry => IsFresh(entry, Environment.TickCount64));
            foreach (Entry entry in _idleConnections)
            {
                if (!Array.Exists(kept, other => other.Connection == entry.Connection))
                {
                    entry.Connection.Dispose();
                }
            }

            _idleConnections.Clear();
            for (int i = kept.Length - 1; i >= 0; i--)
            {
                _idleConnections.Push(kept[i]);
            }

            _sweeping = kept.Length > 0;
            if (_sweeping)
            {
                _sweeper.Change(_idle, Timeout.Infinite);
            }
        }
    }

    private readonly record struct Entry(ServiceConnection Connection, long Opened, long LastUsed);
}

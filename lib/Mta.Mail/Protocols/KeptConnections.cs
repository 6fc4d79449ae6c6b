using Mta.Linux;

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
    private readonly Stack<(SocketStream Stream, long Since)> _streams = new();
    private long _refusedAt;
    private bool _isRefused;

    /// <summary>Takes a stream over: keeps it, or closes it.</summary>
    public void Add(SocketStream stream)
    {
        lock (_lock)
        {
            _isRefused = _isRefused && time.GetElapsedTime(_refusedAt) < Pause;
            if (!_isRefused && _streams.Count < Most)
            {
                _streams.Push((stream, time.GetTimestamp()));
                return;
            }
        }

        stream.Dispose();
    }

    /// <returns>The stream used last, the caller's from now on; null when there is none. Those that rested too long are closed.</returns>
    public SocketStream? TryTake()
    {
        lock (_lock)
        {
            if (!_streams.TryPop(out (SocketStream Stream, long Since) newest))
            {
                return null;
            }

            if (time.GetElapsedTime(newest.Since) < LongestRest)
            {
                newest.Stream.MoveHere();
                return newest.Stream;
            }

            newest.Stream.Dispose();
            CloseAll();
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
            CloseAll();
        }
    }

    private void CloseAll()
    {
        while (_streams.TryPop(out (SocketStream Stream, long Since) entry))
        {
            entry.Stream.Dispose();
        }
    }
}

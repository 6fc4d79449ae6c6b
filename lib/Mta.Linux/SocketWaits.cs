using System.Threading.Tasks.Sources;

namespace Mta.Linux;

/// <summary>
/// The waits of one socket, or of a pipe: one for input and one for room to write may be under way at a time. Who was
/// told that nothing is there (EAGAIN) waits, and tries again when the wait ends, which may be too early.
/// </summary>
public sealed class SocketWaits(FileHandle socket)
{
    private readonly Wait _input = new();
    private Wait? _output;
    private Reactor? _reactor;

    /// <summary>Ends when there may be input, or the peer is gone.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>.</exception>
    public ValueTask InputAsync(CancellationToken stop)
    {
        Watch();
        return _input.BeginAsync(stop);
    }

    /// <summary>Ends when there may be room to write, or the peer is gone.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>.</exception>
    public async ValueTask OutputAsync(CancellationToken stop)
    {
        _output ??= new Wait();
        Reactor reactor = Watch();
        reactor.WatchOutput(socket);
        try
        {
            await _output.BeginAsync(stop);
        }
        finally
        {
            reactor.WatchInputAlone(socket);
        }
    }

    internal void Signal(EpollEvents events)
    {
        const EpollEvents ended = EpollEvents.Error | EpollEvents.HangUp;
        if ((events & (EpollEvents.Readable | EpollEvents.PeerClosed | ended)) != 0)
        {
            _input.Signal(inPlace: Reactor.ContinuesInPlace);
        }

        if ((events & (EpollEvents.Writable | ended)) != 0)
        {
            _output?.Signal(inPlace: Reactor.ContinuesInPlace);
        }
    }

    /// <summary>Ends all waits; the descriptor is about to be closed.</summary>
    public void Close()
    {
        _reactor?.Forget(socket);
        // Not in this thread: it may hold what the waiter needs.
        _input.Signal(inPlace: false);
        _output?.Signal(inPlace: false);
    }

    /// <summary>
    /// The socket goes from one user to the next, no wait is under way: the thread of the next one watches it from now on,
    /// if it is one that watches sockets, so that all sockets of a session wake one thread.
    /// </summary>
    internal void MoveHere()
    {
        if (_reactor is { } old && Reactor.Current is { } current && current != old)
        {
            old.Forget(socket);
            _reactor = current;
            current.Watch(socket, this);
        }
    }

    private Reactor Watch()
    {
        if (_reactor is null)
        {
            Reactor reactor = Reactor.ForNewSocket();
            if (Interlocked.CompareExchange(ref _reactor, reactor, null) is null)
            {
                reactor.Watch(socket, this);
            }
        }

        return _reactor;
    }

    /// <summary>One waiter at a time; a signal that nobody waits for ends the next wait at once.</summary>
    private sealed class Wait : IValueTaskSource
    {
        private const int Idle = 0;
        private const int Signalled = 1;
        private const int Waiting = 2;

        private ManualResetValueTaskSourceCore<bool> _source;
        private CancellationTokenRegistration _registration;
        private CancellationToken _stop;
        private int _state;

        public ValueTask BeginAsync(CancellationToken stop)
        {
            stop.ThrowIfCancellationRequested();
            if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
            {
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            short version = _source.Version;
            _stop = stop;
            int before = Interlocked.CompareExchange(ref _state, Waiting, Idle);
            if (before == Signalled)
            {
                Volatile.Write(ref _state, Idle);
                return ValueTask.CompletedTask;
            }

            if (before == Waiting)
            {
                throw new InvalidOperationException("two waits for one socket");
            }

            // From here on the wait may end at any moment; its result is taken by the caller alone.
            _registration = stop.UnsafeRegister(static wait => ((Wait)wait!).Cancel(), this);
            return new ValueTask(this, version);
        }

        public void Signal(bool inPlace)
        {
            while (true)
            {
                switch (Interlocked.CompareExchange(ref _state, Signalled, Idle))
                {
                    case Idle or Signalled:
                        return;
                    case Waiting when Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting:
                        _source.RunContinuationsAsynchronously = !inPlace;
                        _source.SetResult(true);
                        return;
                }
            }
        }

        public void GetResult(short token)
        {
            _registration.Dispose();
            _registration = default;
            _source.GetResult(token);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        private void Cancel()
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
            {
                // As above.
                _source.RunContinuationsAsynchronously = true;
                _source.SetException(new OperationCanceledException(_stop));
            }
        }
    }
}

using System.Threading.Tasks.Sources;
using Mta.Linux;

namespace Mta.Qmgr.Loop;

/// <summary>
/// A connected socket whose reads and writes complete on the loop's thread, without the runtime's socket engine
/// and its thread changes. One read and one write may be pending. Owns the descriptor.
/// </summary>
internal sealed class LoopStream : DuplexStream
{
    private readonly EventLoop _loop;
    private readonly FileHandle _socket;
    private readonly Operation _read;
    private readonly Operation _write;
    private bool _closed;

    public LoopStream(EventLoop loop, FileHandle socket)
    {
        _loop = loop;
        _socket = socket;
        _read = new Operation(this, isRead: true);
        _write = new Operation(this, isRead: false);
        Identity = loop.Register(this, socket);
    }

    public ulong Identity { get; }

    /// <summary>Called when something arrives, or the peer closes, while nobody reads.</summary>
    public Action? UnexpectedInput { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        int count = UnixStreamSocket.TryReceive(_socket, buffer.Span);
        return count switch
        {
            >= 0 => new ValueTask<int>(count),
            -Errno.EAGAIN => _read.Wait(buffer, cancellationToken),
            _ => ValueTask.FromException<int>(Failure(-count, "recv")),
        };
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        int count = UnixStreamSocket.TrySend(_socket, buffer.Span);
        if (count == buffer.Length)
        {
            return ValueTask.CompletedTask;
        }

        return count < 0 && count != -Errno.EAGAIN
            ? ValueTask.FromException(Failure(-count, "send"))
            : FinishWriteAsync(buffer[Math.Max(0, count)..], cancellationToken);
    }

    internal void OnEvents(EpollEvents events)
    {
        const EpollEvents Input = EpollEvents.Readable | EpollEvents.PeerClosed | EpollEvents.HangUp | EpollEvents.Error;
        if ((events & Input) != 0)
        {
            if (_read.IsPending)
            {
                _read.Advance();
            }
            else
            {
                UnexpectedInput?.Invoke();
            }
        }

        if (!_closed && _write.IsPending && (events & (EpollEvents.Writable | EpollEvents.HangUp | EpollEvents.Error)) != 0)
        {
            _write.Advance();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            _loop.Unregister(Identity);
            _socket.Dispose();
            _read.Fail(new ObjectDisposedException(nameof(LoopStream)));
            _write.Fail(new ObjectDisposedException(nameof(LoopStream)));
        }

        base.Dispose(disposing);
    }

    private static IOException Failure(int errno, string call)
    {
        LinuxException error = new(errno, call);
        return new IOException(error.Message, error);
    }

    private async ValueTask FinishWriteAsync(ReadOnlyMemory<byte> rest, CancellationToken stop)
    {
        while (!rest.IsEmpty)
        {
            int count = UnixStreamSocket.TrySend(_socket, rest.Span);
            if (count == -Errno.EAGAIN)
            {
                await WaitForRoomAsync(stop);
                continue;
            }

            rest = count >= 0 ? rest[count..] : throw Failure(-count, "send");
        }
    }

    private async ValueTask WaitForRoomAsync(CancellationToken stop)
    {
        _loop.WatchOutput(_socket, Identity, isWanted: true);
        try
        {
            await _write.Wait(default, stop);
        }
        finally
        {
            if (!_closed)
            {
                _loop.WatchOutput(_socket, Identity, isWanted: false);
            }
        }
    }

    // A wait for readiness. A read is done as soon as it can be; a write only reports that there is room.
    private sealed class Operation(LoopStream stream, bool isRead) : IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;
        private Memory<byte> _buffer;
        private CancellationTokenRegistration _registration;

        public bool IsPending { get; private set; }

        public ValueTask<int> Wait(Memory<byte> buffer, CancellationToken stop)
        {
            if (IsPending)
            {
                throw new InvalidOperationException("one read and one write at a time");
            }

            if (stop.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<int>(stop);
            }

            _core.Reset();
            _buffer = buffer;
            IsPending = true;
            short version = _core.Version;
            _registration = stop.CanBeCanceled
                ? stop.UnsafeRegister(
                    static (state, token) =>
                    {
                        (Operation operation, short version) = ((Operation, short))state!;
                        operation.Cancel(version, token);
                    },
                    (this, version))
                : default;
            return new ValueTask<int>(this, version);
        }

        public void Advance()
        {
            if (!isRead)
            {
                Finish(0);
                return;
            }

            int count = UnixStreamSocket.TryReceive(stream._socket, _buffer.Span);
            if (count >= 0)
            {
                Finish(count);
            }
            else if (count != -Errno.EAGAIN)
            {
                Fail(Failure(-count, "recv"));
            }
        }

        public void Fail(Exception error)
        {
            if (IsPending)
            {
                Release();
                _core.SetException(error);
            }
        }

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Finish(int count)
        {
            Release();
            _core.SetResult(count);
        }

        // Runs on the thread that cancelled; the state belongs to the loop.
        private void Cancel(short version, CancellationToken token) => stream._loop.Post(() =>
        {
            if (IsPending && _core.Version == version)
            {
                Fail(new OperationCanceledException(token));
            }
        });

        private void Release()
        {
            IsPending = false;
            _buffer = default;
            _registration.Dispose();
            _registration = default;
        }
    }
}

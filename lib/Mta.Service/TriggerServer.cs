using Mta.Linux;
using Mta.Mail.Protocols;
using NLog;

namespace Mta.Service;

/// <summary>
/// Reads trigger bytes on one thread and hands them to the handler on its own. Bytes that come while the
/// handler runs are gathered for its next run: they act as a set.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class TriggerServer
{
    private const int MostPending = 200;
    private const int TimeToSend = 10_000;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly DaemonProcess _process;
    private readonly Func<ServiceContext, ReadOnlyMemory<byte>, CancellationToken, Task> _handler;
    private readonly HandlerThread _thread;
    private readonly EventFd _wake = new();
    private readonly Lock _lock = new();
    private readonly List<(FileHandle File, long Deadline)> _pending = [];
    private PollEntry[] _entries = [];
    private readonly byte[] _bytes = new byte[MasterProtocol.TriggerLimit];
    private int _count;
    private bool _isRunning;
    private long _served;
    private long _idleSince = Environment.TickCount64;

    public TriggerServer(DaemonProcess process, Func<ServiceContext, ReadOnlyMemory<byte>, CancellationToken, Task> handler)
    {
        _process = process;
        _handler = handler;
        _thread = new HandlerThread("handler", static failure => Logging.MailLog.Panic(UnexpectedFailure.Describe(failure)));
        process.IsBusy = () => _isRunning;
    }

    private bool IsBusy
    {
        get
        {
            lock (_lock)
            {
                return _isRunning;
            }
        }
    }

    public async Task<int> RunAsync()
    {
        Task life = _process.Daemon.HandlerStart is { } start ? _thread.InvokeAsync(start) : Task.CompletedTask;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(done), 256 * 1024) { Name = "trigger", IsBackground = true }.Start();
        if (await Task.WhenAny(life, done.Task) == life)
        {
            await life;
        }

        await done.Task;
        _process.Context.Retire();
        while (IsBusy)
        {
            await Task.Delay(10, CancellationToken.None);
        }

        return 0;
    }

    private void Run(TaskCompletionSource done)
    {
        try
        {
            using CancellationTokenRegistration registration = _process.Context.Retiring.UnsafeRegister(static wake => ((EventFd)wake!).Signal(), _wake);
            while (!_process.Context.Retiring.IsCancellationRequested && !IsOver())
            {
                Turn();
            }

            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }

    private bool IsOver()
    {
        lock (_lock)
        {
            return !_isRunning && (_served >= _process.Limits.Uses
                || (_process.Limits.Idle is TimeSpan most && Environment.TickCount64 - _idleSince >= most.TotalMilliseconds));
        }
    }

    private void Turn()
    {
        int listeners = _process.Listeners.Length;
        Span<PollEntry> entries = Entries(2 + listeners + _pending.Count);
        entries[0] = new PollEntry(_wake.Descriptor, PollEvents.Input);
        entries[1] = new PollEntry(_process.Status.Descriptor, PollEvents.Input);
        for (int i = 0; i < listeners; i++)
        {
            entries[2 + i] = new PollEntry(_pending.Count < MostPending ? _process.Listeners[i] : -1, PollEvents.Input);
        }

        for (int i = 0; i < _pending.Count; i++)
        {
            entries[2 + listeners + i] = new PollEntry(_pending[i].File.Descriptor, PollEvents.Input);
        }

        ProcessRest.Poll(entries, PollTime());
        if (entries[0].Returned != 0)
        {
            _wake.Clear();
        }

        if (entries[1].Returned != 0)
        {
            _process.Context.Retire();
            return;
        }

        ReadPending(entries[(2 + listeners)..]);
        for (int i = 0; i < listeners; i++)
        {
            if (entries[2 + i].Returned != 0)
            {
                AcceptAll(_process.Listeners[i]);
            }
        }

        if (_process.Daemon.TriggerForward is { } forward && _count > 0)
        {
            byte[] bytes = _bytes.AsSpan(0, _count).ToArray();
            _count = 0;
            _idleSince = Environment.TickCount64;
            forward(bytes);
        }
    }

    // Pinned for ever: most of the time this thread waits with it, and the collector could not tidy up around it.
    private Span<PollEntry> Entries(int count)
    {
        if (_entries.Length < count)
        {
            _entries = GC.AllocateArray<PollEntry>(count * 2, pinned: true);
        }

        return _entries.AsSpan(0, count);
    }

    private int PollTime()
    {
        long now = Environment.TickCount64;
        long until = long.MaxValue;
        foreach ((_, long deadline) in _pending)
        {
            until = Math.Min(until, deadline);
        }

        if (_process.Limits.Idle is TimeSpan most)
        {
            lock (_lock)
            {
                until = Math.Min(until, (_isRunning ? now : _idleSince) + (long)most.TotalMilliseconds);
            }
        }

        return until == long.MaxValue ? -1 : (int)Math.Clamp(until - now + 1, 1, int.MaxValue);
    }

    private void AcceptAll(int listener)
    {
        while (_pending.Count < MostPending)
        {
            int errno = Posix.TryAccept(listener, out FileHandle connection, out _);
            if (errno != 0)
            {
                if (errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
                {
                    Log.Warn($"accept connection: {Errno.Text(errno)}");
                    _process.Context.Retiring.WaitHandle.WaitOne(1000);
                }

                return;
            }

            // Most clients have sent their byte before the connection is accepted.
            if (!TryRead(connection))
            {
                _pending.Add((connection, Environment.TickCount64 + TimeToSend));
            }
        }
    }

    private void ReadPending(ReadOnlySpan<PollEntry> entries)
    {
        long now = Environment.TickCount64;
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            (FileHandle file, long deadline) = _pending[i];
            if (entries[i].Returned != 0 && TryRead(file))
            {
                _pending.RemoveAt(i);
            }
            else if (entries[i].Returned == 0 && now >= deadline)
            {
                file.Dispose();
                _pending.RemoveAt(i);
            }
        }
    }

    // False when nothing has come yet. Otherwise the connection is somebody else's, or closed.
    private bool TryRead(FileHandle connection)
    {
        Span<byte> bytes = stackalloc byte[MasterProtocol.TriggerLimit];
        int count;
        try
        {
            count = Posix.Read(connection, bytes);
        }
        catch (LinuxException)
        {
            count = 0;
        }

        if (count < 0)
        {
            return false;
        }

        if (count > 0)
        {
            Add(bytes[..count]);
        }

        // Other clients wait until the connection is closed, which tells them that the request was taken.
        bool mayStay = TriggerProtocol.AsksToStay(bytes[..count]);
        if (!mayStay || _process.Daemon.TriggerAdoption is not { } adopt || !adopt(connection))
        {
            connection.Dispose();
        }

        return true;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _served++;
            foreach (byte b in bytes)
            {
                if (_count < _bytes.Length && !_bytes.AsSpan(0, _count).Contains(b))
                {
                    _bytes[_count++] = b;
                }
            }

            if (_served == 1)
            {
                _process.Status.Send(WorkerState.Taken);
                _process.Status.Send(WorkerState.Available);
            }

            if (_isRunning || _process.Daemon.TriggerForward is not null)
            {
                return;
            }

            _isRunning = true;
        }

        _thread.Post(static self => _ = ((TriggerServer)self!).HandleAsync(), this);
    }

    private async Task HandleAsync()
    {
        while (true)
        {
            byte[] bytes;
            lock (_lock)
            {
                if (_count == 0)
                {
                    _isRunning = false;
                    _idleSince = Environment.TickCount64;
                    _wake.Signal();
                    return;
                }

                bytes = _bytes.AsSpan(0, _count).ToArray();
                _count = 0;
            }

            try
            {
                await _handler(_process.Context, bytes, _process.Stop);
            }
            catch (OperationCanceledException) when (_process.Context.Retiring.IsCancellationRequested)
            {
                // The process is about to end.
            }
            catch (Exception failure)
            {
                Logging.MailLog.Fatal(failure is Text.FatalException or Config.ConfigurationException or LinuxException ? failure.Message : UnexpectedFailure.Describe(failure));
            }
        }
    }
}

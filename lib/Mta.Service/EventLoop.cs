namespace Mta.Service;

/// <summary>
/// One thread on which everything runs in turn: what is awaited on it continues on it, so its state needs no locks.
/// A blocking call in it stops everything; an unhandled exception is a broken invariant, which is
/// reported.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
public sealed class EventLoop : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Action<Exception> _failed;
    private List<(SendOrPostCallback Callback, object? State)> _incoming = new(256);
    private List<(SendOrPostCallback Callback, object? State)> _running = new(256);
    private bool _sleeping;

    /// <param name="name">Thread name, for debuggers.</param>
    /// <param name="failed">Told of an exception that nobody caught.</param>
    public EventLoop(string name, Action<Exception> failed)
    {
        _failed = failed;
        Thread = new Thread(Run) { Name = name, IsBackground = true };
        Thread.Start();
    }

    public Thread Thread { get; }

    /// <summary>True on the loop's own thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == Thread;

    /// <summary>Runs before the loop waits, after every batch of work: the place for work once per turn.</summary>
    public Action? Turn { get; set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        bool wake;
        lock (_lock)
        {
            _incoming.Add((d, state));
            wake = _sleeping;
            _sleeping = false;
        }

        if (wake)
        {
            _wake.Set();
        }
    }

    /// <summary>Runs an action on the loop, later.</summary>
    public void Post(Action action) => Post(static state => ((Action)state!)(), action);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
        {
            d(state);
            return;
        }

        using ManualResetEventSlim done = new();
        Post(_ =>
        {
            d(state);
            done.Set();
        }, null);
        done.Wait();
    }

    /// <summary>Starts an asynchronous function on the loop; the task ends when it has ended there.</summary>
    public Task InvokeAsync(Func<Task> function)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async _ =>
        {
            try
            {
                await function();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }, null);
        return done.Task;
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Run()
    {
        SetSynchronizationContext(this);
        while (true)
        {
            lock (_lock)
            {
                (_incoming, _running) = (_running, _incoming);
                _sleeping = _running.Count == 0;
            }

            if (_running.Count == 0)
            {
                _wake.WaitOne();
                continue;
            }

            foreach ((SendOrPostCallback callback, object? state) in _running)
            {
                try
                {
                    callback(state);
                }
                catch (Exception failure)
                {
                    _failed(failure);
                }
            }

            _running.Clear();
            try
            {
                Turn?.Invoke();
            }
            catch (Exception failure)
            {
                _failed(failure);
            }
        }
    }
}

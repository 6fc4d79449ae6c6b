namespace Mta.Service;

/// <summary>
/// The one thread on which the handlers of a trigger server run in turn: what is awaited on it continues on it, so their
/// state needs no locks. A blocking call in it stops everything; an unhandled exception is a broken invariant, which is
/// reported.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class HandlerThread : SynchronizationContext
{
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Action<Exception> _failed;
    private List<(SendOrPostCallback Callback, object? State)> _incoming = new(256);
    private List<(SendOrPostCallback Callback, object? State)> _running = new(256);
    private bool _sleeping;

    /// <param name="name">Thread name, for debuggers.</param>
    /// <param name="failed">Told of an exception that nobody caught.</param>
    public HandlerThread(string name, Action<Exception> failed)
    {
        _failed = failed;
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

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

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("a handler is never waited for");

    /// <summary>Starts an asynchronous function on the thread; the task ends when it has ended there.</summary>
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
        }
    }
}

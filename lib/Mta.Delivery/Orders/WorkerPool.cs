using Mta.Linux;
using Mta.Text;

namespace Mta.Delivery.Orders;

/// <summary>Carries orders out. Safe for concurrent calls.</summary>
public abstract class OrderRunner
{
    /// <summary>
    /// The runner for this process: worker processes when the real user is root, else threads, and everything runs as
    /// the caller.
    /// </summary>
    /// <param name="name">argv[0] of workers.</param>
    /// <param name="fileSizeLimit">Largest file an order may make, in bytes; 0 is unlimited.</param>
    public static OrderRunner Create(string name, long fileSizeLimit) =>
        Posix.RealUser == 0 ? new WorkerPool(name, fileSizeLimit) : new InProcessRunner(fileSizeLimit);

    /// <summary>False when everything runs as the caller.</summary>
    public abstract bool IsPrivileged { get; }

    /// <summary>Carries one order out.</summary>
    /// <param name="file">The queue file, for orders that deliver content; stays the caller's.</param>
    public abstract Task<OrderResult> RunAsync(Order order, FileHandle? file);
}

/// <summary>
/// Worker processes, each holding one identity at a time. Orders of one identity share a worker; an order of another
/// waits for an idle one, first come first served.
/// </summary>
internal sealed class WorkerPool : OrderRunner, IDisposable
{
    private const int MaxWorkers = 8;
    private const int MaxOutstanding = 64;
    private const long IdleMilliseconds = 60_000;
    private readonly Lock _lock = new();
    private readonly List<WorkerProcess> _workers = [];
    private readonly Queue<Waiting> _waiting = new();
    private readonly string _name;
    private readonly ulong _fileSizeLimit;
    private readonly Timer _timer;

    public WorkerPool(string name, long fileSizeLimit)
    {
        _name = name;
        _fileSizeLimit = fileSizeLimit > 0 ? (ulong)fileSizeLimit : Posix.Unlimited;
        _timer = new Timer(static pool => ((WorkerPool)pool!).RetireIdle(), this, IdleMilliseconds, IdleMilliseconds);
    }

    public override bool IsPrivileged => true;

    public override Task<OrderResult> RunAsync(Order order, FileHandle? file)
    {
        // The rest of a delivery is short and never waits, so it runs on the thread that received the result.
        TaskCompletionSource<OrderResult> result = new();
        lock (_lock)
        {
            if (_waiting.Count > 0 || !TryGive(order, file, result))
            {
                _waiting.Enqueue(new Waiting(order, file, result));
            }
        }

        return result.Task;
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            foreach (WorkerProcess worker in _workers)
            {
                worker.Retire();
            }

            _workers.Clear();
        }
    }

    private bool TryGive(Order order, FileHandle? file, TaskCompletionSource<OrderResult> result)
    {
        WorkerProcess? chosen = null;
        foreach (WorkerProcess worker in _workers)
        {
            if (worker.Accepts(order, MaxOutstanding) && (chosen is null || worker.Holds(order)))
            {
                chosen = worker;
                if (worker.Holds(order))
                {
                    break;
                }
            }
        }

        if (chosen is null && _workers.Count < MaxWorkers)
        {
            try
            {
                chosen = WorkerProcess.Start(_name, _fileSizeLimit, OnProgress);
                _workers.Add(chosen);
            }
            catch (LinuxException error)
            {
                if (_workers.Count == 0)
                {
                    OrderResult failure = new(OrderOutcome.Failed, "4.3.0", $"cannot start a delivery worker: {error.Message}", error.Errno);
                    ThreadPool.UnsafeQueueUserWorkItem(static state => state.Result.TrySetResult(state.Failure), (Result: result, Failure: failure), preferLocal: false);
                    return true;
                }
            }
        }

        chosen?.Give(order, file, result);
        return chosen is not null;
    }

    // Called from a worker's receiving thread.
    private void OnProgress(WorkerProcess worker, bool orderEnded)
    {
        lock (_lock)
        {
            if (orderEnded)
            {
                worker.NoteEnd();
            }

            if (!worker.IsAlive)
            {
                _workers.Remove(worker);
            }

            while (_waiting.TryPeek(out Waiting? next) && TryGive(next.Order, next.File, next.Result))
            {
                _waiting.Dequeue();
            }
        }
    }

    private void RetireIdle()
    {
        lock (_lock)
        {
            for (int i = _workers.Count - 1; i >= 0; i--)
            {
                WorkerProcess worker = _workers[i];
                if (!worker.IsAlive || (worker.Outstanding == 0 && Environment.TickCount64 - worker.IdleSince > IdleMilliseconds))
                {
                    worker.Retire();
                    _workers.RemoveAt(i);
                }
            }
        }
    }

    private sealed record Waiting(Order Order, FileHandle? File, TaskCompletionSource<OrderResult> Result);
}

/// <summary>Orders run on threads of this process, as the caller.</summary>
internal sealed class InProcessRunner : OrderRunner
{
    private const int MaxThreads = 64;
    private readonly OrderContext _context = new(WorkerIdentity.Unprivileged());
    private readonly Queue<(Order Order, FileHandle? File, TaskCompletionSource<OrderResult> Result)> _waiting = new();
    private int _threads;
    private int _idle;

    public InProcessRunner(long fileSizeLimit)
    {
        if (fileSizeLimit > 0)
        {
            WorkerProgram.LimitFileSize((ulong)fileSizeLimit);
        }
    }

    public override bool IsPrivileged => false;

    public override Task<OrderResult> RunAsync(Order order, FileHandle? file)
    {
        TaskCompletionSource<OrderResult> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            _waiting.Enqueue((order, file, result));
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_waiting);
            }
            else if (_threads < MaxThreads)
            {
                _threads++;
                new Thread(Work, 512 << 10) { IsBackground = true, Name = "delivery" }.Start();
            }
        }

        return result.Task;
    }

    private void Work()
    {
        while (true)
        {
            (Order Order, FileHandle? File, TaskCompletionSource<OrderResult> Result) next;
            lock (_waiting)
            {
                while (!_waiting.TryDequeue(out next))
                {
                    _idle++;
                    Monitor.Wait(_waiting);
                    _idle--;
                }
            }

            OrderExecution.Run(_context, next.Order, next.File, (result, _) => next.Result.SetResult(result));
        }
    }
}

/// <summary>
/// Carries one order out, to the end: turns what it did not foresee into a temporary failure, and flushes the directory
/// that it left unflushed.
/// </summary>
internal static class OrderExecution
{
    /// <param name="done">Is told the result, and whether more results follow at once. Runs on this or another thread.</param>
    public static void Run(OrderContext context, Order order, FileHandle? file, Action<OrderResult, bool> done)
    {
        context.Identity.Enter(order.User, order.Group);
        OrderResult result;
        try
        {
            result = order.Execute(context, file);
        }
        catch (LinuxException error)
        {
            result = new OrderResult(OrderOutcome.Failed, "4.3.0", Printable.Neutralize(error.Message), error.Errno);
        }

        if (result.Unflushed is not { } entry)
        {
            context.Identity.Leave();
            done(result, false);
            return;
        }

        entry.Flush((errno, more) =>
        {
            OrderResult final = errno == 0 ? result : order.FlushFailed(errno);
            context.Identity.Leave();
            done(final, more);
        });
    }
}

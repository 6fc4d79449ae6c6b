using Mta.Text;

namespace Mta.Tables.Clients;

#pragma warning disable CA1001 // Lives as long as its table, and tables as long as the process.
/// <summary>
/// A few threads for client libraries that block: each has a connection of its own, made when there is work and
/// dropped when there was none for a while. A lookup waits for a thread, and for its answer, no longer than the limit.
/// </summary>
/// <param name="make">Makes what a thread works with.</param>
/// <param name="limit">Most threads.</param>
/// <param name="idle">After this time without work a thread ends.</param>
/// <param name="patience">Longest wait of one lookup.</param>
internal sealed class BlockingWorkers<TWorker>(Func<TWorker> make, int limit, TimeSpan idle, TimeSpan patience)
    where TWorker : IDisposable
#pragma warning restore CA1001
{
    private const int StackSize = 512 * 1024;
    private const int LongestQueue = 10_000;
    private readonly Lock _gate = new();
    private readonly Queue<Job> _queue = new();
    private readonly SemaphoreSlim _work = new(0);
    private int _threads;
    private int _waiting;

    public async ValueTask<LookupResult> RunAsync(Func<TWorker, LookupResult> lookup, CancellationToken stop)
    {
        Job job = new(lookup, Environment.TickCount64 + (long)patience.TotalMilliseconds);
        lock (_gate)
        {
            if (_queue.Count >= LongestQueue)
            {
                return LookupResult.Failed("too many lookups are waiting");
            }

            _queue.Enqueue(job);
            if (_waiting < _queue.Count && _threads < limit)
            {
                _threads++;
                new Thread(Work, StackSize) { IsBackground = true, Name = "table client" }.Start();
            }
        }

        _work.Release();
        try
        {
            return await job.Answer.Task.WaitAsync(patience, stop);
        }
        catch (TimeoutException)
        {
            return LookupResult.Failed("timeout while waiting for the server");
        }
    }

    // Blocks signals' handlers nowhere and holds no lock while it works.
    private void Work()
    {
        using TWorker worker = make();
        while (true)
        {
            lock (_gate)
            {
                _waiting++;
            }

            bool woken = _work.Wait(idle);
            Job? job;
            lock (_gate)
            {
                _waiting--;
                if (!_queue.TryDequeue(out job) && !woken)
                {
                    _threads--;
                    return;
                }
            }

            if (job is null)
            {
                continue;
            }

            try
            {
                job.Answer.TrySetResult(Environment.TickCount64 > job.Deadline ? LookupResult.Failed("timeout while waiting for the server") : job.Lookup(worker));
            }
            catch (Exception error) when (error is IOException or TableException or FatalException or InvalidOperationException or ArgumentException or OverflowException)
            {
                job.Answer.TrySetResult(LookupResult.Failed(error.Message));
            }
        }
    }

    private sealed class Job(Func<TWorker, LookupResult> lookup, long deadline)
    {
        public Func<TWorker, LookupResult> Lookup { get; } = lookup;

        public long Deadline { get; } = deadline;

        public TaskCompletionSource<LookupResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

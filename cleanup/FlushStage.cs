using System.Collections.Concurrent;
using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Cleanup;

/// <summary>
/// Where messages wait for the disk. fsync blocks its thread; a few threads of its own, started as they are needed,
/// keep the pool free for sessions, and several files in flight share one journal commit of the file system.
/// </summary>
internal sealed class FlushStage(int maxThreads = 32)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<Work> _queue = [];
    private int _threads;
    private int _waiting;

    /// <summary>Completes a file: its mode, its flush, its close.</summary>
    /// <returns>The error that made it fail; null when the message is safe.</returns>
    public Task<LinuxException?> CompleteAsync(QueueFileWriter file)
    {
        Work work = new(file);
        _queue.Add(work);
        if (Volatile.Read(ref _waiting) < _queue.Count && Volatile.Read(ref _threads) < maxThreads)
        {
            StartThread();
        }

        return work.Task;
    }

    private void StartThread()
    {
        if (Interlocked.Increment(ref _threads) > maxThreads)
        {
            Interlocked.Decrement(ref _threads);
            return;
        }

        new Thread(Run, 256 << 10) { IsBackground = true, Name = "flush" }.Start();
    }

    private void Run()
    {
        while (true)
        {
            Interlocked.Increment(ref _waiting);
            bool found = _queue.TryTake(out Work? work, IdleTime);
            Interlocked.Decrement(ref _waiting);
            if (found)
            {
                work!.Run(); // set when found
            }
            else if (_queue.Count == 0)
            {
                Interlocked.Decrement(ref _threads);

                // Something may have come in between; its sender saw this thread as running.
                if (_queue.Count > 0)
                {
                    StartThread();
                }

                return;
            }
        }
    }

    private sealed class Work(QueueFileWriter file)
    {
        private readonly TaskCompletionSource<LinuxException?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<LinuxException?> Task => _done.Task;

        public void Run()
        {
            try
            {
                file.Complete();
                _done.SetResult(null);
            }
            catch (LinuxException error)
            {
                _done.SetResult(error);
            }
            catch (Exception error)
            {
                _done.SetException(error);
            }
        }
    }
}

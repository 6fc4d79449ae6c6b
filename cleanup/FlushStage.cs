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

    private readonly Queue<Work> _queue = new();
    private int _threads;
    private int _idle;

    /// <summary>Completes a file: its mode, its flush, its close. Who waits goes on in the thread that flushed.</summary>
    /// <returns>The error that made it fail; null when the message is safe.</returns>
    public Task<LinuxException?> CompleteAsync(QueueFileWriter file)
    {
        Work work = new(file);
        lock (_queue)
        {
            _queue.Enqueue(work);
            if (_idle >= _queue.Count)
            {
                Monitor.Pulse(_queue);
            }
            else if (_threads < maxThreads)
            {
                _threads++;
                new Thread(Run, 256 << 10) { IsBackground = true, Name = "flush" }.Start();
            }
        }

        return work.Task;
    }

    private void Run()
    {
        while (Next() is { } work)
        {
            work.Run();
        }
    }

    // Null when there was nothing to do for long: the thread ends. Waits without spinning: the processor has better uses.
    private Work? Next()
    {
        lock (_queue)
        {
            while (true)
            {
                if (_queue.TryDequeue(out Work? work))
                {
                    return work;
                }

                _idle++;
                bool isCalled = Monitor.Wait(_queue, IdleTime);
                _idle--;
                if (!isCalled && _queue.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }
        }
    }

    private sealed class Work(QueueFileWriter file)
    {
        private readonly TaskCompletionSource<LinuxException?> _done = new();

        public Task<LinuxException?> Task => _done.Task;

        public void Run()
        {
            try
            {
                file.Complete();
            }
            catch (LinuxException error)
            {
                _done.SetResult(error);
                return;
            }
            catch (Exception error)
            {
                _done.SetException(error);
                return;
            }

            _done.SetResult(null);
        }
    }
}

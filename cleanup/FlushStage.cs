using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Cleanup;

/// <summary>
/// Where messages wait for the disk. fsync blocks its thread; a few threads of its own, started as they are needed,
/// keep the pool free for sessions, and several files in flight share one journal commit of the file system.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class FlushStage(int maxThreads = 32)
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    private readonly Queue<Work> _queue = new();
    private readonly EventSemaphore _waiting = new();
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
            if (_idle < _queue.Count && _threads < maxThreads)
            {
                _threads++;
                _idle++;
                new Thread(Run, 256 << 10) { IsBackground = true, Name = "flush" }.Start();
            }
        }

        Wake();
        return work.Task;
    }

    // The file is in line and must not be disowned: a thread that is not woken finds it at the end of its idle time.
    private void Wake()
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                _waiting.Release();
                return;
            }
            catch (LinuxException)
            {
                // Once more.
            }
        }
    }

    private void Run()
    {
        while (Next() is { } work)
        {
            work.Run();
            lock (_queue)
            {
                _idle++;
            }
        }
    }

    // Null when there was nothing to do for long: the thread ends. Waits without spinning: the processor has better uses.
    private Work? Next()
    {
        while (true)
        {
            bool isCalled = _waiting.Wait(IdleTime);
            lock (_queue)
            {
                // With or without a call: what waits is done. A call whose file another thread took is no harm.
                if (_queue.TryDequeue(out Work? work))
                {
                    _idle--;
                    return work;
                }

                if (!isCalled)
                {
                    _idle--;
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

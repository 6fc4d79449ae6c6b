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

    private readonly Lock _lock = new();
    private readonly Queue<Work> _queue = new();
    private readonly Stack<FlushThread> _idle = new();
    private int _threads;

    /// <summary>Completes a file: its mode, its flush, its close. Who waits goes on in the thread that flushed.</summary>
    /// <returns>The error that made it fail; null when the message is safe.</returns>
    public Task<LinuxException?> CompleteAsync(QueueFileWriter file)
    {
        Work work = new(file);
        FlushThread? thread = null;
        lock (_lock)
        {
            if (_idle.TryPop(out thread))
            {
                // The one that worked last, and no other is woken.
                thread.Next = work;
            }
            else if (_threads < maxThreads)
            {
                _threads++;
                new Thread(new FlushThread(this) { Next = work }.Run, 256 << 10) { IsBackground = true, Name = "flush" }.Start();
            }
            else
            {
                _queue.Enqueue(work);
            }
        }

        thread?.Wake();
        return work.Task;
    }

    // True: there is work for the thread, or it waits for some among the idle ones.
    private bool Take(FlushThread thread)
    {
        lock (_lock)
        {
            if (!_queue.TryDequeue(out thread.Next))
            {
                _idle.Push(thread);
            }

            return thread.Next is not null;
        }
    }

    // True when it was still idle: it ends.
    private bool Leave(FlushThread thread)
    {
        lock (_lock)
        {
            if (thread.Next is not null)
            {
                return false;
            }

            List<FlushThread> others = [.. _idle];
            others.Remove(thread);
            others.Reverse();
            _idle.Clear();
            others.ForEach(_idle.Push);
            _threads--;
            return true;
        }
    }

    private sealed class FlushThread(FlushStage stage)
    {
        private readonly EventFd _wake = new();

        /// <summary>What to do; guarded by the stage's lock while the thread is idle.</summary>
        public Work? Next;

        public void Wake() => _wake.Signal();

        public void Run()
        {
            using EventFd wake = _wake;
            while (true)
            {
                // None: woken twice for one, or not woken for one that is done.
                if (Next is { } work)
                {
                    work.Run();
                    Next = null;
                    if (stage.Take(this))
                    {
                        continue;
                    }
                }

                // Who is not woken (the call failed) finds his work at the end of the idle time.
                if (!wake.Wait(IdleTime) && stage.Leave(this))
                {
                    return;
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

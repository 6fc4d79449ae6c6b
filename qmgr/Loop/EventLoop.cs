using System.Collections.Concurrent;
using Mta.Linux;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Loop;

/// <summary>
/// The one thread that owns all of the queue manager's state. It waits for its sockets, runs due timers and posted
/// work, and then calls the pass hook. Continuations of awaits that started on the loop come back to it, since it
/// is the synchronisation context; so no lock is needed anywhere above it.
/// </summary>
internal sealed class EventLoop : SynchronizationContext, ISchedulerTimers, IDisposable
{
    private const EpollEvents Input = EpollEvents.Readable | EpollEvents.PeerClosed | EpollEvents.EdgeTriggered;
    private const ulong WakeUpSlot = ulong.MaxValue;

    private readonly Epoll _epoll = new();
    private readonly EpollEventList _events = new();
    private readonly EventFd _wakeUp = new();
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _foreign = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _local = new();
    private readonly PriorityQueue<LoopTimer, long> _timers = new();
    private readonly List<LoopStream?> _streams = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly TimeProvider _time;
    private int _generation;
    private int _wakeUpPending;
    private Thread? _thread;
    private bool _stopped;

    public EventLoop(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _epoll.Add(_wakeUp.Handle, EpollEvents.Readable, WakeUpSlot);
        Refresh();
    }

    /// <summary>Wall-clock time, taken once per wake-up.</summary>
    public DateTime UtcNow { get; private set; }

    /// <summary>Seconds since 1970, taken once per wake-up.</summary>
    public long Now { get; private set; }

    private bool OnThread => Thread.CurrentThread == _thread;

    /// <summary>
    /// Runs on the calling thread until <see cref="Stop"/>. The hook runs after each batch of events and returns
    /// true when it has more to do at once.
    /// </summary>
    public void Run(Func<bool> pass)
    {
        SynchronizationContext? outer = Current;
        _thread = Thread.CurrentThread;
        SetSynchronizationContext(this);
        try
        {
            while (!_stopped)
            {
                Refresh();
                RunTimers();
                RunPosted();
                bool busy = pass();
                RunPosted();
                if (_stopped)
                {
                    break;
                }

                Poll(busy ? 0 : MillisecondsToNextTimer());
            }
        }
        finally
        {
            SetSynchronizationContext(outer);
            _thread = null;
        }
    }

    /// <summary>Ends <see cref="Run"/>; from any thread.</summary>
    public void Stop() => Post(static loop => ((EventLoop)loop!)._stopped = true, this);

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (OnThread)
        {
            _local.Enqueue((d, state));
            return;
        }

        _foreign.Enqueue((d, state));
        if (Interlocked.Exchange(ref _wakeUpPending, 1) == 0)
        {
            _wakeUp.Signal();
        }
    }

    /// <summary>Runs an action on the loop, soon; from any thread.</summary>
    public void Post(Action action) => Post(static work => ((Action)work!)(), action);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!OnThread)
        {
            throw new NotSupportedException("the loop is never waited for");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Calls <paramref name="action"/> once, after a delay.</summary>
    public LoopTimer Schedule(TimeSpan delay, Action action)
    {
        LoopTimer timer = new(action);
        long due = _time.GetTimestamp() + (long)(Math.Max(0, delay.TotalSeconds) * _time.TimestampFrequency);
        _timers.Enqueue(timer, due);
        return timer;
    }

    object ISchedulerTimers.Start(TimeSpan delay, Action action) => Schedule(delay, action);

    void ISchedulerTimers.Cancel(object timer) => ((LoopTimer)timer).Cancel();

    /// <summary>Starts to watch a stream for input; returns its slot.</summary>
    internal ulong Register(LoopStream stream, FileHandle file)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _streams.Count;
            _streams.Add(null);
        }

        _streams[slot] = stream;
        ulong identity = ((ulong)(uint)++_generation << 32) | (uint)slot;
        _epoll.Add(file, Input, identity);
        return identity;
    }

    /// <summary>Also for room, or not any more: whoever always listens for room is woken each time that the peer reads.</summary>
    internal void WatchOutput(FileHandle file, ulong identity, bool isWanted) =>
        _epoll.Modify(file, isWanted ? Input | EpollEvents.Writable : Input, identity);

    /// <summary>Forgets a stream. Closing the descriptor ends the kernel's watch.</summary>
    internal void Unregister(ulong identity)
    {
        int slot = (int)(uint)identity;
        _streams[slot] = null;
        _freeSlots.Push(slot);
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _wakeUp.Dispose();
    }

    private void Refresh()
    {
        UtcNow = _time.GetUtcNow().UtcDateTime;
        Now = (UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
    }

    private void RunTimers()
    {
        while (_timers.TryPeek(out LoopTimer? timer, out long due))
        {
            if (!timer.IsCancelled && due > _time.GetTimestamp())
            {
                return;
            }

            _timers.Dequeue();
            timer.Fire();
        }
    }

    private void RunPosted()
    {
        while (true)
        {
            while (_local.TryDequeue(out (SendOrPostCallback Callback, object? State) work))
            {
                work.Callback(work.State);
            }

            if (!_foreign.TryDequeue(out (SendOrPostCallback Callback, object? State) foreign))
            {
                return;
            }

            foreign.Callback(foreign.State);
        }
    }

    private void Poll(int milliseconds)
    {
        int count = _epoll.Wait(_events, ProcessRest.Watch.Wait(milliseconds));
        ProcessRest.Watch.Waited(count > 0 || milliseconds == 0);
        for (int i = 0; i < count; i++)
        {
            (EpollEvents events, ulong identity) = _events[i];
            if (identity == WakeUpSlot)
            {
                _wakeUp.Clear();
                Interlocked.Exchange(ref _wakeUpPending, 0);
                continue;
            }

            // An event of a descriptor closed earlier in this batch finds its slot empty or taken by another stream.
            LoopStream? stream = _streams[(int)(uint)identity];
            if (stream is not null && stream.Identity == identity)
            {
                stream.OnEvents(events);
            }
        }
    }

    private int MillisecondsToNextTimer()
    {
        if (!_timers.TryPeek(out _, out long due))
        {
            return -1;
        }

        double milliseconds = (due - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency;
        return milliseconds <= 0 ? 0 : (int)Math.Min(60_000, Math.Ceiling(milliseconds));
    }
}

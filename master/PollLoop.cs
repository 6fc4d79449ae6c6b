using Mta.Linux;

namespace Mta.Master;

/// <summary>Something to do later; made by <see cref="PollLoop.After"/>.</summary>
internal sealed class LoopTimer(long due, Action action)
{
    public long Due { get; } = due;

    public Action Action { get; } = action;

    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;
}

/// <summary>
/// The master's only thread of work: waits for descriptors and for time, and runs what is due. Nothing in it blocks.
/// Only <see cref="Post"/> may be called from another thread.
/// </summary>
internal sealed class PollLoop : IDisposable
{
    // A turn that takes longer is stuck; the alarm then ends the process, and its workers see the status channel close.
    private const int WatchdogSeconds = 1000;
    private const int LongestWait = 300_000;

    private readonly Dictionary<int, (PollEvents Events, Action<PollEvents> Action)> _watched = [];
    private readonly List<LoopTimer> _timers = [];
    private readonly EventFd _wake = new();
    private readonly Lock _lock = new();
    private readonly Queue<Action> _posted = [];
    private PollEntry[] _entries = [];
    private bool _isStale = true;

    public PollLoop() => Watch(_wake.Descriptor, PollEvents.Input, _ => _wake.Clear());

    public void Watch(int descriptor, PollEvents events, Action<PollEvents> action)
    {
        _watched[descriptor] = (events, action);
        _isStale = true;
    }

    /// <summary>Must come before the descriptor is closed.</summary>
    public void Unwatch(int descriptor) => _isStale |= _watched.Remove(descriptor);

    public LoopTimer After(TimeSpan time, Action action)
    {
        var timer = new LoopTimer(Environment.TickCount64 + (long)time.TotalMilliseconds, action);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Runs an action in the next turn. From any thread.</summary>
    public void Post(Action action)
    {
        lock (_lock)
        {
            _posted.Enqueue(action);
        }

        _wake.Signal();
    }

    /// <summary>Waits once, at most this long, and runs what is due.</summary>
    public void Turn(int mostMilliseconds = LongestWait)
    {
        Posix.Alarm(WatchdogSeconds);
        if (_isStale)
        {
            _entries = [.. _watched.Select(w => new PollEntry(w.Key, w.Value.Events))];
            _isStale = false;
        }

        PollEntry[] entries = _entries;
        int ready = ProcessRest.Poll(entries, Math.Min(mostMilliseconds, UntilNextTimer()));
        if (ready > 0)
        {
            foreach (PollEntry entry in entries)
            {
                // An earlier action of this turn may have taken the watch away, or the number to another file.
                if (entry.Returned != PollEvents.None && _watched.TryGetValue(entry.Descriptor, out var watch))
                {
                    watch.Action(entry.Returned);
                }
            }
        }

        RunPosted();
        RunTimers();
    }

    public void Dispose() => _wake.Dispose();

    private int UntilNextTimer()
    {
        long now = Environment.TickCount64;
        long wait = LongestWait;
        foreach (LoopTimer timer in _timers)
        {
            wait = timer.IsCancelled ? wait : Math.Min(wait, timer.Due - now);
        }

        return (int)Math.Max(0, wait);
    }

    private void RunPosted()
    {
        while (true)
        {
            Action? action;
            lock (_lock)
            {
                if (!_posted.TryDequeue(out action))
                {
                    return;
                }
            }

            action();
        }
    }

    private void RunTimers()
    {
        long now = Environment.TickCount64;
        for (int i = _timers.Count - 1; i >= 0; i--)
        {
            LoopTimer timer = _timers[i];
            if (!timer.IsCancelled && timer.Due > now)
            {
                continue;
            }

            _timers.RemoveAt(i);
            if (!timer.IsCancelled)
            {
                timer.Action();
                i = Math.Min(i, _timers.Count);
            }
        }
    }
}

using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>A clock that moves when told, and the timers that hang on it.</summary>
internal sealed class ManualTimers : ISchedulerTimers
{
    private readonly List<(double Due, object Key, Action Action)> _timers = [];

    private double _now = 1_000_000;

    public long Now => (long)_now;

    public object Start(TimeSpan delay, Action action)
    {
        object key = new();
        _timers.Add((_now + delay.TotalSeconds, key, action));
        return key;
    }

    public void Cancel(object timer) => _timers.RemoveAll(entry => ReferenceEquals(entry.Key, timer));

    public void Advance(double seconds)
    {
        _now += seconds;
        foreach ((double due, object key, Action action) in _timers.ToArray())
        {
            if (due <= _now)
            {
                Cancel(key);
                action();
            }
        }
    }
}

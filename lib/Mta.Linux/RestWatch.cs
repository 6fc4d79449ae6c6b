namespace Mta.Linux;

/// <summary>
/// Tells when a process has come to rest: nothing came to any of its waiting threads for a time. Each of them asks how
/// long to wait and says what came of it; the first to see the time over does what is to be done at rest, and then all
/// wait for ever. Thread-safe; a sign that comes just then may be overlooked until the next.
/// </summary>
/// <param name="after">Time without any work.</param>
/// <param name="rested">Done once for each rest, on a waiting thread.</param>
public sealed class RestWatch(TimeSpan after, Action rested, TimeProvider time)
{
    private long _lastWork = time.GetTimestamp();
    private int _isAtRest;

    /// <summary>How long to wait for work.</summary>
    /// <param name="most">Milliseconds that the caller would wait by itself; -1 is for ever.</param>
    /// <returns>Milliseconds, at most that; -1 is for ever.</returns>
    public int Wait(int most)
    {
        if (Volatile.Read(ref _isAtRest) != 0)
        {
            return most;
        }

        int left = (int)Math.Clamp((after - Quiet).TotalMilliseconds + 1, 1, int.MaxValue);
        return most < 0 ? left : Math.Min(most, left);
    }

    /// <summary>A wait is over.</summary>
    /// <param name="hasWork">Something came; else the time was over.</param>
    public void Waited(bool hasWork)
    {
        if (hasWork)
        {
            Volatile.Write(ref _lastWork, time.GetTimestamp());
            Volatile.Write(ref _isAtRest, 0);
        }
        else if (Quiet >= after && Interlocked.Exchange(ref _isAtRest, 1) == 0)
        {
            rested();
        }
    }

    private TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _lastWork));
}

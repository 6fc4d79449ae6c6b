using NLog;

namespace Mta.Service;

/// <summary>
/// Ends a process whose sessions do not come forward: work that is queued now and then must be begun within a time.
/// The master starts another. A machine that slept counts as one step, not as the time that went by.
/// </summary>
public static class Watchdog
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <param name="limit">Longest time before queued work is begun.</param>
    public static void Start(TimeSpan limit) => Start(limit, Step, static work => ThreadPool.UnsafeQueueUserWorkItem(static done => done(), work, preferLocal: false), static () =>
    {
        Log.Fatal("watchdog timeout");
        LogManager.Shutdown();
        Environment.Exit(1);
    });

    internal static void Start(TimeSpan limit, TimeSpan step, Action<Action> queue, Action expired) =>
        new Thread(() => Watch(limit, step, queue, expired), 128 * 1024) { IsBackground = true, Name = "watchdog" }.Start();

    private static void Watch(TimeSpan limit, TimeSpan step, Action<Action> queue, Action expired)
    {
        using AutoResetEvent begun = new(false);
        while (true)
        {
            queue(() => begun.Set());
            int steps = Math.Max(1, (int)(limit / step));
            while (!begun.WaitOne(step))
            {
                if (--steps <= 0)
                {
                    expired();
                    return;
                }
            }

            // Seldom enough to let an idle machine sleep.
            Thread.Sleep(limit / 2);
        }
    }
}

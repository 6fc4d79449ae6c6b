using Mta.Linux;
using Mta.Service.Logging;

namespace Mta.Master;

/// <summary>
/// The end on a signal. Workers get SIGTERM and some time to finish sessions and to remove unfinished files; the log
/// service goes last, so that their last lines are kept. Then the process group, for commands that workers started.
/// </summary>
internal static class Shutdown
{
    // Together below the five seconds after which `postfix stop` uses force.
    private const int WorkerMilliseconds = 3400;
    private const int UnreadLogMilliseconds = 900;
    private const int LogMilliseconds = 500;

    /// <returns>The exit code of process 1; else the process ends by the signal.</returns>
    public static int Run(Supervisor supervisor, PollLoop loop, int signal, bool isInit)
    {
        supervisor.StopListening();
        foreach (int worker in supervisor.Workers.Except(supervisor.LogWorkers))
        {
            Posix.TryKill(worker, Signals.SIGTERM);
        }

        WaitFor(supervisor, loop, WorkerMilliseconds, () => supervisor.Workers.Except(supervisor.LogWorkers));
        WaitFor(supervisor, loop, UnreadLogMilliseconds, () => supervisor.HasUnreadLog ? supervisor.LogWorkers : []);
        WaitFor(supervisor, loop, LogMilliseconds, () =>
        {
            foreach (int worker in supervisor.LogWorkers)
            {
                Posix.TryKill(worker, Signals.SIGTERM);
            }

            return supervisor.Workers;
        });
        foreach (int worker in supervisor.Workers)
        {
            Posix.TryKill(worker, Signals.SIGKILL);
        }

        if (Posix.ProcessGroup() == Posix.ProcessId() && !isInit)
        {
            Posix.IgnoreSignal(Signals.SIGTERM);
            Posix.TryKill(-Posix.ProcessId(), Signals.SIGTERM);
        }

        if (isInit)
        {
            return 0;
        }

        MailLog.FallbackFile = null;
        Posix.DefaultSignal(signal);
        Posix.TryKill(Posix.ProcessId(), signal);
        return 128 + signal;
    }

    private static void WaitFor(Supervisor supervisor, PollLoop loop, int milliseconds, Func<IEnumerable<int>> remaining)
    {
        long deadline = Environment.TickCount64 + milliseconds;
        long left;
        while (remaining().Any() && (left = deadline - Environment.TickCount64) > 0)
        {
            loop.Turn((int)Math.Min(left, 100));
            supervisor.Reap();
        }
    }
}

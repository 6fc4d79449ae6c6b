using Mta.Linux;

namespace Mta.Postfix;

/// <summary>stop, quick-stop, abort and drain.</summary>
internal static class StopCommand
{
    private const int Seconds = 5;

    public static int Stop(Instance instance)
    {
        if (!instance.IsRunning)
        {
            return ControlLog.Fatal("the Postfix mail system is not running");
        }

        ControlLog.Info("stopping the Postfix mail system");
        int master = instance.MasterProcess;
        instance.Signal(Signals.SIGTERM);
        for (int second = 0; second < Seconds; second++)
        {
            if (IsGoneWithin(instance, TimeSpan.FromSeconds(1)))
            {
                return 0;
            }

            ControlLog.Info("waiting for the Postfix mail system to terminate");
        }

        ControlLog.Warning("stopping the Postfix mail system with force");
        if (master > 0 && Posix.TryKill(-master, Signals.SIGKILL) != 0)
        {
            Posix.TryKill(master, Signals.SIGKILL);
        }

        return 0;
    }

    public static int QuickStop(Instance instance)
    {
        int code = Stop(instance);
        if (code == 0)
        {
            Posix.Open($"{instance.QueueDirectory}/quick-start", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NoFollow, 0x180).Dispose();
        }

        return code;
    }

    public static int Abort(Instance instance)
    {
        if (!instance.IsRunning)
        {
            return ControlLog.Fatal("the Postfix mail system is not running");
        }

        ControlLog.Info("aborting the Postfix mail system");
        instance.Signal(Signals.SIGTERM);
        return 0;
    }

    /// <summary>Ends the master alone: its workers see that, finish what they have, and go.</summary>
    public static int Drain(Instance instance)
    {
        if (!instance.IsRunning)
        {
            return ControlLog.Fatal("the Postfix mail system is not running");
        }

        ControlLog.Info("stopping the Postfix mail system");
        instance.Signal(Signals.SIGKILL);
        return 0;
    }

    private static bool IsGoneWithin(Instance instance, TimeSpan time)
    {
        long deadline = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (instance.IsRunning)
        {
            if (Environment.TickCount64 >= deadline)
            {
                return false;
            }

            Thread.Sleep(20);
        }

        return true;
    }
}

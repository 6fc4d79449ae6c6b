using Mta.Linux;

namespace Mta.Postfix;

/// <summary>start and start-fg.</summary>
internal static class StartCommand
{
    private const string QuickStart = "quick-start";

    public static int Run(Instance instance)
    {
        if (!MayStart(instance))
        {
            return 1;
        }

        ControlLog.Info("starting the Postfix mail system");
        return instance.Run(instance.Master, "-w") == 0 ? 0 : ControlLog.Fatal("mail system startup failed");
    }

    public static int RunInForeground(Instance instance)
    {
        if (instance.Configuration.Value("multi_instance_directories") is { Length: > 0 } && instance.Configuration.Directory == Config.Configuration.DefaultDirectory)
        {
            return ControlLog.Fatal("start-fg does not support multi_instance_directories");
        }

        if (!MayStart(instance))
        {
            return 1;
        }

        ControlLog.Info("starting the Postfix mail system");
        int errno = Posix.TryExecute(instance.Master, [instance.Master, Posix.ProcessId() == 1 ? "-i" : "-s"], instance.Environment);
        return ControlLog.Fatal($"cannot start-fg the master daemon: {Errno.Text(errno)}");
    }

    private static bool MayStart(Instance instance)
    {
        if (instance.IsRunning)
        {
            ControlLog.Fatal("the Postfix mail system is already running");
            return false;
        }

        // Whose programs these are is asked even when everything else is skipped.
        if (!ReleaseMarker.IsPresent(instance))
        {
            return false;
        }

        if (Posix.TryUnlink($"{instance.QueueDirectory}/{QuickStart}") == 0)
        {
            return true;
        }

        if (!Checks.Fatal(instance))
        {
            ControlLog.Fatal("Postfix integrity check failed!");
            return false;
        }

        Checks.Warn(instance);
        return true;
    }
}

using Mta.Config;
using Mta.Linux;

namespace Mta.Postfix;

/// <summary>reload.</summary>
internal static class ReloadCommand
{
    public static int Run(Instance instance)
    {
        if (!instance.IsRunning)
        {
            return ControlLog.Fatal("the Postfix mail system is not running");
        }

        // main.cf was read to get here. What the master would refuse is said to the caller, too.
        try
        {
            MasterCf.Load($"{instance.Configuration.Directory}/master.cf");
        }
        catch (ConfigurationException error)
        {
            return ControlLog.Fatal(error.Message);
        }

        if (!IndexedTables.Rebuild(instance) || !Checks.TablesAreSound(instance))
        {
            return ControlLog.Fatal("the running mail system keeps its configuration");
        }

        ControlLog.Info("refreshing the Postfix mail system");
        string postsuper = $"{instance.CommandDirectory}/postsuper";
        if (Posix.TryAccess(postsuper, AccessMode.Execute) == 0 && instance.Run(postsuper, "active") != 0)
        {
            return 1;
        }

        if (!instance.Signal(Signals.SIGHUP))
        {
            return ControlLog.Fatal("the Postfix mail system is not running");
        }

        instance.RunInBackground(postsuper);
        return 0;
    }
}

using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>What start and check look at: first what must be right, then what should be.</summary>
internal static class Checks
{
    /// <returns>False, after messages, when the mail system must not be started.</returns>
    public static bool Fatal(Instance instance)
    {
        if (!ReleaseMarker.IsPresent(instance) || !ProgramsAreThere(instance))
        {
            return false;
        }

        try
        {
            QueueDirectories.Create(instance);
        }
        catch (LinuxException error)
        {
            ControlLog.Error(error.Message);
            ControlLog.Fatal("unable to create missing queue directories");
            return false;
        }

        return MasterCfIsUsable(instance) && SettingsAreUsable(instance) && IndexedTables.Rebuild(instance) && TablesAreSound(instance) && StructureIsSound(instance);
    }

    /// <returns>0: warnings do not fail a command.</returns>
    public static int Warn(Instance instance)
    {
        OwnershipChecks.Run(instance);
        return 0;
    }

    /// <summary>Who has tuned something should know that it is no part of this system.</summary>
    public static void NameParametersWithoutEffect(Configuration configuration)
    {
        foreach (string name in ParametersWithoutEffect.SetIn(configuration))
        {
            ControlLog.Warning($"{configuration.Directory}/main.cf: parameter {name} has no effect here: {ParametersWithoutEffect.All[name]}");
        }

        foreach (string name in UnreadParameters.SetIn(configuration))
        {
            ControlLog.Warning($"{configuration.Directory}/main.cf: nothing reads parameter {name}: {UnreadParameters.All[name]}");
        }
    }

    /// <summary>What a service's program reads: main.cf, and the service's own settings before it.</summary>
    internal static Configuration ConfigurationOf(MasterEntry entry, string directory, IEnumerable<(string Name, string Value)> overrides)
    {
        var configuration = Configuration.Load(directory, entry.Command, entry.Name);
        foreach ((string name, string value) in overrides)
        {
            configuration.Override(name, value);
        }

        return configuration;
    }

    private static bool ProgramsAreThere(Instance instance)
    {
        if (Posix.TryAccess(instance.Master, AccessMode.Execute) != 0)
        {
            ControlLog.Fatal($"no Postfix master program {instance.Master}!");
            return false;
        }

        return true;
    }

    private static bool MasterCfIsUsable(Instance instance)
    {
        string path = $"{instance.Configuration.Directory}/master.cf";
        if (Posix.TryStat(path, out _) != 0)
        {
            ControlLog.Fatal($"no {path} file found");
            return false;
        }

        try
        {
            List<MasterEntry> entries = MasterCf.Load(path);
            string postlog = instance.Configuration.Get(PostlogParameters.PostlogServiceName);
            if (instance.Configuration.Get(PostlogParameters.MaillogFile).Length > 0
                && !entries.Exists(e => e.Type == ServiceType.UnixDatagram && e.Name == postlog))
            {
                ControlLog.Fatal("missing 'postlog' service in master.cf - run 'postfix upgrade-configuration'");
                return false;
            }

            // What stands there for Postfix, and nobody calls, may be missing.
            foreach (MasterEntry entry in entries.Where(static e => !TakeoverCheck.NeedlessPrograms.ContainsKey(e.Command)))
            {
                string program = $"{instance.DaemonDirectory}/{entry.Command}";
                if (Posix.TryAccess(program, AccessMode.Execute) is var errno && errno != 0)
                {
                    ControlLog.Warning($"{path}: line {entry.Line}: service {entry.NameAndType}: {program}: {Errno.Text(errno)}");
                }
            }

            return ServicesAreBuilt(instance, entries, path);
        }
        catch (ConfigurationException error)
        {
            ControlLog.Fatal(error.Message);
            return false;
        }
    }

    // With the overrides of each service: what is off in main.cf may be on for one of them.
    private static bool ServicesAreBuilt(Instance instance, List<MasterEntry> entries, string path)
    {
        bool isBuilt = true;
        string disabled = instance.Configuration.Get(MasterParameters.MasterServiceDisable);
        foreach (MasterEntry entry in entries.Where(e => UnbuiltSettings.Concern(e.Command) && !MasterCf.IsDisabled(e, disabled)))
        {
            try
            {
                UnbuiltSettings.Refuse(entry.Command, ConfigurationOf(entry, instance.Configuration.Directory, DaemonOptions.Parse(entry.Command, entry.Arguments).Overrides));
            }
            catch (Exception error) when (error is ConfigurationException or FatalException)
            {
                ControlLog.Fatal($"{path}: line {entry.Line}: service {entry.NameAndType}: {error.Message}");
                isBuilt = false;
            }
        }

        return isBuilt;
    }

    // What every daemon would find when it starts is found here, all at once and by name.
    private static bool SettingsAreUsable(Instance instance)
    {
        bool isUsable = true;
        foreach (string name in instance.Configuration.SetNames)
        {
            try
            {
                if (ParameterRegistry.Find(name) is { } parameter)
                {
                    instance.Configuration.Check(parameter);
                }
                else
                {
                    instance.Configuration.Value(name);
                }
            }
            catch (ConfigurationException error)
            {
                if (error.Warning is { Length: > 0 } warning)
                {
                    ControlLog.Warning(warning);
                }

                ControlLog.Fatal($"{instance.Configuration.Directory}/main.cf: parameter {name}: {error.Message}");
                isUsable = false;
            }
        }

        return isUsable;
    }

    /// <summary>The tables that main.cf, and master.cf's services, name. Both files were looked at before.</summary>
    public static bool TablesAreSound(Instance instance) =>
        TableChecks.AreSound(instance, MasterCf.Load($"{instance.Configuration.Directory}/master.cf"));

    private static bool StructureIsSound(Instance instance)
    {
        string postsuper = $"{instance.CommandDirectory}/postsuper";
        return Posix.TryAccess(postsuper, AccessMode.Execute) != 0 || instance.Run(postsuper) == 0;
    }
}

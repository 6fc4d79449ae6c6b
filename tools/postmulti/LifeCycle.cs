using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service.Logging;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Postmulti;

/// <summary>-e: adds, changes and removes instances. Every change of a main.cf is made by postconf(1), whole or not at all.</summary>
internal sealed class LifeCycle(PostmultiOptions options, List<MailInstance> instances, Programs programs)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private MailInstance Primary => instances[0];

    public int Run()
    {
        switch (options.Action)
        {
            case "init":
                programs.Set(Primary, Primary.Directory, "multi_instance_wrapper=${command_directory}/postmulti -p --", "multi_instance_enable=yes");
                return 0;
            case "create" or "import":
                return new NewInstance(options, instances, programs).Make();
            case "enable" or "disable":
                programs.Set(Primary, Selected().Directory, $"multi_instance_enable={(options.Action == "enable" ? "yes" : "no")}");
                return 0;
            case "assign":
                Assign(Selected());
                return 0;
            default:
                Remove(Selected());
                return 0;
        }
    }

    private MailInstance Selected() => options.Name is not { } name
        ? throw new FatalException("Select an instance via '-i name'")
        : instances.Find(instance => instance.IsCalled(name)) ?? throw new FatalException($"No instance named {Printable.Neutralize(name)}");

    private void Assign(MailInstance instance)
    {
        if (options.NewName is { Length: > 0 } name && instances.Find(other => other != instance && other.Name == name) is { } holder)
        {
            throw new FatalException($"instance {instance.Label}, multi_instance_name={name} conflicts with instance {holder.Label}, multi_instance_name={name}");
        }

        List<string> assignments = [];
        if (options.NewName is not null)
        {
            assignments.Add($"multi_instance_name={options.NewName}");
        }

        if (options.NewGroup is not null)
        {
            assignments.Add($"multi_instance_group={options.NewGroup}");
        }

        programs.Set(Primary, instance.Directory, [.. assignments]);
    }

    private void Remove(MailInstance instance)
    {
        if (instance.IsPrimary)
        {
            throw new FatalException("Cannot remove the primary instance");
        }

        if (instance.IsEnabled)
        {
            throw new FatalException("Cannot remove enabled instances");
        }

        DemandStopped(instance);
        bool isDestroyed = options.Action == "destroy";
        if (isDestroyed)
        {
            Destruction.DemandEmptyQueue(instance);
        }

        string[] others = [.. instances.Skip(1).Where(other => other != instance).Select(static other => other.Directory)];
        IEnumerable<string> alternate = TableListSyntax.Split(Primary.Configuration.Get(SendmailParameters.AlternateConfigDirectories)).Where(directory => directory != instance.Directory);
        programs.Set(
            Primary,
            Primary.Directory,
            $"multi_instance_directories={string.Join(' ', others)}",
            $"alternate_config_directories={string.Join(' ', isDestroyed ? alternate : alternate.Append(instance.Directory))}");
        if (isDestroyed)
        {
            Destruction.Remove(instance, Log);
        }
    }

    // The lock of its queue tells.
    private static void DemandStopped(MailInstance instance)
    {
        string directory = instance.Configuration.Get(GlobalParameters.ProcessIdDirectory);
        int errno = Posix.TryOpen($"{(directory.StartsWith('/') ? directory : $"{instance.QueueDirectory}/{directory}")}/master.pid", OpenFlags.ReadOnly, 0, out FileHandle file);
        using (file)
        {
            if (errno == 0 && !Posix.Flock(file, FileLock.Exclusive, wait: false))
            {
                throw new FatalException($"Instance '{instance.Directory}' is not stopped");
            }
        }
    }

    /// <summary>Messages of what was a script once have its name.</summary>
    internal static FatalException ScriptFailure(MailInstance primary, string text)
    {
        MailLog.StderrName = $"{primary.Configuration.Get(GlobalParameters.SyslogName)}/postmulti-script";
        return new FatalException(text);
    }
}

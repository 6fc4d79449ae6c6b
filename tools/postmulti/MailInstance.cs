using Mta.Config;
using Mta.Config.Parameters;
using Mta.Service;

namespace Mta.Postmulti;

/// <summary>One mail system as its main.cf describes it.</summary>
internal sealed class MailInstance
{
    private MailInstance(Configuration configuration, bool isPrimary)
    {
        Configuration = configuration;
        IsPrimary = isPrimary;
        Name = configuration.Get(PostmultiParameters.MultiInstanceName);
        Group = configuration.Get(PostmultiParameters.MultiInstanceGroup);
        IsEnabled = configuration.Get(PostmultiParameters.MultiInstanceEnable);
        QueueDirectory = configuration.Get(GlobalParameters.QueueDirectory);
        DataDirectory = configuration.Get(GlobalParameters.DataDirectory);
    }

    public Configuration Configuration { get; }

    public bool IsPrimary { get; }

    /// <summary>multi_instance_name; may be empty.</summary>
    public string Name { get; }

    public string Group { get; }

    /// <summary>Takes part in start, stop and the like.</summary>
    public bool IsEnabled { get; set; }

    public string Directory => Configuration.Directory;

    public string QueueDirectory { get; }

    public string DataDirectory { get; }

    /// <summary>How the instance is called in messages: <c>instance X</c>.</summary>
    public string Label => Directory;

    /// <exception cref="ConfigurationException">Its main.cf cannot be read, or says something impossible.</exception>
    public static MailInstance Load(string directory, bool isPrimary = false) => new(Configuration.Load(directory, "postmulti"), isPrimary);

    /// <summary><c>-i</c>: by name, by directory, <c>-</c> for the primary one.</summary>
    public bool IsCalled(string name) => name == "-" ? IsPrimary : (Name.Length > 0 && name == Name) || name == Directory;

    /// <summary>What a command for this instance finds in its environment.</summary>
    public List<string> Environment(bool isVerbose)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string entry in ProgramEnvironment.ForChild())
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            values[entry[..equals]] = entry[(equals + 1)..];
        }

        string commands = Configuration.Get(GlobalParameters.CommandDirectory);
        values["MAIL_CONFIG"] = Directory;
        values["command_directory"] = commands;
        values["daemon_directory"] = Configuration.Get(GlobalParameters.DaemonDirectory);
        values["config_directory"] = Directory;
        values["queue_directory"] = QueueDirectory;
        values["data_directory"] = DataDirectory;
        values["multi_instance_name"] = Name;
        values["multi_instance_group"] = Group;
        values["multi_instance_enable"] = IsEnabled ? "yes" : "no";
        values["PATH"] = values.TryGetValue("PATH", out string? path) && path.Length > 0 ? $"{commands}:{path}" : commands;
        if (isVerbose)
        {
            values["MAIL_VERBOSE"] = "";
        }

        return [.. values.Select(static pair => $"{pair.Key}={pair.Value}")];
    }
}

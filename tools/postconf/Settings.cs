using Mta.Config;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>What is set, and what everything else defaults to.</summary>
internal sealed class Settings
{
    private Settings(Configuration configuration, string directory)
    {
        Configuration = configuration;
        Directory = directory;
    }

    public Configuration Configuration { get; }

    /// <summary>As it stands in warnings.</summary>
    public string Directory { get; }

    /// <summary>Only defaults; main.cf is not read.</summary>
    public static Settings Defaults(string directory) => new(Configuration.FromText("", directory, "postconf"), directory);

    /// <param name="isDirectoryGiven">-c or MAIL_CONFIG: config_directory counts as set.</param>
    /// <exception cref="ConfigurationException">main.cf cannot be read.</exception>
    /// <exception cref="FatalException">An override is no assignment.</exception>
    public static Settings Load(string directory, bool isDirectoryGiven, IEnumerable<string> overrides)
    {
        Configuration configuration = Configuration.Load(directory, "postconf");
        foreach (string warning in configuration.Warnings)
        {
            Warnings.Write(warning);
        }

        if (isDirectoryGiven && !configuration.SetNames.Contains("config_directory"))
        {
            configuration.Override("config_directory", directory);
        }

        foreach (string text in overrides)
        {
            try
            {
                (string name, string value) = MainCf.SplitAssignment(text);
                configuration.Override(name, value);
            }
            catch (FormatException error)
            {
                string reason = error.Message[..error.Message.LastIndexOf(": \"", StringComparison.Ordinal)];
                throw new FatalException($"invalid parameter override: {text}: {reason}", error);
            }
        }

        foreach (string name in configuration.SetNames)
        {
            if (ParameterRegistry.Find(name) is { IsReadOnly: true })
            {
                Warnings.Write($"{directory}/main.cf: read-only parameter assignment: {name}={configuration.SetText(name)}");
            }
        }

        return new Settings(configuration, directory);
    }

    /// <summary>Every value that a program may read must be expandable.</summary>
    /// <exception cref="FatalException">One is not.</exception>
    public void DemandExpandable()
    {
        foreach (string name in Configuration.SetNames.Order(StringComparer.Ordinal))
        {
            if (ParameterRegistry.Find(name) is { IsRaw: false, IsLegacy: false })
            {
                Expand(Configuration.Raw(name) ?? "");
            }
        }
    }

    /// <summary>Is the name assigned, by main.cf or an override?</summary>
    public bool IsSet(string name) => Configuration.IsSet(name);

    /// <summary>The unexpanded value, or null when there is neither a setting nor a default.</summary>
    public string? Raw(string name) => Configuration.Raw(name);

    /// <exception cref="FatalException">The value is malformed.</exception>
    public string Expand(string text)
    {
        try
        {
            return Configuration.Expand(text);
        }
        catch (ConfigurationException error) when (error.Warning is { } warning)
        {
            Warnings.Write(warning);
            throw new FatalException("macro processing error", error);
        }
    }
}

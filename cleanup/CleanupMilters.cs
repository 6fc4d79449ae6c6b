using Mta.Config;
using Mta.Config.Parameters;
using Mta.Milter;

namespace Mta.Cleanup;

/// <summary>What all messages share about filters. Immutable.</summary>
internal sealed class CleanupMilters
{
    /// <exception cref="ConfigurationException">A list is malformed.</exception>
    public CleanupMilters(Configuration configuration)
    {
        Definitions = MilterDefinition.ParseList(configuration.Get(MilterParameters.NonSmtpdMilters), configuration);
        Macros = MilterMacros.From(configuration);
        DaemonName = configuration.Get(MilterParameters.MilterMacroDaemonName);
        Version = configuration.Get(MilterParameters.MilterMacroV);
    }

    /// <summary>What a client costs: its connection, the queue file, one to each filter, which smtpd may hand over.</summary>
    public static int DescriptorsPerClient(Configuration configuration) => 2 + Math.Max(
        MilterDefinition.ParseList(configuration.Get(MilterParameters.NonSmtpdMilters), configuration).Count,
        MilterDefinition.ParseList(configuration.Get(SmtpdParameters.SmtpdMilters), configuration).Count);

    /// <summary><c>non_smtpd_milters</c>.</summary>
    public IReadOnlyList<MilterDefinition> Definitions { get; init; }

    public MilterMacros Macros { get; }

    public string DaemonName { get; }

    public string Version { get; }
}

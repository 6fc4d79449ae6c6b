using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Queue;

namespace Mta.Pickup;

/// <summary>The parameters of this daemon, read once at start-up.</summary>
internal sealed record PickupSettings
{
    public required QueueSettings Queue { get; init; }

    public required string MyHostname { get; init; }

    public required string MailName { get; init; }

    /// <summary><c>transport:nexthop</c> for new mail, or empty.</summary>
    public required string ContentFilter { get; init; }

    public required string CleanupService { get; init; }

    public required TimeSpan IpcTimeout { get; init; }

    public required int LineLengthLimit { get; init; }

    /// <summary>Mail from sendmail may turn out to need SMTPUTF8.</summary>
    public required bool DetectUtf8 { get; init; }

    /// <summary>Parts of the processing that <c>receive_override_options</c> turns off.</summary>
    public required bool NoFilter { get; init; }

    public required bool NoMilters { get; init; }

    public required bool NoMapping { get; init; }

    /// <exception cref="ConfigurationException">A value is not acceptable.</exception>
    public static PickupSettings From(Configuration configuration)
    {
        List<string> overrides = WordSet.ReceiveOverrideOptions(configuration);
        List<string> classes = WordSet.Smtputf8AutodetectClasses(configuration);
        return new PickupSettings
        {
            Queue = QueueSettings.From(configuration),
            MyHostname = configuration.Get(GlobalParameters.Myhostname),
            MailName = configuration.Get(GlobalParameters.MailName),
            ContentFilter = configuration.Get(GlobalParameters.ContentFilter),
            CleanupService = configuration.Get(GlobalParameters.CleanupServiceName),
            IpcTimeout = configuration.Get(GlobalParameters.IpcTimeout),
            LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit),
            DetectUtf8 = configuration.Get(GlobalParameters.Smtputf8Enable) && (classes.Contains("sendmail") || classes.Contains("all")),
            NoFilter = overrides.Contains("no_header_body_checks"),
            NoMilters = overrides.Contains("no_milters"),
            NoMapping = overrides.Contains("no_address_mappings"),
        };
    }
}

using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Service;

namespace Mta.Qmqpd;

/// <summary>What all sessions share: settings, read once at start, and the services behind. Thread-safe.</summary>
internal sealed class QmqpServer
{
    private readonly AddressMatchList _authorized;

    public QmqpServer(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        _authorized = AddressMatchList.Create(configuration, QmqpdParameters.QmqpdAuthorizedClients, context.Tables);
        Cleanup = CleanupClient.From(configuration);
        PortLogging = configuration.Get(QmqpdParameters.QmqpdClientPortLogging);
        ErrorDelay = configuration.Get(QmqpdParameters.QmqpdErrorDelay);
        Timeout = configuration.Get(QmqpdParameters.QmqpdTimeout);
        HostName = configuration.Get(GlobalParameters.Myhostname);
        MailName = configuration.Get(GlobalParameters.MailName);
        ContentFilter = configuration.Get(GlobalParameters.ContentFilter);
        LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit);
        MessageSizeLimit = configuration.Get(GlobalParameters.MessageSizeLimit);
        VerpDelimiterFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter);
        SoftBounce = configuration.Get(GlobalParameters.SoftBounce);
        Flags = FlagsFor(configuration);
    }

    public ClientNames Names { get; } = new();

    public CleanupClient Cleanup { get; }

    /// <summary>What cleanup does with this mail.</summary>
    public CleanupFlags Flags { get; }

    public bool PortLogging { get; }

    public TimeSpan ErrorDelay { get; }

    public TimeSpan Timeout { get; }

    public string HostName { get; }

    public string MailName { get; }

    /// <summary><c>transport:nexthop</c>, or empty.</summary>
    public string ContentFilter { get; }

    /// <summary>Most bytes of an address, and of a record of content.</summary>
    public int LineLengthLimit { get; }

    /// <summary>Most bytes of content; 0 is no limit.</summary>
    public long MessageSizeLimit { get; }

    public string VerpDelimiterFilter { get; }

    public bool SoftBounce { get; }

    public ValueTask<MatchResult> MayAsync(ClientIdentity client, CancellationToken stop) => _authorized.MatchesAsync(client.Name, client.Address, stop);

    private static CleanupFlags FlagsFor(Configuration configuration)
    {
        CleanupFlags flags = CleanupFlags.External;
        List<string> overrides = WordSet.ReceiveOverrideOptions(configuration);
        flags &= overrides.Contains("no_address_mappings") ? ~(CleanupFlags.Bcc | CleanupFlags.Map) : ~CleanupFlags.None;
        flags &= overrides.Contains("no_header_body_checks") ? ~CleanupFlags.Filter : ~CleanupFlags.None;
        flags &= overrides.Contains("no_milters") ? ~CleanupFlags.Milter : ~CleanupFlags.None;
        List<string> classes = WordSet.Smtputf8AutodetectClasses(configuration);
        bool detects = configuration.Get(GlobalParameters.Smtputf8Enable) && (classes.Contains("qmqpd") || classes.Contains("all"));
        return detects ? flags | CleanupFlags.AutoUtf8 : flags;
    }
}

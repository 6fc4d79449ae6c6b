using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Routing;
using Mta.Smtp.Sasl;
using Mta.Tables;

namespace Mta.Smtp;

/// <summary>The lookup tables and match lists of this client, opened at start. Null where a parameter is empty.</summary>
internal sealed class SmtpTables
{
    public SmtpTables(Configuration configuration, TableRegistry registry, bool isLmtp)
    {
        CachedDestinations = DomainMatchList.Create(
            configuration,
            isLmtp ? LmtpParameters.LmtpConnectionCacheDestinations : SmtpParameters.SmtpConnectionCacheDestinations,
            registry);
        DiscardedKeywords = Open(isLmtp ? LmtpParameters.LmtpDiscardLhloKeywordAddressMaps : SmtpParameters.SmtpDiscardEhloKeywordAddressMaps);
        PixWorkarounds = Open(isLmtp ? LmtpParameters.LmtpPixWorkaroundMaps : SmtpParameters.SmtpPixWorkaroundMaps);
        Notice = new PostmasterNotice(configuration);
        RequireTls = new RequireTlsPolicies(configuration, registry, isLmtp);
        DebugPeers = AddressMatchList.Create(configuration, GlobalParameters.DebugPeerList, registry);
        Sasl = SaslClient.Create(configuration, registry, isLmtp);
        Generic = new GenericAddresses(configuration, registry, isLmtp);
        Checks = new OutgoingChecks(configuration, registry, isLmtp);
        DnsFilter = new DnsReplyFilter(Open(isLmtp ? LmtpParameters.LmtpDnsReplyFilter : SmtpParameters.SmtpDnsReplyFilter));
        ReplyFilter = Open(isLmtp ? LmtpParameters.LmtpReplyFilter : SmtpParameters.SmtpReplyFilter);

        TableList? Open(StringParameter parameter)
        {
            string value = configuration.Get(parameter);
            return value.Length == 0 ? null : TableList.Open(registry, parameter.Name, value);
        }
    }

    /// <summary>Servers whose dialogue is logged.</summary>
    public AddressMatchList DebugPeers { get; }

    /// <summary>Destinations whose sessions are always kept for a while.</summary>
    public DomainMatchList CachedDestinations { get; }

    /// <summary>By server address: EHLO keywords that count as not offered.</summary>
    public TableList? DiscardedKeywords { get; }

    /// <summary>By server address: what to do about a certain broken firewall.</summary>
    public TableList? PixWorkarounds { get; }

    /// <summary>Logs in to servers; null when that is not configured.</summary>
    public SaslClient? Sasl { get; }

    /// <summary>What a sender's wish for TLS all the way means for a destination.</summary>
    public RequireTlsPolicies RequireTls { get; }

    /// <summary>Tells the postmaster of broken dialogues.</summary>
    public PostmasterNotice Notice { get; }

    /// <summary>Changes addresses in commands and headers.</summary>
    public GenericAddresses Generic { get; }

    /// <summary>Changes headers and body lines.</summary>
    public OutgoingChecks Checks { get; }

    /// <summary>Leaves out records of DNS answers.</summary>
    public DnsReplyFilter DnsFilter { get; }

    /// <summary>Content does not pass as it is.</summary>
    public bool EditsContent => !Generic.IsEmpty || !Checks.IsEmpty;

    /// <summary>Replaces a line of a reply.</summary>
    public TableList? ReplyFilter { get; }

    /// <summary>Looks a key up.</summary>
    /// <returns>Null when there is no table or no such key.</returns>
    /// <exception cref="LocalDataException">The table cannot tell.</exception>
    public static async ValueTask<string?> FindAsync(TableList? table, string key, CancellationToken stop)
    {
        if (table is null)
        {
            return null;
        }

        LookupResult result = await table.LookupAsync(key, stop: stop);
        return result.IsFailed ? throw new LocalDataException(result.Reason) : result.IsFound ? result.Value : null;
    }
}

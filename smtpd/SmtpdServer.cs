using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Tables;
using Mta.TlsServer;

namespace Mta.Smtpd;

/// <summary>What all sessions of the process share. Made before privileges are dropped; thread-safe.</summary>
internal sealed class SmtpdServer
{
    private readonly StringMatchList _forbiddenCommands;
    private readonly AddressMatchList _bareNewlineExclusions;
    private readonly AddressMatchList _xclientHosts;
    private readonly AddressMatchList _xforwardHosts;
    private readonly AddressMatchList _verpClients;
    private readonly TableList _commandFilter;
    private readonly TableList _discardMaps;

    /// <param name="context">The process.</param>
    /// <param name="policyEndpoint">As <see cref="RestrictionCatalog"/> has it.</param>
    public SmtpdServer(ServiceContext context, Func<string, NamedEndpoint>? policyEndpoint = null)
    {
        Configuration configuration = context.Configuration;
        TableRegistry tables = context.Tables;
        UnbuiltSettings.Refuse("smtpd", configuration);
        ServiceName = context.ServiceName;
        Settings = new SmtpdSettings(configuration);
        StressedSettings = UnderStress(configuration);
        Rewrite = RewriteClient.From(configuration);
        Resolver = new AddressResolver(Rewrite);
        Cleanup = CleanupClient.From(configuration, looksAhead: true);
        Postdrop = new PostdropClient(
            $"{configuration.Get(GlobalParameters.CommandDirectory)}/postdrop",
            [.. Enumerable.Repeat("-v", context.Verbosity)],
            ProgramEnvironment.ForChild()) { Timeout = configuration.Get(GlobalParameters.IpcTimeout) };

        AddressExtension extension = AddressExtension.From(configuration);
        AddressMatchList mynetworks = AddressMatchList.Create(configuration, GlobalParameters.Mynetworks, tables);
        var local = new LocalDomains(configuration, tables);
        Listed = new ListedAddresses(configuration, tables, extension, local.IsLocalAsync);
        var catalog = new RestrictionCatalog(configuration, tables, mynetworks, configuration.OwnAddresses, extension, local.IsLocalAsync, policyEndpoint);
        Checks = new Checks(configuration, catalog, Settings.ChecksUnknownRecipients);
        LocalRewriteClients = new LocalRewriteClients(configuration, tables, mynetworks);
        _xclientHosts = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdAuthorizedXclientHosts, tables);
        _xforwardHosts = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdAuthorizedXforwardHosts, tables);
        HasIpv6 = OwnAddresses.Protocols(configuration).Ipv6;
        Sasl = SmtpdSasl.Open(configuration, tables);
        Milters = new SmtpdMilters(configuration, tables);
        Limits = new ClientLimits(configuration, tables, Settings);
        Flush = new FlushRequests(new FlushClient(configuration, tables));
        PermitLog = new PermitLog(configuration, tables);
        Tls = new ServerTls(context.Configuration, ServerTlsParameters.Smtpd, context.Tables, context.ServiceName, context.Retire, context.Retiring);
        AuthNeedsTls = !configuration.IsSet(SmtpdParameters.SmtpdTlsAuthOnly) || configuration.Get(SmtpdParameters.SmtpdTlsAuthOnly) || Tls.Level == ServerTlsLevel.Encrypt;
        WritesTlsReceived = configuration.Get(SmtpdParameters.SmtpdTlsReceivedHeader);
        if (Sasl is not null && AuthNeedsTls && Tls.Level == ServerTlsLevel.None)
        {
            LogLines.Warning("smtpd_sasl_auth_enable = yes, but AUTH is never offered: there is no TLS, and smtpd_tls_auth_only = no is not set");
        }

        QueueSpace = new QueueSpace(Settings.QueueMinFree, Settings.MessageSizeLimit);
        ProxyFilter = Proxy.ProxyFilter.From(configuration);
        Notices = new PostmasterNotices(configuration, Cleanup, Rewrite);
        ReplyChanges = new ReplyChanges(configuration, tables);
        _verpClients = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdAuthorizedVerpClients, tables);
        VerpDelimiters = configuration.Get(GlobalParameters.DefaultVerpDelimiters);
        VerpDelimiterFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter);
        IsVerbose = context.IsVerbose;
        DebugPeers = AddressMatchList.Create(configuration, GlobalParameters.DebugPeerList, tables);
        NullAccessKey = configuration.Get(SmtpdParameters.SmtpdNullAccessLookupKey);
        AllowsUntrustedRouting = configuration.Get(GlobalParameters.AllowUntrustedRouting);
        _forbiddenCommands = StringMatchList.Create(configuration, SmtpdParameters.SmtpdForbiddenCommands, tables);
        _bareNewlineExclusions = AddressMatchList.Create(configuration, SmtpdParameters.SmtpdForbidBareNewlineExclusions, tables);
        _commandFilter = TableList.Open(tables, SmtpdParameters.SmtpdCommandFilter.Name, configuration.Get(SmtpdParameters.SmtpdCommandFilter));
        _discardMaps = TableList.Open(tables, SmtpdParameters.SmtpdDiscardEhloKeywordAddressMaps.Name, configuration.Get(SmtpdParameters.SmtpdDiscardEhloKeywordAddressMaps));
    }

    public string ServiceName { get; }

    public SmtpdSettings Settings { get; }

    public SmtpdSettings StressedSettings { get; }

    public RewriteClient Rewrite { get; }

    public AddressResolver Resolver { get; }

    public CleanupClient Cleanup { get; }

    /// <summary>Takes the mail of a stand-alone session.</summary>
    public PostdropClient Postdrop { get; }

    public ClientNames Names { get; } = new();

    public ClientLimits Limits { get; }

    /// <summary>Null when AUTH is not enabled.</summary>
    public SmtpdSasl? Sasl { get; }

    public SmtpdMilters Milters { get; }

    public FlushRequests Flush { get; }

    public Checks Checks { get; }

    public ListedAddresses Listed { get; }

    public LocalRewriteClients LocalRewriteClients { get; }

    public PermitLog PermitLog { get; }

    public QueueSpace QueueSpace { get; }

    public ServerTls Tls { get; }

    /// <summary>No AUTH without TLS: passwords cross the network in the clear only where someone has said so.</summary>
    public bool AuthNeedsTls { get; }

    /// <summary>The Received: field tells about TLS.</summary>
    public bool WritesTlsReceived { get; }

    /// <summary>The before-queue filter; null without one.</summary>
    public Proxy.ProxyFilter? ProxyFilter { get; }

    public PostmasterNotices Notices { get; }

    public ReplyChanges ReplyChanges { get; }

    /// <summary>What XVERP means without an argument.</summary>
    public string VerpDelimiters { get; }

    /// <summary>Characters that may be delimiters.</summary>
    public string VerpDelimiterFilter { get; }

    /// <summary>The key of the null sender in access tables.</summary>
    public string NullAccessKey { get; }

    public bool AllowsUntrustedRouting { get; }

    /// <summary>Dialogues with all clients are logged.</summary>
    public bool IsVerbose { get; }

    /// <summary>Clients whose dialogue is logged.</summary>
    public AddressMatchList DebugPeers { get; }

    /// <summary>IPv6 is in use (<c>inet_protocols</c>).</summary>
    public bool HasIpv6 { get; }

    public async ValueTask<bool> MayXclientAsync(ClientIdentity client, CancellationToken stop) =>
        !_xclientHosts.IsEmpty && await _xclientHosts.MatchesAsync(client.Name, client.Address, stop) == MatchResult.Yes;

    public async ValueTask<bool> MayXforwardAsync(ClientIdentity client, CancellationToken stop) =>
        !_xforwardHosts.IsEmpty && await _xforwardHosts.MatchesAsync(client.Name, client.Address, stop) == MatchResult.Yes;

    public async ValueTask<bool> MayVerpAsync(ClientIdentity client, CancellationToken stop) =>
        !_verpClients.IsEmpty && await _verpClients.MatchesAsync(client.Name, client.Address, stop) == MatchResult.Yes;

    public async ValueTask<bool> IsForbiddenAsync(string command, CancellationToken stop) =>
        await _forbiddenCommands.MatchesAsync(command, stop) == MatchResult.Yes;

    /// <summary>What the session does with bare newlines.</summary>
    public async ValueTask<BareNewlineMode> BareNewlineModeAsync(ClientIdentity client, CancellationToken stop) =>
        Settings.BareNewline != BareNewlineMode.Allow
            && await _bareNewlineExclusions.MatchesAsync(client.Name, client.Address, stop) == MatchResult.Yes
            ? BareNewlineMode.Allow
            : Settings.BareNewline;

    /// <summary>Keywords hidden from a client; null when a table could not tell.</summary>
    public async ValueTask<EhloKeywords?> HiddenKeywordsAsync(ClientIdentity client, CancellationToken stop)
    {
        if (_discardMaps.IsEmpty)
        {
            return Settings.DiscardedKeywords;
        }

        LookupResult found = await _discardMaps.LookupAsync(client.Address, stop: stop);
        return found.IsFailed ? null : found.IsFound ? EhloKeywords.Parse(found.Value, out _) : Settings.DiscardedKeywords;
    }

    /// <summary><c>smtpd_command_filter</c>: the command to run in place of a line.</summary>
    public ValueTask<LookupResult> FilterCommandAsync(string line, CancellationToken stop) =>
        _commandFilter.IsEmpty ? new(LookupResult.NotFound) : _commandFilter.LookupAsync(line, stop: stop);

    // The defaults of some limits depend on $stress, which may change while the process lives.
    private static SmtpdSettings UnderStress(Configuration configuration)
    {
        string before = configuration.Raw("stress") ?? "";
        configuration.Override("stress", "yes");
        var settings = new SmtpdSettings(configuration);
        configuration.Override("stress", before);
        return settings;
    }
}

using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Delivery.Routing;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>
/// The values of <c>smtp_*</c> or, for a program called lmtp, of <c>lmtp_*</c>, read once at start.
/// </summary>
internal sealed class SmtpSettings
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly Configuration _configuration;

    /// <exception cref="ConfigurationException">A value is not acceptable, or its feature is not built.</exception>
    /// <exception cref="FatalException">The program has another name than smtp or lmtp.</exception>
    public SmtpSettings(Configuration configuration, string processName, string serviceName, IReadOnlyList<string> arguments)
    {
        _configuration = configuration;
        ServiceName = serviceName;
        IsLmtp = processName switch
        {
            "smtp" => false,
            "lmtp" => true,
            _ => throw new FatalException($"unexpected process name \"{Printable.Neutralize(processName)}\" - specify \"smtp\" or \"lmtp\""),
        };
        UnbuiltSettings.Refuse(processName, configuration);
        Lookup = new LookupSettings(configuration, IsLmtp);
        WindowSize = configuration.Get(GlobalParameters.TcpWindowsize);
        AssumesFinalDelivery = IsLmtp && configuration.Get(LmtpParameters.LmtpAssumeFinal);
        if (AssumesFinalDelivery)
        {
            Log.Warn("lmtp_assume_final is obsolete; instead, specify \"flags=X\" in master.cf");
        }

        ReadNames();
        ReadTimes();
        ReadLookups();
        ReadDialogue();
        Flags = HeaderFlags.Parse(arguments);
    }

    public bool IsLmtp { get; }

    /// <summary>Dialogues with all servers are logged (option -v).</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Size of the buffers that the TCP window follows (<c>tcp_windowsize</c>); 0 leaves them to the system.</summary>
    public int WindowSize { get; }

    /// <summary>A server without DSN makes the final delivery (<c>lmtp_assume_final</c>).</summary>
    public bool AssumesFinalDelivery { get; }

    /// <summary>Field 1 of the master.cf entry.</summary>
    public string ServiceName { get; }

    public string MyHostname { get; private set; } = "";

    /// <summary>How servers are found.</summary>
    public LookupSettings Lookup { get; }

    public string HelloName { get; private set; } = "";

    public string FallbackRelay { get; private set; } = "";

    public string RelayHost { get; private set; } = "";

    /// <summary><c>soft_bounce</c>: a refusal for good is tried elsewhere, and deferred in the end.</summary>
    public bool SoftBounce { get; private set; }

    public HeaderFlags Flags { get; }

    public TimeSpan ConnectTimeout { get; private set; }

    public TimeSpan HelloTimeout { get; private set; }

    public TimeSpan XforwardTimeout { get; private set; }

    public TimeSpan MailTimeout { get; private set; }

    public TimeSpan RcptTimeout { get; private set; }

    public TimeSpan DataInitTimeout { get; private set; }

    public TimeSpan DataTransferTimeout { get; private set; }

    public TimeSpan DataDoneTimeout { get; private set; }

    public TimeSpan RsetTimeout { get; private set; }

    public TimeSpan QuitTimeout { get; private set; }

    public bool PerRequestDeadline { get; private set; }

    /// <summary>Who gets mail that this host is the best exchanger for; empty: it loops, and bounces.</summary>
    public string BestMxTransport { get; private set; } = "";

    /// <summary>Bytes per second that a server must take at least, when deadlines are per request.</summary>
    public int MinDataRate { get; private set; } = 1;

    /// <summary>0 is no limit.</summary>
    public int MxSessionLimit { get; private set; }

    public IPAddress? BindAddress { get; private set; }

    public IPAddress? BindAddress6 { get; private set; }

    public bool EnforcesBindAddress { get; private set; }

    public bool AlwaysSendsEhlo { get; private set; } = true;

    public bool NeverSendsEhlo { get; private set; }

    /// <summary>How long a message waits at least between two tries.</summary>
    public TimeSpan MinimalBackoffTime { get; private set; }

    /// <summary>A message may say that TLS is not to be in its way.</summary>
    public bool ObeysTlsRequired { get; private set; }

    public bool Skips5xxGreeting { get; private set; }

    public bool SkipsQuitReply { get; private set; }

    /// <summary>Content goes by BDAT where it can.</summary>
    public bool UsesChunking { get; private set; }

    public bool QuotesEnvelope { get; private set; }

    public bool SendsXforward { get; private set; }

    /// <summary>A probe ends after RCPT, not after DATA.</summary>
    public bool ProbesByRcpt { get; private set; }

    public bool ConvertsTo7Bit { get; private set; }

    public int HeaderSizeLimit { get; private set; }

    public int HeaderTokenLimit { get; private set; }

    public int BoundaryLengthLimit { get; private set; }

    public int NestingLimit { get; private set; }

    /// <summary>0 is no limit.</summary>
    public int LineLengthLimit { get; private set; }

    public int ReplyLengthLimit { get; private set; }

    /// <summary>EHLO keywords that count as not offered.</summary>
    public IReadOnlyList<string> DiscardedKeywords { get; private set; } = [];

    /// <summary>Workarounds for servers behind a certain broken firewall, unless a table says otherwise.</summary>
    public string PixWorkarounds { get; private set; } = "";

    /// <summary>Messages that wait longer get the slow workaround.</summary>
    public TimeSpan PixThresholdTime { get; private set; }

    public TimeSpan PixDelayTime { get; private set; }

    public bool CachesOnDemand { get; private set; }

    public TimeSpan CacheTimeLimit { get; private set; }

    public TimeSpan ReuseTimeLimit { get; private set; }

    /// <summary>0 is no limit.</summary>
    public int ReuseCountLimit { get; private set; }

    private T Get<T>(Parameter<T> smtp, Parameter<T> lmtp)
        where T : notnull => _configuration.Get(IsLmtp ? lmtp : smtp);

    private static IPAddress? ParseBindAddress(StringParameter parameter, string text, AddressFamily family)
    {
        string address = text.Length > 1 && text[0] == '[' && text[^1] == ']' ? text[1..^1] : text;
        return text.Length == 0 ? null
            : IPAddress.TryParse(address, out IPAddress? parsed) && parsed.AddressFamily == family ? parsed
            : throw new FatalException($"parameter {parameter.Name}: bad address value: {Printable.Neutralize(text)}");
    }

    private void ReadNames()
    {
        MyHostname = _configuration.Get(GlobalParameters.Myhostname);
        HelloName = Get(SmtpParameters.SmtpHeloName, LmtpParameters.LmtpLhloName);
        FallbackRelay = Get(SmtpParameters.SmtpFallbackRelay, LmtpParameters.LmtpFallbackRelay);
        RelayHost = _configuration.Get(TrivialRewriteParameters.Relayhost);
        SoftBounce = _configuration.Get(GlobalParameters.SoftBounce);
    }

    private void ReadTimes()
    {
        ConnectTimeout = Get(SmtpParameters.SmtpConnectTimeout, LmtpParameters.LmtpConnectTimeout);
        HelloTimeout = Get(SmtpParameters.SmtpHeloTimeout, LmtpParameters.LmtpLhloTimeout);
        XforwardTimeout = Get(SmtpParameters.SmtpXforwardTimeout, LmtpParameters.LmtpXforwardTimeout);
        MailTimeout = Get(SmtpParameters.SmtpMailTimeout, LmtpParameters.LmtpMailTimeout);
        RcptTimeout = Get(SmtpParameters.SmtpRcptTimeout, LmtpParameters.LmtpRcptTimeout);
        DataInitTimeout = Get(SmtpParameters.SmtpDataInitTimeout, LmtpParameters.LmtpDataInitTimeout);
        DataTransferTimeout = Get(SmtpParameters.SmtpDataXferTimeout, LmtpParameters.LmtpDataXferTimeout);
        DataDoneTimeout = Get(SmtpParameters.SmtpDataDoneTimeout, LmtpParameters.LmtpDataDoneTimeout);
        RsetTimeout = Get(SmtpParameters.SmtpRsetTimeout, LmtpParameters.LmtpRsetTimeout);
        QuitTimeout = Get(SmtpParameters.SmtpQuitTimeout, LmtpParameters.LmtpQuitTimeout);
        PerRequestDeadline = Get(SmtpParameters.SmtpPerRequestDeadline, LmtpParameters.LmtpPerRequestDeadline);
        CacheTimeLimit = Get(SmtpParameters.SmtpConnectionCacheTimeLimit, LmtpParameters.LmtpConnectionCacheTimeLimit);
        TimeSpan most = _configuration.Get(SmtpParameters.ConnectionCacheTtlLimit);
        CacheTimeLimit = CacheTimeLimit < most ? CacheTimeLimit : most;
        ReuseTimeLimit = Get(SmtpParameters.SmtpConnectionReuseTimeLimit, LmtpParameters.LmtpConnectionReuseTimeLimit);
        ReuseCountLimit = Get(SmtpParameters.SmtpConnectionReuseCountLimit, LmtpParameters.LmtpConnectionReuseCountLimit);
    }

    private void ReadLookups()
    {
        BestMxTransport = IsLmtp ? "" : _configuration.Get(SmtpParameters.BestMxTransport);
        MinDataRate = Get(SmtpParameters.SmtpMinDataRate, LmtpParameters.LmtpMinDataRate);
        MxSessionLimit = Get(SmtpParameters.SmtpMxSessionLimit, LmtpParameters.LmtpMxSessionLimit);
        BindAddress = ParseBindAddress(SmtpParameters.SmtpBindAddress, Get(SmtpParameters.SmtpBindAddress, LmtpParameters.LmtpBindAddress), AddressFamily.InterNetwork);
        BindAddress6 = ParseBindAddress(SmtpParameters.SmtpBindAddress6, Get(SmtpParameters.SmtpBindAddress6, LmtpParameters.LmtpBindAddress6), AddressFamily.InterNetworkV6);
        EnforcesBindAddress = Get(SmtpParameters.SmtpBindAddressEnforce, LmtpParameters.LmtpBindAddressEnforce);
        BindAddress ??= OnlyOwnAddress(AddressFamily.InterNetwork);
        BindAddress6 ??= OnlyOwnAddress(AddressFamily.InterNetworkV6);
    }

    // A host that receives on one address only sends from it too.
    private IPAddress? OnlyOwnAddress(AddressFamily family)
    {
        IPAddress? only = null;
        foreach (OwnAddress own in Lookup.OwnAddresses.Addresses)
        {
            if (own.Address.AddressFamily != family)
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = own.Address;
        }

        return only is null || IPAddress.IsLoopback(only) ? null : only;
    }

    private void ReadDialogue()
    {
        MinimalBackoffTime = _configuration.Get(QmgrParameters.MinimalBackoffTime);
        ObeysTlsRequired = _configuration.Get(TlsParameters.TlsRequiredEnable);
        if (!IsLmtp)
        {
            AlwaysSendsEhlo = _configuration.Get(SmtpParameters.SmtpAlwaysSendEhlo);
            NeverSendsEhlo = _configuration.Get(SmtpParameters.SmtpNeverSendEhlo);
        }

        Skips5xxGreeting = Get(SmtpParameters.SmtpSkip5xxGreeting, LmtpParameters.LmtpSkip5xxGreeting);
        UsesChunking = Get(SmtpParameters.SmtpChunkingEnable, LmtpParameters.LmtpChunkingEnable);
        SkipsQuitReply = Get(SmtpParameters.SmtpSkipQuitResponse, LmtpParameters.LmtpSkipQuitResponse);
        QuotesEnvelope = Get(SmtpParameters.SmtpQuoteRfc821Envelope, LmtpParameters.LmtpQuoteRfc821Envelope);
        SendsXforward = Get(SmtpParameters.SmtpSendXforwardCommand, LmtpParameters.LmtpSendXforwardCommand);
        ProbesByRcpt = Get(SmtpParameters.SmtpAddressVerifyTarget, LmtpParameters.LmtpAddressVerifyTarget) == "rcpt";
        ConvertsTo7Bit = !_configuration.Get(SmtpParameters.DisableMimeOutputConversion);
        HeaderSizeLimit = _configuration.Get(GlobalParameters.HeaderSizeLimit);
        HeaderTokenLimit = _configuration.Get(GlobalParameters.HeaderAddressTokenLimit);
        BoundaryLengthLimit = _configuration.Get(CleanupParameters.MimeBoundaryLengthLimit);
        NestingLimit = _configuration.Get(CleanupParameters.MimeNestingLimit);
        LineLengthLimit = Get(SmtpParameters.SmtpLineLengthLimit, LmtpParameters.LmtpLineLengthLimit);
        ReplyLengthLimit = Math.Max(512, _configuration.Get(GlobalParameters.LineLengthLimit));
        DiscardedKeywords = [.. TableListSyntax.Split(Get(SmtpParameters.SmtpDiscardEhloKeywords, LmtpParameters.LmtpDiscardLhloKeywords))];
        PixWorkarounds = Get(SmtpParameters.SmtpPixWorkarounds, LmtpParameters.LmtpPixWorkarounds);
        PixThresholdTime = Get(SmtpParameters.SmtpPixWorkaroundThresholdTime, LmtpParameters.LmtpPixWorkaroundThresholdTime);
        PixDelayTime = Get(SmtpParameters.SmtpPixWorkaroundDelayTime, LmtpParameters.LmtpPixWorkaroundDelayTime);
        CachesOnDemand = Get(SmtpParameters.SmtpConnectionCacheOnDemand, LmtpParameters.LmtpConnectionCacheOnDemand);
    }
}

using Mta.Config;
using Mta.Tables;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;

namespace Mta.Smtpd;

/// <summary>Values of the parameters that a session asks for, read once at start.</summary>
internal sealed class SmtpdSettings
{
    public SmtpdSettings(Configuration configuration)
    {
        HostName = configuration.Get(GlobalParameters.Myhostname);
        MailName = configuration.Get(GlobalParameters.MailName);
        Banner = configuration.Get(SmtpdParameters.SmtpdBanner);
        ContentFilter = configuration.Get(GlobalParameters.ContentFilter);
        LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit);
        MessageSizeLimit = configuration.Get(GlobalParameters.MessageSizeLimit);
        QueueMinFree = configuration.Get(SmtpdParameters.QueueMinfree);
        RecipientLimit = configuration.Get(SmtpdParameters.SmtpdRecipientLimit);
        RecipientOvershootLimit = configuration.Get(SmtpdParameters.SmtpdRecipientOvershootLimit);
        SoftErrorLimit = configuration.Get(SmtpdParameters.SmtpdSoftErrorLimit);
        HardErrorLimit = configuration.Get(SmtpdParameters.SmtpdHardErrorLimit);
        ErrorSleepTime = configuration.Get(SmtpdParameters.SmtpdErrorSleepTime);
        JunkCommandLimit = configuration.Get(SmtpdParameters.SmtpdJunkCommandLimit);
        Timeout = configuration.Get(SmtpdParameters.SmtpdTimeout);
        StartTlsTimeout = configuration.Get(SmtpdParameters.SmtpdStarttlsTimeout);
        NewTlsRateLimit = configuration.Get(SmtpdParameters.SmtpdClientNewTlsSessionRateLimit);
        PerRequestDeadline = configuration.Get(SmtpdParameters.SmtpdPerRequestDeadline);
        MinDataRate = configuration.Get(SmtpdParameters.SmtpdMinDataRate);
        HeloRequired = configuration.Get(SmtpdParameters.SmtpdHeloRequired);
        DelayReject = configuration.Get(SmtpdParameters.SmtpdDelayReject);
        DelayOpenUntilValidRecipient = configuration.Get(SmtpdParameters.SmtpdDelayOpenUntilValidRcpt);
        StrictEnvelopes = configuration.Get(SmtpdParameters.StrictRfc821Envelopes);
        SmtpUtf8Enable = configuration.Get(GlobalParameters.Smtputf8Enable);
        RequireTlsEnable = configuration.Get(SmtpdParameters.RequiretlsEnable);
        StrictSmtpUtf8 = configuration.Get(GlobalParameters.StrictSmtputf8);
        DisableVrfy = configuration.Get(SmtpdParameters.DisableVrfyCommand);
        SoftBounce = configuration.Get(GlobalParameters.SoftBounce);
        ForbidUnauthPipelining = configuration.Get(SmtpdParameters.SmtpdForbidUnauthPipelining);
        BareNewline = configuration.Get(SmtpdParameters.SmtpdForbidBareNewline) switch
        {
            "no" => BareNewlineMode.Allow,
            "note" => BareNewlineMode.Note,
            "reject" => BareNewlineMode.Reject,
            _ => BareNewlineMode.Normalize,
        };
        BareNewlineRejectCode = configuration.Get(SmtpdParameters.SmtpdForbidBareNewlineRejectCode);
        PortLogging = configuration.Get(SmtpdParameters.SmtpdClientPortLogging);
        PeerNameLookup = configuration.Get(SmtpdParameters.SmtpdPeernameLookup);
        HasUpstreamProxy = configuration.Get(SmtpdParameters.SmtpdUpstreamProxyProtocol) == "haproxy";
        UpstreamProxyTimeout = configuration.Get(SmtpdParameters.SmtpdUpstreamProxyTimeout);
        HideClientSession = configuration.Get(SmtpdParameters.SmtpdHideClientSession);
        LogExternalAddresses = configuration.Get(GlobalParameters.InfoLogAddressFormat) != "internal";
        ExpansionFilter = Unescape(configuration.Get(SmtpdParameters.SmtpdExpansionFilter));
        HistoryFlushThreshold = configuration.Get(SmtpdParameters.SmtpdHistoryFlushThreshold);
        NoopCommands = TableListSyntax.Split(configuration.Get(SmtpdParameters.SmtpdNoopCommands)).ToArray();
        DiscardedKeywords = EhloKeywords.Parse(configuration.Get(SmtpdParameters.SmtpdDiscardEhloKeywords), out bool silent);
        DiscardsSilently = silent;
        ConnectionCountLimit = configuration.Get(SmtpdParameters.SmtpdClientConnectionCountLimit);
        ConnectionRateLimit = configuration.Get(SmtpdParameters.SmtpdClientConnectionRateLimit);
        MessageRateLimit = configuration.Get(SmtpdParameters.SmtpdClientMessageRateLimit);
        RecipientRateLimit = configuration.Get(SmtpdParameters.SmtpdClientRecipientRateLimit);
        AuthRateLimit = configuration.Get(SmtpdParameters.SmtpdClientAuthRateLimit);
        ShowsLogin = configuration.Get(SmtpdParameters.SmtpdSaslAuthenticatedHeader);
        CleanupFlags = FlagsFor(configuration);
        List<string> classes = WordSet.Smtputf8AutodetectClasses(configuration);
        AutodetectsUtf8 = SmtpUtf8Enable && (classes.Contains("smtpd") || classes.Contains("all"));
        ChecksUnknownRecipients = !WordSet.ReceiveOverrideOptions(configuration).Contains("no_unknown_recipient_checks");
    }

    public string HostName { get; }

    public string MailName { get; }

    public string Banner { get; }

    public string ContentFilter { get; }

    public int LineLengthLimit { get; }

    public long MessageSizeLimit { get; }

    public long QueueMinFree { get; }

    public int RecipientLimit { get; }

    public int RecipientOvershootLimit { get; }

    public int SoftErrorLimit { get; }

    public int HardErrorLimit { get; }

    public TimeSpan ErrorSleepTime { get; }

    public int JunkCommandLimit { get; }

    public TimeSpan Timeout { get; }

    /// <summary>Longest TLS handshake.</summary>
    public TimeSpan StartTlsTimeout { get; }

    public int NewTlsRateLimit { get; }

    public bool PerRequestDeadline { get; }

    public int MinDataRate { get; }

    public bool HeloRequired { get; }

    public bool DelayReject { get; }

    public bool DelayOpenUntilValidRecipient { get; }

    public bool StrictEnvelopes { get; }

    public bool SmtpUtf8Enable { get; }

    /// <summary>REQUIRETLS is offered inside TLS.</summary>
    public bool RequireTlsEnable { get; }

    public bool StrictSmtpUtf8 { get; }

    public bool DisableVrfy { get; }

    public bool SoftBounce { get; }

    public bool ForbidUnauthPipelining { get; }

    public BareNewlineMode BareNewline { get; }

    public int BareNewlineRejectCode { get; }

    public bool PortLogging { get; }

    public bool PeerNameLookup { get; }

    /// <summary>Every connection begins with a proxy's word about its client.</summary>
    public bool HasUpstreamProxy { get; }

    public TimeSpan UpstreamProxyTimeout { get; }

    public bool HideClientSession { get; }

    public bool LogExternalAddresses { get; }

    /// <summary>Characters of clients' values that may stand in replies.</summary>
    public string ExpansionFilter { get; }

    /// <summary>Lines of a transcript that are kept across messages.</summary>
    public int HistoryFlushThreshold { get; }

    public IReadOnlyList<string> NoopCommands { get; }

    public EhloKeywords DiscardedKeywords { get; }

    public bool DiscardsSilently { get; }

    public int ConnectionCountLimit { get; }

    public int ConnectionRateLimit { get; }

    public int MessageRateLimit { get; }

    public int RecipientRateLimit { get; }

    public int AuthRateLimit { get; }

    /// <summary>The trace field names who has logged in.</summary>
    public bool ShowsLogin { get; }

    /// <summary>What cleanup is told about every message from here.</summary>
    public CleanupFlags CleanupFlags { get; }

    /// <summary>Cleanup finds out by itself whether mail from here needs SMTPUTF8.</summary>
    public bool AutodetectsUtf8 { get; }

    public bool ChecksUnknownRecipients { get; }

    // Backslash escapes of main.cf: \t, \\, \ooo.
    private static string Unescape(string text)
    {
        var plain = new System.Text.StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            char c = text[++i];
            if (c is < '0' or > '7')
            {
                plain.Append(c switch { 'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => c });
                continue;
            }

            int value = 0;
            int digits = 0;
            while (digits < 3 && i + digits < text.Length && text[i + digits] is >= '0' and <= '7')
            {
                value = (value * 8) + text[i + digits++] - '0';
            }

            plain.Append((char)(value & 255));
            i += digits - 1;
        }

        return plain.ToString();
    }

    private static CleanupFlags FlagsFor(Configuration configuration)
    {
        CleanupFlags flags = CleanupFlags.External | CleanupFlags.SmtpReply;
        List<string> overrides = WordSet.ReceiveOverrideOptions(configuration);
        if (overrides.Contains("no_address_mappings"))
        {
            flags &= ~(CleanupFlags.Bcc | CleanupFlags.Map);
        }

        if (overrides.Contains("no_header_body_checks"))
        {
            flags &= ~CleanupFlags.Filter;
        }

        return flags;
    }
}

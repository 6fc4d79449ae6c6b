using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Tables;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>What to do about a header section that no empty line ends (<c>non_empty_end_of_header_action</c>).</summary>
internal enum BadHeaderEnd
{
    /// <summary>Put an empty line in.</summary>
    FixQuietly,

    /// <summary>That, and a header that tells.</summary>
    AddHeader,
    Reject,
}

/// <summary>The parameters of this daemon, read once at start-up.</summary>
internal sealed class CleanupSettings
{
    private readonly bool[] _droppedKinds = new bool[64];
    private readonly List<byte[]> _droppedNames = [];

    /// <exception cref="ConfigurationException">A value is not acceptable.</exception>
    public CleanupSettings(Configuration configuration)
    {
        Queue = QueueSettings.From(configuration);
        MyHostname = configuration.Get(GlobalParameters.Myhostname);
        MyOrigin = configuration.Get(GlobalParameters.Myorigin);
        CanonicalDaemonAddress = $"MAILER-DAEMON@{MyOrigin}";
        MessageSizeLimit = configuration.Get(GlobalParameters.MessageSizeLimit);
        HeaderSizeLimit = configuration.Get(GlobalParameters.HeaderSizeLimit);
        LineLengthLimit = configuration.Get(GlobalParameters.LineLengthLimit);
        HeaderAddressTokenLimit = configuration.Get(GlobalParameters.HeaderAddressTokenLimit);
        HopcountLimit = configuration.Get(CleanupParameters.HopcountLimit);
        DelayWarningTime = configuration.Get(BounceParameters.DelayWarningTime);
        AlwaysAddMissingHeaders = configuration.Get(CleanupParameters.AlwaysAddMissingHeaders);
        RemoteHeaderRewriteDomain = configuration.Get(CleanupParameters.RemoteHeaderRewriteDomain);
        UndisclosedRecipientsHeader = configuration.Get(CleanupParameters.UndisclosedRecipientsHeader);
        FullNameCharset = configuration.Get(CleanupParameters.FullNameEncodingCharset);
        ObsoleteFromFormat = configuration.Get(CleanupParameters.HeaderFromFormat) == "obsolete";
        EmptyAddressRecipient = configuration.Get(GlobalParameters.EmptyAddressRecipient);
        AlwaysBcc = configuration.Get(CleanupParameters.AlwaysBcc);
        DuplicateFilterLimit = configuration.Get(GlobalParameters.DuplicateFilterLimit);
        EnableOriginalRecipient = configuration.Get(CleanupParameters.EnableOriginalRecipient);
        AttributeCountLimit = configuration.Get(CleanupParameters.QueueFileAttributeCountLimit);
        Detect8BitEncodingHeader = configuration.Get(CleanupParameters.Detect8bitEncodingHeader);
        SmtpUtf8Enable = configuration.Get(GlobalParameters.Smtputf8Enable);
        ReplaceStrayCrLf = configuration.Get(CleanupParameters.CleanupReplaceStrayCrLf);
        VerpDelimiterFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter);
        VirtualAliasExpansionLimit = configuration.Get(CleanupParameters.VirtualAliasExpansionLimit);
        VirtualAliasRecursionLimit = configuration.Get(CleanupParameters.VirtualAliasRecursionLimit);
        VirtualAliasAddressLengthLimit = configuration.Get(CleanupParameters.VirtualAliasAddressLengthLimit);
        CanonicalClasses = Classes(configuration, CleanupParameters.CanonicalClasses);
        SenderCanonicalClasses = Classes(configuration, CleanupParameters.SenderCanonicalClasses);
        RecipientCanonicalClasses = Classes(configuration, CleanupParameters.RecipientCanonicalClasses);
        MasqueradeClasses = Classes(configuration, CleanupParameters.MasqueradeClasses);
        List<string> propagate = WordSet.PropagateUnmatchedExtensions(configuration);
        PropagateCanonical = propagate.Contains("canonical");
        PropagateVirtual = propagate.Contains("virtual");
        DelayDecimals = configuration.Get(GlobalParameters.DelayLoggingResolutionLimit);
        SoftBounce = configuration.Get(GlobalParameters.SoftBounce);
        DisableMime = configuration.Get(CleanupParameters.DisableMimeInputProcessing);
        MimeNestingLimit = configuration.Get(CleanupParameters.MimeNestingLimit);
        MimeBoundaryLengthLimit = configuration.Get(CleanupParameters.MimeBoundaryLengthLimit);
        BodyChecksSizeLimit = configuration.Get(CleanupParameters.BodyChecksSizeLimit);
        ForceMimeConversion = configuration.Get(CleanupParameters.ForceMimeInputConversion);
        BadHeaderEnd = configuration.Get(CleanupParameters.NonEmptyEndOfHeaderAction) switch
        {
            "fix_quietly" => BadHeaderEnd.FixQuietly,
            "add_header" => BadHeaderEnd.AddHeader,
            "reject" => BadHeaderEnd.Reject,
            string other => throw new ConfigurationException($"bad {CleanupParameters.NonEmptyEndOfHeaderAction.Name} parameter value: {other}"),
        };
        bool strict = configuration.Get(CleanupParameters.Strict8bitmime);
        Strict7BitHeaders = strict || configuration.Get(CleanupParameters.Strict7bitHeaders);
        Strict8BitBody = strict || configuration.Get(CleanupParameters.Strict8bitmimeBody);
        StrictMimeEncodingDomain = configuration.Get(CleanupParameters.StrictMimeEncodingDomain);
        ReportsNesting = Strict7BitHeaders || Strict8BitBody || StrictMimeEncodingDomain
            || configuration.Get(CleanupParameters.HeaderChecks).Length > 0 || configuration.Get(CleanupParameters.BodyChecks).Length > 0
            || configuration.Get(CleanupParameters.MimeHeaderChecks).Length > 0 || configuration.Get(CleanupParameters.NestedHeaderChecks).Length > 0;
        RejectCharacters = new CharacterFilter(CleanupParameters.MessageRejectCharacters.Name, configuration.Get(CleanupParameters.MessageRejectCharacters));
        StripCharacters = new CharacterFilter(CleanupParameters.MessageStripCharacters.Name, configuration.Get(CleanupParameters.MessageStripCharacters));
        TlsRequiredEnable = configuration.Get(TlsParameters.TlsRequiredEnable);
        UsesRequireTlsHeader = configuration.Get(SmtpdParameters.RequiretlsEnable) && configuration.Get(SmtpdParameters.RequiretlsEsmtpHeader);
        InFlowDelay = configuration.Get(GlobalParameters.InFlowDelay);
        foreach (string name in TableListSyntax.Split(configuration.Get(CleanupParameters.MessageDropHeaders)))
        {
            byte[] bytes = ByteString.ToBytes(name);
            if (HeaderTable.Find(bytes) is { } known)
            {
                _droppedKinds[(int)known.Kind] = true;
            }
            else
            {
                _droppedNames.Add(bytes);
            }
        }
    }

    public QueueSettings Queue { get; }

    public string MyHostname { get; }

    public string MyOrigin { get; }

    /// <summary>A sender with this address is the null sender.</summary>
    public string CanonicalDaemonAddress { get; }

    /// <summary>Largest queue file in bytes; 0 = unlimited.</summary>
    public long MessageSizeLimit { get; }

    public int HeaderSizeLimit { get; }

    public int LineLengthLimit { get; }

    public int HeaderAddressTokenLimit { get; }

    public int HopcountLimit { get; }

    public TimeSpan DelayWarningTime { get; }

    public bool AlwaysAddMissingHeaders { get; }

    public string RemoteHeaderRewriteDomain { get; }

    public string UndisclosedRecipientsHeader { get; }

    public bool ObsoleteFromFormat { get; }

    /// <summary>Names with other characters than ASCII's are encoded as of this character set; empty leaves them.</summary>
    public string FullNameCharset { get; }

    public string EmptyAddressRecipient { get; }

    public string AlwaysBcc { get; }

    public int DuplicateFilterLimit { get; }

    public bool EnableOriginalRecipient { get; }

    public int AttributeCountLimit { get; }

    public bool Detect8BitEncodingHeader { get; }

    public bool SmtpUtf8Enable { get; }

    public bool ReplaceStrayCrLf { get; }

    public string VerpDelimiterFilter { get; }

    public int VirtualAliasExpansionLimit { get; }

    public int VirtualAliasRecursionLimit { get; }

    public int VirtualAliasAddressLengthLimit { get; }

    public AddressClass CanonicalClasses { get; }

    public AddressClass SenderCanonicalClasses { get; }

    public AddressClass RecipientCanonicalClasses { get; }

    public AddressClass MasqueradeClasses { get; }

    public bool PropagateCanonical { get; }

    public bool PropagateVirtual { get; }

    /// <summary>Decimals of delays in the log.</summary>
    public int DelayDecimals { get; }

    public bool SoftBounce { get; }

    public bool DisableMime { get; }

    /// <summary>8-bit parts become quoted-printable.</summary>
    public bool ForceMimeConversion { get; }

    public BadHeaderEnd BadHeaderEnd { get; }

    public int MimeNestingLimit { get; }

    public int MimeBoundaryLengthLimit { get; }

    /// <summary>Bytes of each body segment that body checks see; 0 = all.</summary>
    public long BodyChecksSizeLimit { get; }

    public bool Strict7BitHeaders { get; }

    public bool Strict8BitBody { get; }

    public bool StrictMimeEncodingDomain { get; }

    /// <summary>Somebody relies on the structure of the message: nesting beyond the limit is an error.</summary>
    public bool ReportsNesting { get; }

    public CharacterFilter RejectCharacters { get; }

    public CharacterFilter StripCharacters { get; }

    public bool TlsRequiredEnable { get; }

    /// <summary>The header <c>Require-TLS-ESMTP</c> carries REQUIRETLS over hops that do not know it.</summary>
    public bool UsesRequireTlsHeader { get; }

    public TimeSpan InFlowDelay { get; }

    /// <summary>Whether <c>message_drop_headers</c> names a header.</summary>
    /// <param name="name">Looked at when the header is not a known one.</param>
    public bool IsDropped(HeaderInfo? info, ReadOnlySpan<byte> name)
    {
        if (info is not null)
        {
            return _droppedKinds[(int)info.Kind];
        }

        foreach (byte[] dropped in _droppedNames)
        {
            if (Ascii.EqualsIgnoreCase(name, dropped))
            {
                return true;
            }
        }

        return false;
    }

    private static AddressClass Classes(Configuration configuration, StringParameter parameter)
    {
        AddressClass classes = AddressClass.None;
        foreach (string name in WordSet.Of(configuration, parameter, "envelope_sender", "envelope_recipient", "header_sender", "header_recipient"))
        {
            classes |= name switch
            {
                "envelope_sender" => AddressClass.EnvelopeSender,
                "envelope_recipient" => AddressClass.EnvelopeRecipient,
                "header_sender" => AddressClass.HeaderSender,
                _ => AddressClass.HeaderRecipient,
            };
        }

        return classes;
    }
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the cleanup server.</summary>
public static class CleanupParameters
{
    /// <summary>Add From, To, Date and Message-Id to mail from strangers too.</summary>
    public static readonly BoolParameter AlwaysAddMissingHeaders = new("always_add_missing_headers", false);

    /// <summary>Address that receives a copy of every message.</summary>
    public static readonly StringParameter AlwaysBcc = new("always_bcc", "");

    /// <summary>Pattern tables for the lines of message bodies.</summary>
    public static readonly StringParameter BodyChecks = new("body_checks", "");

    /// <summary>Bytes at the start of each body part that body_checks looks at.</summary>
    public static readonly SizeParameter BodyChecksSizeLimit = new("body_checks_size_limit", 51_200);

    /// <summary>Which addresses canonical_maps changes.</summary>
    public static readonly StringParameter CanonicalClasses = new("canonical_classes", "envelope_sender, envelope_recipient, header_sender, header_recipient", min: 1);

    /// <summary>Tables that rewrite addresses in headers and envelope.</summary>
    public static readonly StringParameter CanonicalMaps = new("canonical_maps", "");

    /// <summary>Replace a CR or LF that stands alone by a blank.</summary>
    public static readonly BoolParameter CleanupReplaceStrayCrLf = new("cleanup_replace_stray_cr_lf", true);

    /// <summary>Believe Content-Transfer-Encoding: 8bit in headers.</summary>
    public static readonly BoolParameter Detect8bitEncodingHeader = new("detect_8bit_encoding_header", true);

    /// <summary>Do not look into MIME structure while receiving.</summary>
    public static readonly BoolParameter DisableMimeInputProcessing = new("disable_mime_input_processing", false);

    /// <summary>Keep recipients as they were before rewriting, for duplicates and logs.</summary>
    public static readonly BoolParameter EnableOriginalRecipient = new("enable_original_recipient", true);

    /// <summary>Convert received mail to quoted-printable, for filters that need 7 bits.</summary>
    public static readonly BoolParameter ForceMimeInputConversion = new("force_mime_input_conversion", false);

    /// <summary>Character set that full names with non-ASCII characters are encoded in; empty leaves them as they are.</summary>
    public static readonly StringParameter FullNameEncodingCharset = new("full_name_encoding_charset", "");

    /// <summary>Pattern tables for message headers.</summary>
    public static readonly StringParameter HeaderChecks = new("header_checks", "");

    /// <summary>Form of From headers that are added.</summary>
    public static readonly EnumParameter HeaderFromFormat = new("header_from_format", "standard", "standard", "obsolete");

    /// <summary>Most Received headers before mail counts as looping.</summary>
    public static readonly IntParameter HopcountLimit = new("hopcount_limit", 50, min: 1);

    /// <summary>Which addresses masquerade_domains changes.</summary>
    public static readonly StringParameter MasqueradeClasses = new("masquerade_classes", "envelope_sender, header_sender, header_recipient");

    /// <summary>Domains that stand for all their subdomains in addresses.</summary>
    public static readonly StringParameter MasqueradeDomains = new("masquerade_domains", "");

    /// <summary>User names that masquerade_domains leaves alone.</summary>
    public static readonly StringParameter MasqueradeExceptions = new("masquerade_exceptions", "");

    /// <summary>Headers that are removed from received mail.</summary>
    public static readonly StringParameter MessageDropHeaders = new("message_drop_headers", "bcc, content-length, resent-bcc, return-path");

    /// <summary>Characters for which a message is refused.</summary>
    public static readonly StringParameter MessageRejectCharacters = new("message_reject_characters", "");

    /// <summary>Characters that are removed from messages.</summary>
    public static readonly StringParameter MessageStripCharacters = new("message_strip_characters", "");

    /// <summary>Pattern tables for headers that milters add.</summary>
    public static readonly StringParameter MilterHeaderChecks = new("milter_header_checks", "");

    /// <summary>Bytes of a MIME boundary that are looked at.</summary>
    public static readonly IntParameter MimeBoundaryLengthLimit = new("mime_boundary_length_limit", 2_048, min: 1);

    /// <summary>Pattern tables for MIME headers.</summary>
    public static readonly StringParameter MimeHeaderChecks = new("mime_header_checks", "$header_checks");

    /// <summary>Deepest MIME nesting that is looked at.</summary>
    public static readonly IntParameter MimeNestingLimit = new("mime_nesting_limit", 100, min: 1);

    /// <summary>Pattern tables for headers of attached messages.</summary>
    public static readonly StringParameter NestedHeaderChecks = new("nested_header_checks", "$header_checks");

    /// <summary>What to do when the header section is not followed by an empty line.</summary>
    public static readonly EnumParameter NonEmptyEndOfHeaderAction = new("non_empty_end_of_header_action", "fix_quietly", "fix_quietly", "add_header", "reject");

    /// <summary>Most named attributes in one queue file.</summary>
    public static readonly IntParameter QueueFileAttributeCountLimit = new("queue_file_attribute_count_limit", 100, min: 1);

    /// <summary>Tables with an address that receives a copy, per recipient.</summary>
    public static readonly StringParameter RecipientBccMaps = new("recipient_bcc_maps", "");

    /// <summary>Which addresses recipient_canonical_maps changes.</summary>
    public static readonly StringParameter RecipientCanonicalClasses = new("recipient_canonical_classes", "envelope_recipient, header_recipient", min: 1);

    /// <summary>Tables that rewrite recipient addresses.</summary>
    public static readonly StringParameter RecipientCanonicalMaps = new("recipient_canonical_maps", "");

    /// <summary>Domain that completes addresses in headers from strangers; empty leaves them alone.</summary>
    public static readonly StringParameter RemoteHeaderRewriteDomain = new("remote_header_rewrite_domain", "");

    /// <summary>Tables with an address that receives a copy, per sender.</summary>
    public static readonly StringParameter SenderBccMaps = new("sender_bcc_maps", "");

    /// <summary>Which addresses sender_canonical_maps changes.</summary>
    public static readonly StringParameter SenderCanonicalClasses = new("sender_canonical_classes", "envelope_sender, header_sender", min: 1);

    /// <summary>Tables that rewrite sender addresses.</summary>
    public static readonly StringParameter SenderCanonicalMaps = new("sender_canonical_maps", "");

    /// <summary>Refuse mail with 8-bit headers.</summary>
    public static readonly BoolParameter Strict7bitHeaders = new("strict_7bit_headers", false);

    /// <summary>Refuse mail with 8-bit headers or undeclared 8-bit bodies.</summary>
    public static readonly BoolParameter Strict8bitmime = new("strict_8bitmime", false);

    /// <summary>Refuse mail with undeclared 8-bit bodies.</summary>
    public static readonly BoolParameter Strict8bitmimeBody = new("strict_8bitmime_body", false);

    /// <summary>Refuse mail with wrong encodings of composite MIME types.</summary>
    public static readonly BoolParameter StrictMimeEncodingDomain = new("strict_mime_encoding_domain", false);

    /// <summary>Header for mail without recipients in its headers.</summary>
    public static readonly StringParameter UndisclosedRecipientsHeader = new("undisclosed_recipients_header", "");

    /// <summary>Longest address that alias expansion may make.</summary>
    public static readonly IntParameter VirtualAliasAddressLengthLimit = new("virtual_alias_address_length_limit", 1_000, min: 1);

    /// <summary>Most recipients that alias expansion may make.</summary>
    public static readonly IntParameter VirtualAliasExpansionLimit = new("virtual_alias_expansion_limit", 1_000, min: 1);

    /// <summary>Deepest nesting of alias expansion.</summary>
    public static readonly IntParameter VirtualAliasRecursionLimit = new("virtual_alias_recursion_limit", 1_000, min: 1);

    /// <summary>Old name of virtual_alias_maps.</summary>
    public static readonly StringParameter VirtualMaps = new("virtual_maps", "") { IsLegacy = true };

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AlwaysAddMissingHeaders,
        AlwaysBcc,
        BodyChecks,
        BodyChecksSizeLimit,
        CanonicalClasses,
        CanonicalMaps,
        CleanupReplaceStrayCrLf,
        Detect8bitEncodingHeader,
        DisableMimeInputProcessing,
        EnableOriginalRecipient,
        ForceMimeInputConversion,
        FullNameEncodingCharset,
        HeaderChecks,
        HeaderFromFormat,
        HopcountLimit,
        MasqueradeClasses,
        MasqueradeDomains,
        MasqueradeExceptions,
        MessageDropHeaders,
        MessageRejectCharacters,
        MessageStripCharacters,
        MilterHeaderChecks,
        MimeBoundaryLengthLimit,
        MimeHeaderChecks,
        MimeNestingLimit,
        NestedHeaderChecks,
        NonEmptyEndOfHeaderAction,
        QueueFileAttributeCountLimit,
        RecipientBccMaps,
        RecipientCanonicalClasses,
        RecipientCanonicalMaps,
        RemoteHeaderRewriteDomain,
        SenderBccMaps,
        SenderCanonicalClasses,
        SenderCanonicalMaps,
        Strict7bitHeaders,
        Strict8bitmime,
        Strict8bitmimeBody,
        StrictMimeEncodingDomain,
        UndisclosedRecipientsHeader,
        VirtualAliasAddressLengthLimit,
        VirtualAliasExpansionLimit,
        VirtualAliasRecursionLimit,
        VirtualMaps,
    ];
}

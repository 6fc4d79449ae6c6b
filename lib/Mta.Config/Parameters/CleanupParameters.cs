namespace Mta.Config.Parameters;

/// <summary>Parameters of the cleanup server.</summary>
public static class CleanupParameters
{
    /// <summary>Setting <c>always_add_missing_headers</c>.</summary>
    public static readonly BoolParameter AlwaysAddMissingHeaders = new("always_add_missing_headers", false);

    /// <summary>Setting <c>always_bcc</c>.</summary>
    public static readonly StringParameter AlwaysBcc = new("always_bcc", "");

    /// <summary>Setting <c>body_checks</c>.</summary>
    public static readonly StringParameter BodyChecks = new("body_checks", "");

    /// <summary>Setting <c>body_checks_size_limit</c>.</summary>
    public static readonly SizeParameter BodyChecksSizeLimit = new("body_checks_size_limit", 51_200);

    /// <summary>Setting <c>canonical_classes</c>.</summary>
    public static readonly StringParameter CanonicalClasses = new("canonical_classes", "envelope_sender, envelope_recipient, header_sender, header_recipient", min: 1);

    /// <summary>Setting <c>canonical_maps</c>.</summary>
    public static readonly StringParameter CanonicalMaps = new("canonical_maps", "");

    /// <summary>Setting <c>cleanup_replace_stray_cr_lf</c>.</summary>
    public static readonly BoolParameter CleanupReplaceStrayCrLf = new("cleanup_replace_stray_cr_lf", true);

    /// <summary>Setting <c>detect_8bit_encoding_header</c>.</summary>
    public static readonly BoolParameter Detect8bitEncodingHeader = new("detect_8bit_encoding_header", true);

    /// <summary>Setting <c>disable_mime_input_processing</c>.</summary>
    public static readonly BoolParameter DisableMimeInputProcessing = new("disable_mime_input_processing", false);

    /// <summary>Setting <c>enable_original_recipient</c>.</summary>
    public static readonly BoolParameter EnableOriginalRecipient = new("enable_original_recipient", true);

    /// <summary>Setting <c>force_mime_input_conversion</c>.</summary>
    public static readonly BoolParameter ForceMimeInputConversion = new("force_mime_input_conversion", false);

    /// <summary>Setting <c>full_name_encoding_charset</c>.</summary>
    public static readonly StringParameter FullNameEncodingCharset = new("full_name_encoding_charset", "", min: 1);

    /// <summary>Setting <c>header_checks</c>.</summary>
    public static readonly StringParameter HeaderChecks = new("header_checks", "");

    /// <summary>Setting <c>header_from_format</c>.</summary>
    public static readonly EnumParameter HeaderFromFormat = new("header_from_format", "standard", "standard", "obsolete");

    /// <summary>Setting <c>hopcount_limit</c>.</summary>
    public static readonly IntParameter HopcountLimit = new("hopcount_limit", 50, min: 1);

    /// <summary>Setting <c>masquerade_classes</c>.</summary>
    public static readonly StringParameter MasqueradeClasses = new("masquerade_classes", "envelope_sender, header_sender, header_recipient");

    /// <summary>Setting <c>masquerade_domains</c>.</summary>
    public static readonly StringParameter MasqueradeDomains = new("masquerade_domains", "");

    /// <summary>Setting <c>masquerade_exceptions</c>.</summary>
    public static readonly StringParameter MasqueradeExceptions = new("masquerade_exceptions", "");

    /// <summary>Setting <c>message_drop_headers</c>.</summary>
    public static readonly StringParameter MessageDropHeaders = new("message_drop_headers", "bcc, content-length, resent-bcc, return-path");

    /// <summary>Setting <c>message_reject_characters</c>.</summary>
    public static readonly StringParameter MessageRejectCharacters = new("message_reject_characters", "");

    /// <summary>Setting <c>message_strip_characters</c>.</summary>
    public static readonly StringParameter MessageStripCharacters = new("message_strip_characters", "");

    /// <summary>Setting <c>milter_header_checks</c>.</summary>
    public static readonly StringParameter MilterHeaderChecks = new("milter_header_checks", "");

    /// <summary>Setting <c>mime_boundary_length_limit</c>.</summary>
    public static readonly IntParameter MimeBoundaryLengthLimit = new("mime_boundary_length_limit", 2_048, min: 1);

    /// <summary>Setting <c>mime_header_checks</c>.</summary>
    public static readonly StringParameter MimeHeaderChecks = new("mime_header_checks", "$header_checks");

    /// <summary>Setting <c>mime_nesting_limit</c>.</summary>
    public static readonly IntParameter MimeNestingLimit = new("mime_nesting_limit", 100, min: 1);

    /// <summary>Setting <c>nested_header_checks</c>.</summary>
    public static readonly StringParameter NestedHeaderChecks = new("nested_header_checks", "$header_checks");

    /// <summary>Setting <c>non_empty_end_of_header_action</c>.</summary>
    public static readonly EnumParameter NonEmptyEndOfHeaderAction = new("non_empty_end_of_header_action", "fix_quietly", "fix_quietly", "add_header", "reject");

    /// <summary>Setting <c>queue_file_attribute_count_limit</c>.</summary>
    public static readonly IntParameter QueueFileAttributeCountLimit = new("queue_file_attribute_count_limit", 100, min: 1);

    /// <summary>Setting <c>recipient_bcc_maps</c>.</summary>
    public static readonly StringParameter RecipientBccMaps = new("recipient_bcc_maps", "");

    /// <summary>Setting <c>recipient_canonical_classes</c>.</summary>
    public static readonly StringParameter RecipientCanonicalClasses = new("recipient_canonical_classes", "envelope_recipient, header_recipient", min: 1);

    /// <summary>Setting <c>recipient_canonical_maps</c>.</summary>
    public static readonly StringParameter RecipientCanonicalMaps = new("recipient_canonical_maps", "");

    /// <summary>Setting <c>remote_header_rewrite_domain</c>.</summary>
    public static readonly StringParameter RemoteHeaderRewriteDomain = new("remote_header_rewrite_domain", "");

    /// <summary>Setting <c>sender_bcc_maps</c>.</summary>
    public static readonly StringParameter SenderBccMaps = new("sender_bcc_maps", "");

    /// <summary>Setting <c>sender_canonical_classes</c>.</summary>
    public static readonly StringParameter SenderCanonicalClasses = new("sender_canonical_classes", "envelope_sender, header_sender", min: 1);

    /// <summary>Setting <c>sender_canonical_maps</c>.</summary>
    public static readonly StringParameter SenderCanonicalMaps = new("sender_canonical_maps", "");

    /// <summary>Setting <c>strict_7bit_headers</c>.</summary>
    public static readonly BoolParameter Strict7bitHeaders = new("strict_7bit_headers", false);

    /// <summary>Setting <c>strict_8bitmime</c>.</summary>
    public static readonly BoolParameter Strict8bitmime = new("strict_8bitmime", false);

    /// <summary>Setting <c>strict_8bitmime_body</c>.</summary>
    public static readonly BoolParameter Strict8bitmimeBody = new("strict_8bitmime_body", false);

    /// <summary>Setting <c>strict_mime_encoding_domain</c>.</summary>
    public static readonly BoolParameter StrictMimeEncodingDomain = new("strict_mime_encoding_domain", false);

    /// <summary>Setting <c>undisclosed_recipients_header</c>.</summary>
    public static readonly StringParameter UndisclosedRecipientsHeader = new("undisclosed_recipients_header", "");

    /// <summary>Setting <c>virtual_alias_address_length_limit</c>.</summary>
    public static readonly IntParameter VirtualAliasAddressLengthLimit = new("virtual_alias_address_length_limit", 1_000, min: 1);

    /// <summary>Setting <c>virtual_alias_expansion_limit</c>.</summary>
    public static readonly IntParameter VirtualAliasExpansionLimit = new("virtual_alias_expansion_limit", 1_000, min: 1);

    /// <summary>Setting <c>virtual_alias_recursion_limit</c>.</summary>
    public static readonly IntParameter VirtualAliasRecursionLimit = new("virtual_alias_recursion_limit", 1_000, min: 1);

    /// <summary>Setting <c>virtual_maps</c>.</summary>
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

namespace Mta.Config.Parameters;

/// <summary>Parameters of the delivery status notification server.</summary>
public static class BounceParameters
{
    /// <summary>Who receives the postmaster's copy of a bounce that bounced.</summary>
    public static readonly StringParameter TwoBounceNoticeRecipient = new("2bounce_notice_recipient", "postmaster", min: 1);

    /// <summary>Write bounce logs that old programs can read too.</summary>
    public static readonly BoolParameter BackwardsBounceLogfileCompatibility = new("backwards_bounce_logfile_compatibility", true);

    /// <summary>Who receives the postmaster's copy of bounces.</summary>
    public static readonly StringParameter BounceNoticeRecipient = new("bounce_notice_recipient", "postmaster", min: 1);

    /// <summary>Most bytes of the original message returned in a non-delivery notice.</summary>
    public static readonly SizeParameter BounceSizeLimit = new("bounce_size_limit", 50_000, min: 1);

    /// <summary>File with texts for delivery notices.</summary>
    public static readonly StringParameter BounceTemplateFile = new("bounce_template_file", "");

    /// <summary>Tell a sender who was warned of a delay that the mail has gone out.</summary>
    public static readonly BoolParameter ConfirmDelayCleared = new("confirm_delay_cleared", false);

    /// <summary>Who receives the postmaster's copy of delay notices.</summary>
    public static readonly StringParameter DelayNoticeRecipient = new("delay_notice_recipient", "postmaster", min: 1);

    /// <summary>Age at which the sender hears that a message is late; 0 is never.</summary>
    public static readonly TimeParameter DelayWarningTime = new("delay_warning_time", "0h", 'h');

    /// <summary>Send one bounce per message even where VERP asks for one per recipient.</summary>
    public static readonly BoolParameter DisableVerpBounces = new("disable_verp_bounces", false);

    /// <summary>Make notices replies to the message in question.</summary>
    public static readonly BoolParameter EnableThreadedBounces = new("enable_threaded_bounces", false);

    /// <summary>Who receives the postmaster's notices about errors.</summary>
    public static readonly StringParameter ErrorNoticeRecipient = new("error_notice_recipient", "postmaster", min: 1);

    /// <summary>Which internal notices content checks see.</summary>
    public static readonly StringParameter InternalMailFilterClasses = new("internal_mail_filter_classes", "");

    /// <summary>Return no content in notices about REQUIRETLS mail.</summary>
    public static readonly BoolParameter RequiretlsRedactDsn = new("requiretls_redact_dsn", true);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        TwoBounceNoticeRecipient,
        BackwardsBounceLogfileCompatibility,
        BounceNoticeRecipient,
        BounceSizeLimit,
        BounceTemplateFile,
        ConfirmDelayCleared,
        DelayNoticeRecipient,
        DelayWarningTime,
        DisableVerpBounces,
        EnableThreadedBounces,
        ErrorNoticeRecipient,
        InternalMailFilterClasses,
        RequiretlsRedactDsn,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the delivery status notification server.</summary>
public static class BounceParameters
{
    /// <summary>Setting <c>2bounce_notice_recipient</c>.</summary>
    public static readonly StringParameter TwoBounceNoticeRecipient = new("2bounce_notice_recipient", "postmaster", min: 1);

    /// <summary>Setting <c>backwards_bounce_logfile_compatibility</c>.</summary>
    public static readonly BoolParameter BackwardsBounceLogfileCompatibility = new("backwards_bounce_logfile_compatibility", true);

    /// <summary>Setting <c>bounce_notice_recipient</c>.</summary>
    public static readonly StringParameter BounceNoticeRecipient = new("bounce_notice_recipient", "postmaster", min: 1);

    /// <summary>Setting <c>bounce_size_limit</c>.</summary>
    public static readonly SizeParameter BounceSizeLimit = new("bounce_size_limit", 50_000, min: 1);

    /// <summary>Setting <c>bounce_template_file</c>.</summary>
    public static readonly StringParameter BounceTemplateFile = new("bounce_template_file", "");

    /// <summary>Setting <c>confirm_delay_cleared</c>.</summary>
    public static readonly BoolParameter ConfirmDelayCleared = new("confirm_delay_cleared", false);

    /// <summary>Setting <c>delay_notice_recipient</c>.</summary>
    public static readonly StringParameter DelayNoticeRecipient = new("delay_notice_recipient", "postmaster", min: 1);

    /// <summary>Setting <c>delay_warning_time</c>.</summary>
    public static readonly TimeParameter DelayWarningTime = new("delay_warning_time", "0h", 'h');

    /// <summary>Setting <c>disable_verp_bounces</c>.</summary>
    public static readonly BoolParameter DisableVerpBounces = new("disable_verp_bounces", false);

    /// <summary>Setting <c>enable_threaded_bounces</c>.</summary>
    public static readonly BoolParameter EnableThreadedBounces = new("enable_threaded_bounces", false);

    /// <summary>Setting <c>error_notice_recipient</c>.</summary>
    public static readonly StringParameter ErrorNoticeRecipient = new("error_notice_recipient", "postmaster", min: 1);

    /// <summary>Setting <c>internal_mail_filter_classes</c>.</summary>
    public static readonly StringParameter InternalMailFilterClasses = new("internal_mail_filter_classes", "");

    /// <summary>Setting <c>requiretls_redact_dsn</c>.</summary>
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

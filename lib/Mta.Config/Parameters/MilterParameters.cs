namespace Mta.Config.Parameters;

/// <summary>Parameters of the milter client.</summary>
public static class MilterParameters
{
    /// <summary>Setting <c>milter_command_timeout</c>.</summary>
    public static readonly TimeParameter MilterCommandTimeout = new("milter_command_timeout", "30s", min: 1);

    /// <summary>Setting <c>milter_connect_macros</c>.</summary>
    public static readonly StringParameter MilterConnectMacros = new("milter_connect_macros", "j {daemon_name} {daemon_addr} v _");

    /// <summary>Setting <c>milter_connect_timeout</c>.</summary>
    public static readonly TimeParameter MilterConnectTimeout = new("milter_connect_timeout", "30s", min: 1);

    /// <summary>Setting <c>milter_content_timeout</c>.</summary>
    public static readonly TimeParameter MilterContentTimeout = new("milter_content_timeout", "300s", min: 1);

    /// <summary>Setting <c>milter_data_macros</c>.</summary>
    public static readonly StringParameter MilterDataMacros = new("milter_data_macros", "i");

    /// <summary>Setting <c>milter_default_action</c>.</summary>
    public static readonly EnumParameter MilterDefaultAction = new("milter_default_action", "tempfail", "accept", "reject", "tempfail", "shutdown", "quarantine");

    /// <summary>Setting <c>milter_end_of_data_macros</c>.</summary>
    public static readonly StringParameter MilterEndOfDataMacros = new("milter_end_of_data_macros", "i");

    /// <summary>Setting <c>milter_end_of_header_macros</c>.</summary>
    public static readonly StringParameter MilterEndOfHeaderMacros = new("milter_end_of_header_macros", "i");

    /// <summary>Setting <c>milter_helo_macros</c>.</summary>
    public static readonly StringParameter MilterHeloMacros = new("milter_helo_macros", "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}");

    /// <summary>Setting <c>milter_macro_daemon_name</c>.</summary>
    public static readonly StringParameter MilterMacroDaemonName = new("milter_macro_daemon_name", "$myhostname", min: 1);

    /// <summary>Setting <c>milter_macro_defaults</c>.</summary>
    public static readonly StringParameter MilterMacroDefaults = new("milter_macro_defaults", "");

    /// <summary>Setting <c>milter_macro_v</c>.</summary>
    public static readonly StringParameter MilterMacroV = new("milter_macro_v", "$mail_name $mail_version", min: 1);

    /// <summary>Setting <c>milter_mail_macros</c>.</summary>
    public static readonly StringParameter MilterMailMacros = new("milter_mail_macros", "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}");

    /// <summary>Setting <c>milter_protocol</c>.</summary>
    public static readonly StringParameter MilterProtocol = new("milter_protocol", "6", min: 1);

    /// <summary>Setting <c>milter_rcpt_macros</c>.</summary>
    public static readonly StringParameter MilterRcptMacros = new("milter_rcpt_macros", "i {rcpt_addr} {rcpt_host} {rcpt_mailer}");

    /// <summary>Setting <c>milter_unknown_command_macros</c>.</summary>
    public static readonly StringParameter MilterUnknownCommandMacros = new("milter_unknown_command_macros", "");

    /// <summary>Setting <c>non_smtpd_milters</c>.</summary>
    public static readonly StringParameter NonSmtpdMilters = new("non_smtpd_milters", "");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        MilterCommandTimeout,
        MilterConnectMacros,
        MilterConnectTimeout,
        MilterContentTimeout,
        MilterDataMacros,
        MilterDefaultAction,
        MilterEndOfDataMacros,
        MilterEndOfHeaderMacros,
        MilterHeloMacros,
        MilterMacroDaemonName,
        MilterMacroDefaults,
        MilterMacroV,
        MilterMailMacros,
        MilterProtocol,
        MilterRcptMacros,
        MilterUnknownCommandMacros,
        NonSmtpdMilters,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the milter client.</summary>
public static class MilterParameters
{
    /// <summary>Longest wait for a milter's answer to a command.</summary>
    public static readonly TimeParameter MilterCommandTimeout = new("milter_command_timeout", "30s", min: 1);

    /// <summary>Macros sent to milters when a client connects.</summary>
    public static readonly StringParameter MilterConnectMacros = new("milter_connect_macros", "j {daemon_name} {daemon_addr} v _");

    /// <summary>Longest wait for the connection to a milter.</summary>
    public static readonly TimeParameter MilterConnectTimeout = new("milter_connect_timeout", "30s", min: 1);

    /// <summary>Longest wait for a milter's answer to content.</summary>
    public static readonly TimeParameter MilterContentTimeout = new("milter_content_timeout", "300s", min: 1);

    /// <summary>Macros sent to milters at DATA.</summary>
    public static readonly StringParameter MilterDataMacros = new("milter_data_macros", "i");

    /// <summary>What happens to mail when a milter fails.</summary>
    public static readonly EnumParameter MilterDefaultAction = new("milter_default_action", "tempfail", "accept", "reject", "tempfail", "shutdown", "quarantine");

    /// <summary>Macros sent to milters at the end of the message.</summary>
    public static readonly StringParameter MilterEndOfDataMacros = new("milter_end_of_data_macros", "i");

    /// <summary>Macros sent to milters at the end of the headers.</summary>
    public static readonly StringParameter MilterEndOfHeaderMacros = new("milter_end_of_header_macros", "i");

    /// <summary>Macros sent to milters at HELO.</summary>
    public static readonly StringParameter MilterHeloMacros = new("milter_helo_macros", "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}");

    /// <summary>Value of the milter macro {daemon_name}.</summary>
    public static readonly StringParameter MilterMacroDaemonName = new("milter_macro_daemon_name", "$myhostname", min: 1);

    /// <summary>Values of milter macros that are not known.</summary>
    public static readonly StringParameter MilterMacroDefaults = new("milter_macro_defaults", "");

    /// <summary>Value of the milter macro v.</summary>
    public static readonly StringParameter MilterMacroV = new("milter_macro_v", "$mail_name $mail_version", min: 1);

    /// <summary>Macros sent to milters at MAIL.</summary>
    public static readonly StringParameter MilterMailMacros = new("milter_mail_macros", "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}");

    /// <summary>Version of the milter protocol.</summary>
    public static readonly StringParameter MilterProtocol = new("milter_protocol", "6", min: 1);

    /// <summary>Macros sent to milters at RCPT.</summary>
    public static readonly StringParameter MilterRcptMacros = new("milter_rcpt_macros", "i {rcpt_addr} {rcpt_host} {rcpt_mailer}");

    /// <summary>Macros sent to milters at an unknown command.</summary>
    public static readonly StringParameter MilterUnknownCommandMacros = new("milter_unknown_command_macros", "");

    /// <summary>Milters for mail that does not come by SMTP.</summary>
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

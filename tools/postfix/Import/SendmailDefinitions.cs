namespace Mta.Postfix.Import;

/// <summary>What sendmail.mc defines: <c>define(`NAME', `value')</c>, option by option.</summary>
internal sealed class SendmailDefinitions(Conversion into, SendmailFilters filters)
{
    // Files, sizes of pools and the like, which have no counterpart or need none.
    private static readonly string[] Ignored =
    [
        "STATUS_FILE", "QUEUE_DIR", "HELP_FILE", "UUCP_MAILER_MAX", "LOCAL_MAILER_ARGS", "confLOG_LEVEL", "confTO_IDENT", "confDEF_USER_ID", "confPID_FILE", "confBIND_OPTS", "confDELIVERY_MODE", "confAUTO_REBUILD",
        "confTRY_NULL_MX_LIST", "confDONT_PROBE_INTERFACES", "confDONT_BLAME_SENDMAIL", "confTRUSTED_USER", "confUSERDB_SPEC", "confQUEUE_LA", "confREFUSE_LA", "confDELAY_LA", "confTO_CONNECT", "confTO_ICONNECT", "confTO_COMMAND",
        "confMIN_QUEUE_AGE", "confSMTP_LOGIN_MSG", "confRRT_IMPLIES_DSN", "confNO_RCPT_ACTION", "confWORK_RECIPIENT_FACTOR", "confMIN_FREE_BLOCKS", "confMCI_CACHE_TIMEOUT", "confSEPARATE_PROC", "confTLS_SRV_OPTIONS",
    ];

    private int _line;

    /// <summary>Where the relay host listens; empty for the usual port.</summary>
    public string SmartHostPort { get; private set; } = "";

    /// <summary>The file of aliases; empty for the usual one.</summary>
    public string AliasFile { get; private set; } = "";

    public void Define(int line, string name, string value)
    {
        _line = line;
        switch (name)
        {
            case "SMART_HOST":
                SmartHost(value);
                break;
            case "RELAY_MAILER_ARGS" or "ESMTP_MAILER_ARGS" when value.Split(' ') is ["TCP", "$h", var port]:
                SmartHostPort = port;
                break;
            case "confDOMAIN_NAME":
                into.Set("myhostname", value);
                break;
            case "confMAX_MESSAGE_SIZE":
                into.Set("message_size_limit", value);
                break;
            case "confMAX_RCPTS_PER_MESSAGE":
                into.Set("smtpd_recipient_limit", value);
                break;
            case "confMAX_HOP":
                into.Set("hopcount_limit", value);
                break;
            case "confSERVER_CERT":
                into.Set("smtpd_tls_cert_file", value);
                into.Set("smtpd_tls_security_level", "may");
                break;
            case "confSERVER_KEY":
                into.Set("smtpd_tls_key_file", value);
                break;
            case "confCLIENT_CERT":
                into.Set("smtp_tls_cert_file", value);
                break;
            case "confCLIENT_KEY":
                into.Set("smtp_tls_key_file", value);
                break;
            case "confCACERT":
                into.Set("smtpd_tls_CAfile", value);
                into.Set("smtp_tls_CAfile", value);
                break;
            case "confCACERT_PATH":
                into.Set("smtpd_tls_CApath", value);
                into.Set("smtp_tls_CApath", value);
                break;
            case "confAUTH_MECHANISMS":
                into.Set("smtpd_sasl_auth_enable", "yes");
                break;
            case "confAUTH_OPTIONS":
                AuthOptions(value);
                break;
            case "confPRIVACY_FLAGS":
                Privacy(value);
                break;
            case "confTO_QUEUERETURN" when Time(value) is { } time:
                into.Set("maximal_queue_lifetime", time);
                break;
            case "confTO_QUEUEWARN" when Time(value) is { } time:
                into.Set("delay_warning_time", time);
                break;
            case "confFALLBACK_MX" or "confFALLBACK_SMARTHOST":
                into.Set("smtp_fallback_relay", value);
                break;
            case "confINPUT_MAIL_FILTERS":
                foreach (string filter in SendmailFiles.Words(value))
                {
                    filters.Use(line, filter);
                }

                break;
            case "LUSER_RELAY":
                into.Set("luser_relay", value.StartsWith("local:", StringComparison.Ordinal) ? value["local:".Length..] : value);
                into.Set("local_recipient_maps", "");
                break;
            case "ALIAS_FILE":
                AliasFile = value;
                break;
            case "PROCMAIL_MAILER_PATH":
                break;
            default:
                if (!Ignored.Contains(name))
                {
                    Unclear($"define({name}, {value})");
                }

                break;
        }
    }

    // "relay:host", "smtp:[host]" or a host.
    private void SmartHost(string value)
    {
        int colon = value.IndexOf(':');
        string mailer = colon > 0 && !value.StartsWith('[') ? value[..colon] : "";
        if (mailer is not ("" or "relay" or "smtp" or "esmtp" or "smtp8"))
        {
            Unclear($"define(SMART_HOST, {value})");
            return;
        }

        into.Set("relayhost", mailer.Length == 0 ? value : value[(colon + 1)..]);
    }

    private void AuthOptions(string value)
    {
        string words = "";
        foreach (char option in value.Where(static letter => !char.IsWhiteSpace(letter) && letter != ','))
        {
            switch (option)
            {
                case 'A' or 'y':
                    break;
                case 'a':
                    words += " noactive";
                    break;
                case 'c' or 'd':
                    words += " nodictionary";
                    break;
                case 'f':
                    words += " forward_secrecy";
                    break;
                case 'm':
                    words += " mutual_auth";
                    break;
                case 'p':
                    into.Set("smtpd_tls_auth_only", "yes");
                    break;
                default:
                    Unclear($"define(confAUTH_OPTIONS, {value})");
                    return;
            }
        }

        into.Set("smtpd_sasl_security_options", "noanonymous" + words);
    }

    private void Privacy(string value)
    {
        foreach (string flag in value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            switch (flag)
            {
                case "goaway":
                    into.Set("disable_vrfy_command", "yes");
                    into.Set("smtpd_helo_required", "yes");
                    break;
                case "novrfy":
                    into.Set("disable_vrfy_command", "yes");
                    break;
                case "needmailhelo":
                    into.Set("smtpd_helo_required", "yes");
                    break;
                case "restrictmailq":
                    into.Set("authorized_mailq_users", "root");
                    break;
                case "noetrn":
                    into.Set("smtpd_etrn_restrictions", "reject");
                    break;
                case "authwarnings" or "public" or "noexpn" or "noverb" or "restrictqrun" or "restrictexpand" or "needexpnhelo" or "needvrfyhelo" or "nobodyreturn":
                    // EXPN and VERB do not exist, and only root runs the queue.
                    break;
                default:
                    Unclear($"define(confPRIVACY_FLAGS, {flag})");
                    break;
            }
        }
    }

    // 5d, 4h; a lone number is in days for the one, in hours for the other: those are asked about.
    private static string? Time(string value) =>
        value.Length > 1 && char.IsAsciiDigit(value[0]) && value[^1] is 's' or 'm' or 'h' or 'd' or 'w' && value[..^1].All(char.IsAsciiDigit) ? value : null;

    private void Unclear(string what) => into.Unclear(SendmailImport.File, _line, what);
}

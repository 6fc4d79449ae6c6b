namespace Mta.Postfix.Import;

/// <summary>
/// sendmail's configuration directory as main.cf and tables: sendmail.mc, and the tables that its features read.
/// Written from sendmail's own description of its configuration (cf/README), feature by feature.
/// </summary>
internal sealed class SendmailImport
{
    private static readonly string[] IgnoredMacros = ["divert", "include", "VERSIONID", "OSTYPE", "DOMAIN", "undefine", "MODIFY_MAILER_FLAGS"];

    // Files, sizes of pools and the like, which have no counterpart or need none.
    private static readonly string[] IgnoredDefinitions =
    [
        "STATUS_FILE", "QUEUE_DIR", "HELP_FILE", "UUCP_MAILER_MAX", "LOCAL_MAILER_ARGS", "confLOG_LEVEL", "confTO_IDENT", "confDEF_USER_ID", "confPID_FILE", "confBIND_OPTS", "confDELIVERY_MODE", "confAUTO_REBUILD",
        "confTRY_NULL_MX_LIST", "confDONT_PROBE_INTERFACES", "confDONT_BLAME_SENDMAIL", "confTRUSTED_USER", "confUSERDB_SPEC", "confQUEUE_LA", "confREFUSE_LA", "confDELAY_LA", "confTO_CONNECT", "confTO_ICONNECT", "confTO_COMMAND",
        "confMIN_QUEUE_AGE", "confSMTP_LOGIN_MSG", "confRRT_IMPLIES_DSN", "confNO_RCPT_ACTION", "confWORK_RECIPIENT_FACTOR", "confMIN_FREE_BLOCKS", "confMCI_CACHE_TIMEOUT", "confSEPARATE_PROC", "confTLS_SRV_OPTIONS",
    ];

    private readonly Conversion _into = new();
    private readonly Func<string, string?> _read;
    private readonly string _directory;
    private readonly HashSet<string> _features = new(StringComparer.Ordinal);
    private readonly List<string> _masqueraded = [];
    private readonly List<string> _exposed = [];
    private readonly List<string> _excepted = [];
    private readonly List<string> _blockLists = [];
    private readonly Dictionary<string, (int Line, string Text)> _filters = new(StringComparer.Ordinal);
    private string _masquerade = "";
    private string _smartHostPort = "";
    private string _aliasFile = "";
    private bool _hasMacros;
    private bool _trustsLogins;
    private string _file = "sendmail.mc";
    private int _line;

    private SendmailImport(string directory, Func<string, string?> read)
    {
        _directory = directory;
        _read = read;
    }

    /// <param name="read">The text of a file of the directory, null when it is not there.</param>
    public static Conversion Convert(string directory, Func<string, string?> read)
    {
        var import = new SendmailImport(directory, read);
        import.Run();
        return import._into;
    }

    private void Run()
    {
        _into.Set("mynetworks", "127.0.0.0/8");
        _into.Add("mynetworks", "[::1]/128");
        _into.Set("mydestination", "$myhostname");
        _into.Add("mydestination", "localhost.$mydomain", "localhost");
        // sendmail has no limit unless it is told one.
        _into.Set("message_size_limit", "0");
        _into.Set("mailbox_size_limit", "0");
        if (_read("sendmail.mc") is { } macros)
        {
            _hasMacros = true;
            foreach (MacroCall call in MacroReader.Read(macros))
            {
                _line = call.Line;
                Macro(call);
            }
        }

        Tables();
        Masquerade();
        Restrictions();
    }

    private void Unclear(string what) => _into.Unclear(_file, _line, what);

    private void Macro(MacroCall call)
    {
        string first = call.Arguments.Count > 0 ? call.Arguments[0] : "";
        switch (call.Name)
        {
            case "define":
                Define(first, call.Arguments.Count > 1 ? call.Arguments[1] : "");
                break;
            case "FEATURE":
                Feature(first, [.. call.Arguments.Skip(1)]);
                break;
            case "MAILER":
                foreach (string mailer in call.Arguments.Where(static mailer => mailer is not ("local" or "smtp" or "procmail")))
                {
                    Unclear($"MAILER({mailer})");
                }

                break;
            case "MASQUERADE_AS":
                _masquerade = first;
                break;
            case "MASQUERADE_DOMAIN":
                _masqueraded.AddRange(Words(first));
                break;
            case "MASQUERADE_EXCEPTION":
                _excepted.AddRange(Words(first));
                break;
            case "EXPOSED_USER":
                _exposed.AddRange(Words(first));
                break;
            case "LOCAL_DOMAIN":
                _into.Add("mydestination", Words(first));
                break;
            case "RELAY_DOMAIN":
                foreach (string name in Words(first))
                {
                    Relay(name);
                }

                break;
            case "RELAY_DOMAIN_FILE":
                RelayFile(first);
                break;
            case "VIRTUSER_DOMAIN":
                _into.Add("virtual_alias_domains", Words(first));
                break;
            case "VIRTUSER_DOMAIN_FILE":
                foreach ((_, string name, _) in Lines(first))
                {
                    _into.Add("virtual_alias_domains", name);
                }

                break;
            case "GENERICS_DOMAIN" or "GENERICS_DOMAIN_FILE" or "TRUST_AUTH_MECH":
                _trustsLogins |= call.Name == "TRUST_AUTH_MECH";
                break;
            case "DAEMON_OPTIONS":
                Daemon(first);
                break;
            case "INPUT_MAIL_FILTER" or "MAIL_FILTER":
                _filters[first] = (_line, call.Arguments.Count > 1 ? call.Arguments[1] : "");
                if (call.Name == "INPUT_MAIL_FILTER")
                {
                    Filter(first);
                }

                break;
            default:
                if (!IgnoredMacros.Contains(call.Name))
                {
                    Unclear(call.Name.Length == 0 ? first : call.Arguments.Count == 0 ? call.Name : $"{call.Name}({string.Join(", ", call.Arguments)})");
                }

                break;
        }
    }

    private void Define(string name, string value)
    {
        switch (name)
        {
            case "SMART_HOST":
                SmartHost(value);
                break;
            case "RELAY_MAILER_ARGS" or "ESMTP_MAILER_ARGS" when value.Split(' ') is ["TCP", "$h", var port]:
                _smartHostPort = port;
                break;
            case "confDOMAIN_NAME":
                _into.Set("myhostname", value);
                break;
            case "confMAX_MESSAGE_SIZE":
                _into.Set("message_size_limit", value);
                break;
            case "confMAX_RCPTS_PER_MESSAGE":
                _into.Set("smtpd_recipient_limit", value);
                break;
            case "confMAX_HOP":
                _into.Set("hopcount_limit", value);
                break;
            case "confSERVER_CERT":
                _into.Set("smtpd_tls_cert_file", value);
                _into.Set("smtpd_tls_security_level", "may");
                break;
            case "confSERVER_KEY":
                _into.Set("smtpd_tls_key_file", value);
                break;
            case "confCLIENT_CERT":
                _into.Set("smtp_tls_cert_file", value);
                break;
            case "confCLIENT_KEY":
                _into.Set("smtp_tls_key_file", value);
                break;
            case "confCACERT":
                _into.Set("smtpd_tls_CAfile", value);
                _into.Set("smtp_tls_CAfile", value);
                break;
            case "confCACERT_PATH":
                _into.Set("smtpd_tls_CApath", value);
                _into.Set("smtp_tls_CApath", value);
                break;
            case "confAUTH_MECHANISMS":
                _into.Set("smtpd_sasl_auth_enable", "yes");
                break;
            case "confAUTH_OPTIONS":
                AuthOptions(value);
                break;
            case "confPRIVACY_FLAGS":
                Privacy(value);
                break;
            case "confTO_QUEUERETURN" when Time(value) is { } time:
                _into.Set("maximal_queue_lifetime", time);
                break;
            case "confTO_QUEUEWARN" when Time(value) is { } time:
                _into.Set("delay_warning_time", time);
                break;
            case "confFALLBACK_MX" or "confFALLBACK_SMARTHOST":
                _into.Set("smtp_fallback_relay", value);
                break;
            case "confINPUT_MAIL_FILTERS":
                foreach (string filter in Words(value))
                {
                    Filter(filter);
                }

                break;
            case "LUSER_RELAY":
                _into.Set("luser_relay", value.StartsWith("local:", StringComparison.Ordinal) ? value["local:".Length..] : value);
                _into.Set("local_recipient_maps", "");
                break;
            case "ALIAS_FILE":
                _aliasFile = value;
                break;
            case "PROCMAIL_MAILER_PATH":
                break;
            default:
                if (!IgnoredDefinitions.Contains(name))
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

        _into.Set("relayhost", mailer.Length == 0 ? value : value[(colon + 1)..]);
    }

    private void AuthOptions(string value)
    {
        string words = "";
        foreach (char option in value.Where(static letter => !char.IsWhiteSpace(letter) && letter != ','))
        {
            switch (option)
            {
                case 'A':
                    break;
                case 'a':
                    words += " noactive";
                    break;
                case 'c':
                    words += " nodictionary";
                    break;
                case 'd':
                    words += " nodictionary";
                    break;
                case 'f':
                    words += " forward_secrecy";
                    break;
                case 'm':
                    words += " mutual_auth";
                    break;
                case 'p':
                    _into.Set("smtpd_tls_auth_only", "yes");
                    break;
                case 'y':
                    break;
                default:
                    Unclear($"define(confAUTH_OPTIONS, {value})");
                    return;
            }
        }

        _into.Set("smtpd_sasl_security_options", "noanonymous" + words);
    }

    private void Privacy(string value)
    {
        foreach (string flag in value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            switch (flag)
            {
                case "goaway":
                    _into.Set("disable_vrfy_command", "yes");
                    _into.Set("smtpd_helo_required", "yes");
                    break;
                case "novrfy":
                    _into.Set("disable_vrfy_command", "yes");
                    break;
                case "needmailhelo":
                    _into.Set("smtpd_helo_required", "yes");
                    break;
                case "restrictmailq":
                    _into.Set("authorized_mailq_users", "root");
                    break;
                case "noetrn":
                    _into.Set("smtpd_etrn_restrictions", "reject");
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

    private void Feature(string name, string[] arguments)
    {
        _features.Add(name);
        string first = arguments.Length > 0 ? arguments[0] : "";
        switch (name)
        {
            case "dnsbl":
                _blockLists.Add($"reject_rbl_client {(first.Length > 0 ? first : "blackholes.mail-abuse.org")}");
                break;
            case "enhdnsbl":
                // Answers that count: all, or those that are named.
                _blockLists.AddRange(arguments.Length < 4 ? [$"reject_rbl_client {first}"] : arguments.Skip(3).Select(answer => $"reject_rbl_client {first}={answer.TrimEnd('.')}"));
                break;
            case "local_procmail":
                _into.Set("mailbox_command", $"{(first.Length > 0 ? first : "/usr/bin/procmail")} -a \"$EXTENSION\"");
                break;
            case "nullclient":
                _into.Set("relayhost", first.StartsWith('[') ? first : $"[{first}]");
                _into.Set("mydestination", "");
                _into.Set("local_transport", "error:local delivery is disabled");
                _into.Set("inet_interfaces", "loopback-only");
                break;
            case "relay_entire_domain":
                _into.Add("relay_domains", "$mydomain");
                break;
            case "stickyhost" or "use_cw_file" or "use_ct_file" or "access_db" or "virtusertable" or "mailertable" or "domaintable" or "genericstable" or "genericsdomain"
                or "masquerade_envelope" or "masquerade_entire_domain" or "allmasquerade" or "limited_masquerade" or "always_add_domain" or "delay_checks" or "blacklist_recipients"
                or "blocklist_recipients" or "accept_unresolvable_domains" or "accept_unqualified_senders" or "no_default_msa" or "nouucp" or "nocanonify" or "generics_entire_domain" or "virtuser_entire_domain"
                or "authinfo" or "tls_session_features":
                break;
            default:
                Unclear($"FEATURE({string.Join(", ", [name, .. arguments])})");
                break;
        }
    }

    // Port=smtp, Addr=127.0.0.1, Name=MTA, M=Ea
    private void Daemon(string options)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (string option in options.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = option.IndexOf('=');
            values[equals < 0 ? option : option[..equals].Trim()] = equals < 0 ? "" : option[(equals + 1)..].Trim();
        }

        string port = values.GetValueOrDefault("Port", "smtp");
        string address = values.GetValueOrDefault("Addr", values.GetValueOrDefault("Address", ""));
        if (port is "smtp" or "25" && !values.Keys.Except(["Port", "Addr", "Address", "Name", "Family"], StringComparer.OrdinalIgnoreCase).Any())
        {
            if (address is "127.0.0.1" or "::1")
            {
                _into.Set("inet_interfaces", "loopback-only");
            }
            else if (address.Length > 0)
            {
                _into.Add("inet_interfaces", address);
            }
        }
        else
        {
            // Services on other ports are lines of master.cf.
            Unclear($"DAEMON_OPTIONS({options})");
        }
    }

    private void Filter(string name)
    {
        (int line, string text) = _filters.GetValueOrDefault(name, (_line, ""));
        string socket = text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(static part => part.StartsWith("S=", StringComparison.Ordinal)) ?? "";
        string[] parts = socket.Length > 2 ? socket[2..].Split(':', 2) : [];
        string? milter = parts switch
        {
            ["local" or "unix", var path] => $"unix:{path}",
            ["inet" or "inet6", var place] when place.Split('@') is [var port, var host] => $"inet:{host}:{port}",
            _ => null,
        };
        if (milter is null)
        {
            _into.Unclear(_file, line, $"INPUT_MAIL_FILTER({name}, {text})");
            return;
        }

        string flags = text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(static part => part.StartsWith("F=", StringComparison.Ordinal)) ?? "";
        _into.Add("smtpd_milters", milter);
        _into.Set("milter_default_action", flags.Contains('R') ? "reject" : flags.Contains('T') ? "tempfail" : "accept");
    }

    private bool Uses(string feature) => !_hasMacros || _features.Contains(feature);

    private IEnumerable<(int Line, string Key, string Value)> Lines(string name)
    {
        // /etc/mail/name, "-o /etc/mail/name": what counts is the name.
        string file = name.Split(' ')[^1];
        file = file.StartsWith(_directory + "/", StringComparison.Ordinal) || file.StartsWith("/etc/mail/", StringComparison.Ordinal) ? file[(file.LastIndexOf('/') + 1)..] : file;
        return _read(file) is { } text ? Conversion.RowsOf(text) : [];
    }

    private void Tables()
    {
        var access = new SendmailAccess(_into, "access", _features.Contains("blacklist_recipients") || _features.Contains("blocklist_recipients"));
        if (Uses("access_db") && _read("access") is { } rules)
        {
            access.Convert(rules);
        }

        if (Uses("use_cw_file"))
        {
            foreach ((_, string name, _) in Lines("local-host-names"))
            {
                _into.Add("mydestination", name);
            }
        }

        RelayFile("relay-domains");
        if (Uses("virtusertable"))
        {
            VirtualUsers();
        }

        if (Uses("mailertable"))
        {
            Mailers();
        }

        if (Uses("domaintable"))
        {
            foreach ((_, string old, string name) in Lines("domaintable"))
            {
                _into.Row("canonical", $"@{old}", $"@{name}");
                _into.Set("canonical_maps", Conversion.TableName("canonical"));
                // Recipients in the old domain are accepted, and then are in the new one.
                _into.Add("mydestination", old);
            }
        }

        if (Uses("genericstable"))
        {
            foreach ((_, string key, string value) in Lines("genericstable"))
            {
                _into.Row("generics", key, value);
            }

            if (_into.Tables.ContainsKey("generics"))
            {
                _into.Add("sender_canonical_maps", Conversion.TableName("generics"));
            }
        }

        string aliases = _aliasFile.Length > 0 ? _aliasFile[(_aliasFile.LastIndexOf('/') + 1)..] : "aliases";
        if (_read(aliases) is { } list)
        {
            _into.Tables["aliases"] = [.. list.TrimEnd('\n').Split('\n')];
            _into.Set("alias_maps", Conversion.TableName("aliases"));
            _into.Set("alias_database", Conversion.TableName("aliases"));
        }
        else if (_aliasFile.Length > 0)
        {
            _into.Set("alias_maps", $"hash:{_aliasFile}");
            _into.Set("alias_database", $"hash:{_aliasFile}");
        }
    }

    private void RelayFile(string name)
    {
        foreach ((_, string key, _) in Lines(name))
        {
            Relay(key);
        }
    }

    // Mail to it, and mail from it.
    private void Relay(string name)
    {
        new SendmailAccess(_into, _file, false).Client(name);
        if (Conversion.Network(name) is null)
        {
            _into.Add("relay_domains", name);
        }
    }

    private void VirtualUsers()
    {
        foreach ((int line, string key, string value) in Lines("virtusertable"))
        {
            if (value.StartsWith("error:", StringComparison.OrdinalIgnoreCase))
            {
                if (SendmailAccess.Action(value) is { } action)
                {
                    // Before the table of aliases is asked: a recipient that is refused.
                    _into.Row("access_recipient", key.TrimStart('@'), action);
                }
                else
                {
                    _into.Unclear("virtusertable", line, $"{key} {value}");
                }
            }
            else if (key.StartsWith('@') && value.StartsWith("%1@", StringComparison.Ordinal) && !value[3..].Contains('%'))
            {
                _into.Row("virtual", key, value[2..]);
            }
            else if (value.Contains('%') || value.Length == 0 || key.Contains('+'))
            {
                _into.Unclear("virtusertable", line, $"{key} {value}");
            }
            else
            {
                _into.Row("virtual", key, value);
            }
        }

        // Whoever is named is not among the others of a refused domain.
        foreach (string name in Lines("virtusertable").Select(static row => row.Key).Where(static key => key.IndexOf('@') > 0))
        {
            if (_into.HasRow("access_recipient", name[(name.IndexOf('@') + 1)..]))
            {
                _into.Row("access_recipient", name, "DUNNO");
            }
        }

        if (_into.Tables.ContainsKey("virtual"))
        {
            _into.Set("virtual_alias_maps", Conversion.TableName("virtual"));
        }
    }

    private void Mailers()
    {
        foreach ((int line, string key, string value) in Lines("mailertable"))
        {
            string[] parts = value.Split(':', 2);
            string? transport = parts switch
            {
                ["smtp" or "esmtp" or "smtp8" or "dsmtp", var host] => $"smtp:{host.Replace(":", ", ", StringComparison.Ordinal)}",
                ["relay", var host] => $"relay:{host.Replace(":", ", ", StringComparison.Ordinal)}",
                ["local", ""] => "local:",
                ["error", var text] => ErrorText(text),
                ["discard", _] => "discard:",
                _ => null,
            };
            if (transport is null)
            {
                _into.Unclear("mailertable", line, $"{key} {value}");
                continue;
            }

            _into.Row("transport", key == "." ? "*" : key, transport);
            _into.Set("transport_maps", Conversion.TableName("transport"));
        }
    }

    // nohost No such host; 5.1.2:550 text: the transport "error" takes an enhanced status and a text.
    private static string ErrorText(string text)
    {
        int colon = text.IndexOf(':');
        string status = colon > 0 && text[..colon].Count(static letter => letter == '.') == 2 ? text[..colon] : "5.1.2";
        string rest = status != "5.1.2" || text.StartsWith("5.1.2:", StringComparison.Ordinal) ? text[(colon + 1)..] : text.Replace("nohost", "", StringComparison.Ordinal);
        rest = rest.Trim().Trim('"');
        return $"error:{status} {(rest.Length > 3 && rest.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 ? rest[3..].Trim() : rest)}".TrimEnd();
    }

    // Sender addresses in headers; those of the envelope, and recipients', where a feature says so.
    private void Masquerade()
    {
        bool hasMasquerade = _masquerade.Length > 0;
        if (hasMasquerade)
        {
            List<string> rows = [.. _exposed.Select(static user => $"{{{user}@$myhostname = {user}@$myhostname}}"), .. _excepted.Select(static domain => $"{{@{domain} = @{domain}}}")];
            List<string> names = _features.Contains("limited_masquerade") ? [] : ["$myhostname", "localhost.$mydomain", "localhost"];
            foreach (string domain in names.Concat(_masqueraded))
            {
                rows.Add($"{{@{domain} = @{_masquerade}}}");
            }

            _into.Add("sender_canonical_maps", $"inline:{{ {string.Join(", ", rows)} }}");
            if (_features.Contains("masquerade_entire_domain"))
            {
                _into.Set("masquerade_domains", string.Join(", ", _masqueraded));
                _into.Set("masquerade_classes", _features.Contains("masquerade_envelope") ? "envelope_sender, header_sender" : "header_sender");
            }
        }

        if (_into.Has("sender_canonical_maps"))
        {
            _into.Set("sender_canonical_classes", _features.Contains("masquerade_envelope") ? "envelope_sender, header_sender" : "header_sender");
            if (_features.Contains("allmasquerade") && hasMasquerade)
            {
                _into.Set("recipient_canonical_maps", $"inline:{{ @$myhostname = @{_masquerade} }}");
                _into.Set("recipient_canonical_classes", "header_recipient");
            }
        }
    }

    private void Restrictions()
    {
        if (_into.Tables.ContainsKey("access_client"))
        {
            _into.Add("smtpd_client_restrictions", $"check_client_access {Conversion.TableName("access_client")}");
        }

        if (_blockLists.Count > 0)
        {
            _into.Add("smtpd_client_restrictions", ["permit_mynetworks", .. _trustsLogins ? (string[])["permit_sasl_authenticated"] : [], .. _blockLists]);
        }

        if (_into.Tables.ContainsKey("access_sender"))
        {
            _into.Add("smtpd_sender_restrictions", $"check_sender_access {Conversion.TableName("access_sender")}");
        }

        string[] senders =
        [
            .. _features.Contains("accept_unqualified_senders") ? (string[])[] : ["reject_non_fqdn_sender"],
            .. _features.Contains("accept_unresolvable_domains") ? (string[])[] : ["reject_unknown_sender_domain"],
        ];
        if (senders.Length > 0)
        {
            _into.Add("smtpd_sender_restrictions", ["permit_mynetworks", .. senders]);
        }

        _into.Add("smtpd_relay_restrictions", "permit_mynetworks");
        if (_trustsLogins)
        {
            _into.Add("smtpd_relay_restrictions", "permit_sasl_authenticated");
        }

        if (_into.Tables.ContainsKey("access_relay"))
        {
            _into.Add("smtpd_relay_restrictions", $"check_client_access {Conversion.TableName("access_relay")}");
        }

        _into.Add("smtpd_relay_restrictions", "reject_unauth_destination");
        if (_into.Tables.ContainsKey("access_recipient"))
        {
            _into.Add("smtpd_recipient_restrictions", $"check_recipient_access {Conversion.TableName("access_recipient")}");
        }

        if (_smartHostPort.Length > 0 && _into.Has("relayhost"))
        {
            _into.AppendTo("relayhost", $":{_smartHostPort}");
        }

        // sendmail offers and uses STARTTLS where it can.
        _into.Set("smtp_tls_security_level", "may");
    }

    // 5d, 4h; a lone number is in days for the one, in hours for the other: those are asked about.
    private static string? Time(string value) =>
        value.Length > 1 && char.IsAsciiDigit(value[0]) && value[^1] is 's' or 'm' or 'h' or 'd' or 'w' && value[..^1].All(char.IsAsciiDigit) ? value : null;

    private static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}

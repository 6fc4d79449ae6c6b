namespace Mta.Postfix.Import;

/// <summary>
/// sendmail's configuration directory as main.cf and tables: sendmail.mc, and the tables that its features read.
/// Written from sendmail's own description of its configuration (cf/README), feature by feature.
/// </summary>
internal sealed class SendmailImport
{
    /// <summary>Where the macros stand.</summary>
    public const string File = "sendmail.mc";

    private static readonly string[] IgnoredMacros = ["divert", "include", "VERSIONID", "OSTYPE", "DOMAIN", "undefine", "MODIFY_MAILER_FLAGS"];

    private readonly Conversion _into = new();
    private readonly HashSet<string> _features = new(StringComparer.Ordinal);
    private readonly List<string> _blockLists = [];
    private readonly SendmailFiles _files;
    private readonly SendmailFilters _filters;
    private readonly SendmailDefinitions _definitions;
    private readonly SendmailMasquerade _masquerade;
    private readonly SendmailTables _tables;
    private bool _trustsLogins;
    private int _line;

    private SendmailImport(SendmailFiles files)
    {
        _files = files;
        _filters = new SendmailFilters(_into);
        _definitions = new SendmailDefinitions(_into, _filters);
        _masquerade = new SendmailMasquerade(_into);
        _tables = new SendmailTables(_into, files);
    }

    /// <param name="read">The text of a file of the directory, null when it is not there.</param>
    public static Conversion Convert(string directory, Func<string, string?> read)
    {
        var import = new SendmailImport(new SendmailFiles(directory, read));
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
        bool hasMacros = false;
        if (_files.Read(File) is { } macros)
        {
            hasMacros = true;
            foreach (MacroCall call in MacroReader.Read(macros))
            {
                _line = call.Line;
                Macro(call);
            }
        }

        _tables.Convert(
            feature => !hasMacros || _features.Contains(feature),
            refusesRecipients: _features.Contains("blacklist_recipients") || _features.Contains("blocklist_recipients"),
            _definitions.AliasFile);
        _masquerade.Convert(_features);
        Restrictions();
    }

    private void Unclear(string what) => _into.Unclear(File, _line, what);

    private void Macro(MacroCall call)
    {
        string first = call.Arguments.Count > 0 ? call.Arguments[0] : "";
        switch (call.Name)
        {
            case "define":
                _definitions.Define(call.Line, first, call.Arguments.Count > 1 ? call.Arguments[1] : "");
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
                _masquerade.As = first;
                break;
            case "MASQUERADE_DOMAIN":
                _masquerade.Domains.AddRange(SendmailFiles.Words(first));
                break;
            case "MASQUERADE_EXCEPTION":
                _masquerade.Excepted.AddRange(SendmailFiles.Words(first));
                break;
            case "EXPOSED_USER":
                _masquerade.Exposed.AddRange(SendmailFiles.Words(first));
                break;
            case "LOCAL_DOMAIN":
                _into.Add("mydestination", SendmailFiles.Words(first));
                break;
            case "RELAY_DOMAIN":
                foreach (string name in SendmailFiles.Words(first))
                {
                    _tables.Relay(name);
                }

                break;
            case "RELAY_DOMAIN_FILE":
                _tables.RelayFile(first);
                break;
            case "VIRTUSER_DOMAIN":
                _into.Add("virtual_alias_domains", SendmailFiles.Words(first));
                break;
            case "VIRTUSER_DOMAIN_FILE":
                foreach ((_, string name, _) in _files.Lines(first))
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
                _filters.Declare(call.Line, first, call.Arguments.Count > 1 ? call.Arguments[1] : "");
                if (call.Name == "INPUT_MAIL_FILTER")
                {
                    _filters.Use(call.Line, first);
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

        if (_definitions.SmartHostPort.Length > 0 && _into.Has("relayhost"))
        {
            _into.AppendTo("relayhost", $":{_definitions.SmartHostPort}");
        }

        // sendmail offers and uses STARTTLS where it can.
        _into.Set("smtp_tls_security_level", "may");
    }
}

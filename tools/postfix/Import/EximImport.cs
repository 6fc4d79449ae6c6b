namespace Mta.Postfix.Import;

/// <summary>
/// A simple Exim configuration as main.cf and tables: lists of domains and hosts, the access list of its example, routers
/// for a smart host, aliases and virtual domains, transports to mailboxes. Written from Exim's specification.
/// </summary>
internal sealed class EximImport
{
    private static readonly string[] Ignored =
    [
        "acl_smtp_rcpt", "acl_smtp_data", "acl_smtp_mail", "acl_smtp_helo", "acl_smtp_connect", "never_users", "host_lookup", "rfc1413_hosts", "rfc1413_query_timeout", "ignore_bounce_errors_after", "timeout_frozen_after", "prdr_enable",
        "log_selector", "log_file_path", "spool_directory", "exim_user", "exim_group", "tls_advertise_hosts", "smtp_accept_queue_per_connection", "keep_environment", "add_environment", "dns_dnssec_ok", "split_spool_directory",
        "smtp_accept_max", "smtp_accept_reserve", "qualify_recipient", "trusted_users", "trusted_groups", "daemon_smtp_ports", "gecos_pattern", "gecos_name", "local_from_check", "local_sender_retain", "untrusted_set_sender", "smtp_banner",
        "exim_path", "check_spool_space", "check_log_space", "auto_thaw", "syslog_timestamp", "freeze_tell", "bounce_return_body", "chunking_advertise_hosts", "dsn_advertise_hosts", "pipelining_advertise_hosts", "smtputf8_advertise_hosts",
    ];

    private readonly Conversion _into = new();
    private readonly string _file;
    private readonly EximFile _source;
    private readonly EximLists _lists;
    private readonly EximRouters _routers;
    private bool _trustsLogins;

    private EximImport(string file, EximFile source, Func<string, string?> read)
    {
        _file = file;
        _source = source;
        _lists = new EximLists(_into, file, read);
        _routers = new EximRouters(_into, file, _lists, read);
    }

    /// <param name="read">The text of a file that the configuration names, null when it is not there.</param>
    public static Conversion Convert(string file, string text, Func<string, string?> read)
    {
        var import = new EximImport(file, EximFile.Parse(text), read);
        import.Run();
        return import._into;
    }

    private void Unclear(int line, string what) => _into.Unclear(_file, line, what);

    private void Run()
    {
        foreach ((int line, string text) in _source.Unread)
        {
            Unclear(line, text);
        }

        foreach (EximOption option in _source.Main)
        {
            Main(option);
        }

        _into.Add("mydestination", [.. _lists.Named("local_domains")]);
        _into.Add("relay_domains", [.. _lists.Named("relay_to_domains")]);
        _into.Add("mynetworks", "127.0.0.0/8", "[::1]/128");
        _into.Add("mynetworks", [.. _lists.Named("relay_from_hosts").Where(static host => host is not ("127.0.0.1" or "::1" or "localhost")).Select(static host => host.Contains(':') && !host.StartsWith('[') ? $"[{host.Split('/')[0]}]{(host.Contains('/') ? host[host.IndexOf('/')..] : "")}" : host)]);
        if (!_into.Has("message_size_limit"))
        {
            // Exim's own default.
            _into.Set("message_size_limit", (50L << 20).ToString());
        }

        _into.Set("mailbox_size_limit", "0");
        foreach (EximBlock block in Section("acl"))
        {
            Statement(block);
        }

        foreach (EximBlock router in Section("routers"))
        {
            _routers.Convert(router);
        }

        // A transport that no router names is one that a distribution offers.
        HashSet<string> used = [.. Section("routers").SelectMany(static router => router.Options).Where(static option => option.Name.EndsWith("transport", StringComparison.Ordinal)).Select(static option => option.Value)];
        foreach (EximBlock transport in Section("transports").Where(one => used.Count == 0 || used.Contains(one.Name) || used.Any(static name => name.Contains('$'))))
        {
            Transport(transport);
        }

        foreach (EximBlock login in Section("authenticators"))
        {
            Login(login);
        }

        foreach ((int line, string section, string text) in _source.Rows)
        {
            Row(line, section, text);
        }

        _into.Add("smtpd_relay_restrictions", ["permit_mynetworks", .. _trustsLogins ? (string[])["permit_sasl_authenticated"] : [], "reject_unauth_destination"]);
        _into.Set("smtp_tls_security_level", _into.Has("smtp_tls_security_level") ? "encrypt" : "may");
    }

    private List<EximBlock> Section(string name) => _source.Sections.GetValueOrDefault(name) ?? [];

    private void Main(EximOption option)
    {
        string[] words = option.Name.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is ["domainlist" or "hostlist" or "addresslist", var name])
        {
            _lists.Define(name, option);
            return;
        }

        switch (option.Name)
        {
            case "primary_hostname":
                _into.Set("myhostname", option.Value);
                break;
            case "qualify_domain":
                _into.Set("myorigin", option.Value);
                break;
            case "message_size_limit" when Size(option.Value) is { } size:
                _into.Set("message_size_limit", size);
                break;
            case "tls_certificate" when !option.Value.Contains('$'):
                _into.Set("smtpd_tls_cert_file", option.Value);
                _into.Set("smtpd_tls_security_level", "may");
                break;
            case "tls_privatekey" when !option.Value.Contains('$'):
                _into.Set("smtpd_tls_key_file", option.Value);
                break;
            case "tls_verify_certificates" when !option.Value.Contains('$'):
                _into.Set("smtpd_tls_CAfile", option.Value);
                break;
            case "recipients_max":
                _into.Set("smtpd_recipient_limit", option.Value);
                break;
            case "local_interfaces":
                foreach (string address in EximFile.List(option.Value))
                {
                    _into.Add("inet_interfaces", Interface(address));
                }

                break;
            case "received_headers_max":
                _into.Set("hopcount_limit", option.Value);
                break;
            default:
                if (!Ignored.Contains(option.Name))
                {
                    Unclear(option.Line, $"{option.Name} = {option.Value}");
                }

                break;
        }
    }

    // 192.0.2.1, 192.0.2.1:25, 2001:db8::1, [2001:db8::1]:25: the address.
    private static string Interface(string address) =>
        address.StartsWith('[') ? $"{address.Split(']')[0]}]" : address.AsSpan().Count(':') > 1 ? $"[{address}]" : address.Split(':')[0];

    // The statements of Exim's example, and the usual additions.
    private void Statement(EximBlock block)
    {
        List<EximOption> conditions = [.. block.Options.Where(static option => option.Name is not ("message" or "log_message" or "logwrite" or "delay" or "endpass")
            && !(option.Name == "control" && (option.Value == "dkim_disable_verify" || option.Value.StartsWith("submission", StringComparison.Ordinal))))];
        string shape = $"{block.Name} {string.Join(' ', conditions.Select(static option => option.Name))}".Trim();
        string first = conditions.Count > 0 ? conditions[0].Value : "";
        switch (shape)
        {
            case "deny dnslists" or "drop dnslists" or "warn dnslists":
                foreach (string list in EximFile.List(first))
                {
                    if (list.AsSpan().IndexOfAny("/!&$") >= 0)
                    {
                        Unclear(conditions[0].Line, $"dnslists = {list}");
                        continue;
                    }

                    _into.Add("smtpd_client_restrictions", "permit_mynetworks");
                    _into.Add("smtpd_client_restrictions", $"{(block.Name == "warn" ? "warn_if_reject " : "")}reject_rbl_client {list}");
                }

                break;
            case "require verify" when first == "sender":
                _into.Add("smtpd_sender_restrictions", "permit_mynetworks", "reject_unknown_sender_domain");
                break;
            case "accept authenticated" or "accept authenticated control":
                _trustsLogins = true;
                break;
            case "deny sender_domains" or "deny senders":
                foreach (string sender in _lists.Of(conditions[0]))
                {
                    _into.Row("access_sender", sender, "REJECT");
                    _into.Add("smtpd_sender_restrictions", $"check_sender_access {Conversion.TableName("access_sender")}");
                }

                break;
            case "deny hosts" when !first.TrimStart().StartsWith('!'):
                foreach (string host in _lists.Of(conditions[0]))
                {
                    _into.Row("access_client.cidr", host, "REJECT");
                    _into.Add("smtpd_client_restrictions", "check_client_access cidr:$config_directory/access_client.cidr");
                }

                break;
            // What smtpd does without being told: relaying for mynetworks, characters of local parts, unknown recipients.
            case "accept hosts" or "accept hosts control" or "accept" or "deny local_parts domains" or "deny domains local_parts" or "accept local_parts domains" or "require domains" or "accept domains":
            case "require verify" when first is "recipient" or "header_syntax":
            case "accept domains verify":
                break;
            default:
                Unclear(block.Line, string.Join(' ', [block.Name, .. conditions.Select(static option => $"{option.Name} = {option.Value}")]));
                break;
        }
    }

    private void Transport(EximBlock transport)
    {
        switch (transport.Get("driver"))
        {
            case "smtp":
                if (transport.Get("hosts_require_tls") == "*")
                {
                    _into.Set("smtp_tls_security_level", "encrypt");
                }

                break;
            case "appendfile":
                string place = transport.Get("directory") ?? transport.Get("file") ?? "";
                bool isMaildir = transport.Get("maildir_format") is not (null or "false");
                string trimmed = place.TrimEnd('/').Replace("${", "$", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace("$local_part_data", "$local_part", StringComparison.Ordinal);
                if (trimmed.EndsWith("/$local_part", StringComparison.Ordinal) && trimmed.AsSpan().Count('$') == 1)
                {
                    _into.Set("mail_spool_directory", trimmed[..^"/$local_part".Length] + (isMaildir ? "/" : ""));
                }
                else if (trimmed.StartsWith("$home/", StringComparison.Ordinal) && trimmed.AsSpan().Count('$') == 1)
                {
                    _into.Set("home_mailbox", trimmed["$home/".Length..] + (isMaildir ? "/" : ""));
                }
                else if (place.Length > 0)
                {
                    Unclear(transport.Line, $"transport {transport.Name}: {place}");
                }

                break;
            case "lmtp" when transport.Get("socket") is { } socket:
                _into.Set("mailbox_transport", $"lmtp:unix:{socket}");
                break;
            case "pipe" or "autoreply" when transport.Name.StartsWith("address_", StringComparison.Ordinal):
                break;
            default:
                Unclear(transport.Line, $"transport {transport.Name}: driver = {transport.Get("driver")}");
                break;
        }
    }

    private void Login(EximBlock login)
    {
        if (login.Get("driver") == "dovecot" && login.Get("server_socket") is { } socket)
        {
            _into.Set("smtpd_sasl_auth_enable", "yes");
            _into.Set("smtpd_sasl_type", "dovecot");
            _into.Set("smtpd_sasl_path", socket);
        }
        else if (login.Get("client_send") is { } send && _routers.RelayHost.Length > 0 && Secret(send) is { } secret)
        {
            _into.Row("sasl_passwd", _routers.RelayHost.Split(',')[0], secret);
            _into.Set("smtp_sasl_auth_enable", "yes");
            _into.Set("smtp_sasl_security_options", "noanonymous");
            _into.Set("smtp_sasl_password_maps", Conversion.TableName("sasl_passwd"));
        }
        else
        {
            Unclear(login.Line, $"authenticator {login.Name}");
        }
    }

    // PLAIN: ^user^password; LOGIN: an empty word, user, password.
    private static string? Secret(string send)
    {
        string[] parts = send.StartsWith('^') ? send[1..].Split('^') : [.. EximFile.List(send)];
        return parts is [var user, var password] && !send.Contains('$') ? $"{user}:{password}" : null;
    }

    // The last rule of the last line says how long it is tried: F,4d,6h.
    private void Row(int line, string section, string text)
    {
        string last = text.Split(';')[^1].Trim();
        if (section == "retry" && text.StartsWith('*') && last.Split(' ', '\t')[^1].Split(',') is ["F" or "G", var time, ..])
        {
            _into.Set("maximal_queue_lifetime", time);
        }
        else
        {
            Unclear(line, $"{section}: {text}");
        }
    }

    private static string? Size(string value)
    {
        long unit = value.Length > 0 ? char.ToUpperInvariant(value[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 } : 1;
        return long.TryParse(unit == 1 ? value : value[..^1], out long number) && number >= 0 && number < long.MaxValue / unit ? (number * unit).ToString() : null;
    }
}

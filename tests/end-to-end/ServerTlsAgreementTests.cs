using System.Text;
using System.Text.RegularExpressions;
using Mta.Tls.Tests;

namespace Mta.EndToEnd;

/// <summary>
/// Every parameter of the server's TLS with success and error, at our server and at Debian's: a service for each case, a
/// session of openssl's client, and then what the client saw, what the service logged, and what the message tells of TLS
/// are the same.
/// </summary>
public sealed partial class ServerTlsAgreementTests : IDisposable
{
    private const string Mail = "EHLO a.test\nMAIL FROM:<a@b.test>\nRCPT TO:<nobody@example.test>\n";
    private const string Relay = "EHLO a.test\nMAIL FROM:<a@b.test>\nRCPT TO:<x@far.test>\n";
    private const string Rsa12 = "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256";
    private const string Ec12 = "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256";
    private readonly Certificates _certificates = new();

    public ServerTlsAgreementTests() =>
        Shell.Bash($"""
            cd {_certificates.Directory} && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.csr -subj /CN=mx.example.test && openssl x509 -req -in ec.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ec.crt -days 10 && cat ec.key ec.crt > ec.pem &&
            openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out late.crt -days -1 && cat client.key late.crt > late.pem &&
            echo nothing > garbage.pem && cat server.crt > keyless.pem && cat other.key server.crt > mismatch.pem && chmod -R a+rX . && chmod a+r *
            """).MustSucceed();

    public static IReadOnlyList<TlsCase> Cases =>
    [
        // Levels.
        new("level-none", "", "", "smtpd_tls_security_level="),
        new("level-may", "", Mail),
        new("level-encrypt", "", Mail, "smtpd_tls_security_level=encrypt"),
        new("level-of-clients", "", Mail, "smtpd_tls_security_level=secure"),
        new("level-use", "", Mail, "smtpd_tls_security_level=", "smtpd_use_tls=yes"),
        new("level-enforce", "", Mail, "smtpd_tls_security_level=", "smtpd_enforce_tls=yes"),
        new("wrapper", "", Mail, "smtpd_tls_wrappermode=yes") { IsWrapped = true },
        new("wrapper-by-itself", "", Mail, "smtpd_tls_security_level=", "smtpd_tls_wrappermode=yes") { IsWrapped = true },
        new("keyword-hidden", "", "", "smtpd_discard_ehlo_keywords=starttls"),

        // Keys.
        new("keys-none", "", "", "smtpd_tls_chain_files="),
        new("keys-rsa", Rsa12, Mail, "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.crt", "smtpd_tls_key_file=@/server.key"),
        new("keys-rsa-alone", Ec12, "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.pem"),
        new("keys-both-ec", Ec12, Mail, "smtpd_tls_chain_files=@/server.pem, @/ec.pem"),
        new("keys-both-rsa", Rsa12, Mail, "smtpd_tls_chain_files=@/server.pem, @/ec.pem"),
        new("keys-pairs-ec", Ec12, Mail, "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.pem", "smtpd_tls_eccert_file=@/ec.crt", "smtpd_tls_eckey_file=@/ec.key"),
        new("keys-no-certificate", "", "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/nowhere.pem"),
        new("keys-no-key", "", "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.crt", "smtpd_tls_key_file=@/nowhere.pem"),
        new("keys-no-match", "", "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.crt", "smtpd_tls_key_file=@/other.key"),
        new("keys-ec-no-certificate", "", "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.pem", "smtpd_tls_eccert_file=@/nowhere.pem"),
        new("keys-dsa-no-certificate", "", "", "smtpd_tls_chain_files=", "smtpd_tls_cert_file=@/server.pem", "smtpd_tls_dcert_file=@/nowhere.pem"),
        new("chain-missing", "", "", "smtpd_tls_chain_files=@/nowhere.pem"),
        new("chain-garbage", "", "", "smtpd_tls_chain_files=@/garbage.pem"),
        new("chain-keyless", "", "", "smtpd_tls_chain_files=@/keyless.pem"),
        new("chain-mismatch", "", "", "smtpd_tls_chain_files=@/mismatch.pem"),
        new("authorities-missing", "", "", "smtpd_tls_CAfile=@/nowhere.pem"),
        new("authorities-path-missing", "", "EHLO x\n", "smtpd_tls_CApath=@/nowhere"),
        new("anonymous", "-tls1_2 -cipher ADH-AES256-GCM-SHA384:@SECLEVEL=0", Mail, "smtpd_tls_chain_files=", "smtpd_tls_cert_file=none"),

        // Clients' certificates.
        new("ask-none", "", Relay, "smtpd_tls_ask_ccert=yes"),
        new("ask-trusted", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes"),
        new("ask-self-signed", "-cert @/self.pem", Relay, "smtpd_tls_ask_ccert=yes"),
        new("ask-expired", "-cert @/late.pem", Relay, "smtpd_tls_ask_ccert=yes"),
        new("ask-depth-0", "-cert @/client.pem", "EHLO x\n", "smtpd_tls_ask_ccert=yes", "smtpd_tls_ccert_verifydepth=0"),
        new("require-under-may", "-cert @/client.pem", "EHLO x\n", "smtpd_tls_req_ccert=yes"),
        new("require-none", "", "NOOP\n", "smtpd_tls_security_level=encrypt", "smtpd_tls_req_ccert=yes"),
        new("require-trusted", "-cert @/client.pem", Mail, "smtpd_tls_security_level=encrypt", "smtpd_tls_req_ccert=yes"),
        new("require-self-signed", "-cert @/self.pem", "NOOP\n", "smtpd_tls_security_level=encrypt", "smtpd_tls_req_ccert=yes"),
        new("require-expired", "-cert @/late.pem", "NOOP\n", "smtpd_tls_security_level=encrypt", "smtpd_tls_req_ccert=yes"),
        new("permit-known", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes", "relay_clientcerts=inline:{{ {{ @client.crt = known }} }}", "smtpd_relay_restrictions=permit_tls_clientcerts,reject"),
        new("permit-unknown", "-cert @/other.pem", Relay, "smtpd_tls_ask_ccert=yes", "relay_clientcerts=inline:{{ {{ @client.crt = known }} }}", "smtpd_relay_restrictions=permit_tls_clientcerts,reject"),
        new("permit-key", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes", "relay_clientcerts=inline:{{ {{ @client.key = known }} }}", "smtpd_relay_restrictions=permit_tls_clientcerts,reject"),
        new("permit-failing-table", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes", "relay_clientcerts=fail:x", "smtpd_relay_restrictions=permit_tls_clientcerts,reject"),
        new("permit-all", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes", "smtpd_relay_restrictions=permit_tls_all_clientcerts,reject"),
        new("permit-all-self-signed", "-cert @/self.pem", Relay, "smtpd_tls_ask_ccert=yes", "smtpd_relay_restrictions=permit_tls_all_clientcerts,reject"),
        new("access-reject", "-cert @/other.pem", Relay, "smtpd_tls_ask_ccert=yes", "smtpd_client_restrictions=check_ccert_access inline:{{ {{ @other.crt = REJECT not you }} }}"),
        new("access-other", "-cert @/client.pem", Relay, "smtpd_tls_ask_ccert=yes", "smtpd_client_restrictions=check_ccert_access inline:{{ {{ @other.crt = REJECT not you }} }}"),
        new("digest-unknown", "", "", "smtpd_tls_fingerprint_digest=nonsense"),

        // Names.
        new("sni-unknown-name", "-servername stranger.test", "EHLO x\n", "tls_server_sni_maps=inline:{{ {{ other.example.test = @/other.pem }} }}"),
        new("sni-bad-entry", "-servername other.example.test", "EHLO x\n", "tls_server_sni_maps=inline:{{ {{ other.example.test = @/garbage.pem }} }}"),
        new("sni-entry", "-servername other.example.test", Mail, "tls_server_sni_maps=inline:{{ {{ other.example.test = @/other.pem }} }}"),
        new("sni-parent", "-servername deep.other.example.test", "EHLO x\n", "tls_server_sni_maps=inline:{{ {{ .other.example.test = @/other.pem }} }}"),
        new("sni-failing-table", "-servername other.example.test", "EHLO x\n", "tls_server_sni_maps=fail:x"),

        // Protocols, ciphers, exchange.
        new("protocols-new", "-tls1_2", "", "smtpd_tls_protocols=>=TLSv1.3"),
        new("protocols-new-used", "-tls1_3", Mail, "smtpd_tls_protocols=>=TLSv1.3"),
        new("protocols-old", "-tls1_3", "", "smtpd_tls_protocols=<=TLSv1.2"),
        new("protocols-excluded", "-tls1_3", "", "smtpd_tls_protocols=!TLSv1.3"),
        new("protocols-named", "", "EHLO x\n", "smtpd_tls_protocols=TLSv1.2"),
        new("protocols-bad", "", "", "smtpd_tls_protocols=TLSv9"),
        new("protocols-mandatory", "-tls1_2", "", "smtpd_tls_security_level=encrypt", "smtpd_tls_mandatory_protocols=>=TLSv1.3"),
        new("protocols-mandatory-not-asked", "-tls1_2", "EHLO x\n", "smtpd_tls_mandatory_protocols=>=TLSv1.3"),
        new("ciphers-high", Rsa12, "EHLO x\n", "smtpd_tls_ciphers=high"),
        new("ciphers-null", "-tls1_2", "", "smtpd_tls_ciphers=null"),
        new("ciphers-mandatory", Rsa12, "EHLO x\n", "smtpd_tls_security_level=encrypt", "smtpd_tls_mandatory_ciphers=high"),
        new("ciphers-excluded", Rsa12, "", "smtpd_tls_exclude_ciphers=AES128"),
        new("ciphers-mandatory-excluded", Rsa12, "", "smtpd_tls_security_level=encrypt", "smtpd_tls_mandatory_exclude_ciphers=AES128"),
        new("ciphers-mandatory-not-asked", Rsa12, "EHLO x\n", "smtpd_tls_mandatory_exclude_ciphers=AES128"),
        new("order-client", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384", "EHLO x\n"),
        new("order-server", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384", "EHLO x\n", "tls_preempt_cipherlist=yes"),
        new("curve-strong", "", Mail, "smtpd_tls_eecdh_grade=strong"),
        new("curve-ultra", "-groups P-384", Mail, "smtpd_tls_eecdh_grade=ultra"),
        new("curve-none-common", "-groups P-521", "", "smtpd_tls_eecdh_grade=strong"),
        new("curve-auto", "", "EHLO x\n", "smtpd_tls_eecdh_grade=auto"),
        new("exchange-auto", "-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384", Mail, "smtpd_tls_dh1024_param_file=auto"),
        new("exchange-missing", "-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384", "", "smtpd_tls_dh1024_param_file=@/nowhere.pem"),
        new("options", "", "EHLO x\n", "tls_ssl_options=NO_TICKET"),
        new("options-bad", "", "", "tls_ssl_options=NO_SENSE"),

        // Sessions, log, Received.
        new("ids-always", "-tls1_2 -no_ticket", "EHLO x\n"),
        new("ids-not", "-tls1_2 -no_ticket", "EHLO x\n", "smtpd_tls_always_issue_session_ids=no"),
        new("tickets-off", "-tls1_2", "EHLO x\n", "smtpd_tls_session_cache_timeout=0"),
        new("tickets-old", "-tls1_2", "EHLO x\n"),
        new("log-0", "-cert @/self.pem", "EHLO x\n", "smtpd_tls_loglevel=0", "smtpd_tls_ask_ccert=yes"),
        // Full handshakes per client: the second is one too many, the third is not begun. Resumed sessions cost nothing.
        new("rate", "", "EHLO x\n", "smtpd_client_new_tls_session_rate_limit=1") { Sessions = 4 },
        new("rate-wrapper", "", "EHLO x\n", "smtpd_client_new_tls_session_rate_limit=1", "smtpd_tls_wrappermode=yes") { Sessions = 3, IsWrapped = true },
        new("rate-exempt", "", "EHLO x\n", "smtpd_client_new_tls_session_rate_limit=1", "smtpd_client_event_limit_exceptions=127.0.4.0/24") { Sessions = 3 },
        new("rate-resumed", "-tls1_2", "EHLO x\n", "smtpd_client_new_tls_session_rate_limit=1") { Sessions = 3, Resumes = true },

        new("received-off", "", Mail) { Delivers = true },
        new("received-anonymous", "", Mail, "smtpd_tls_received_header=yes") { Delivers = true },
        new("received-old", Rsa12, Mail, "smtpd_tls_received_header=yes") { Delivers = true },
        new("received-asked", "", Mail, "smtpd_tls_received_header=yes", "smtpd_tls_ask_ccert=yes") { Delivers = true },
        new("received-trusted", "-cert @/client.pem", Mail, "smtpd_tls_received_header=yes", "smtpd_tls_ask_ccert=yes") { Delivers = true },
        new("received-untrusted", "-cert @/self.pem", Mail, "smtpd_tls_received_header=yes", "smtpd_tls_ask_ccert=yes") { Delivers = true },
    ];

    // What differs on purpose, each with its line in docs/COMPATIBILITY.md.
    private static readonly HashSet<string> Different =
    [
        "keys-none", "keys-no-certificate", "keys-ec-no-certificate", "keys-dsa-no-certificate", "chain-missing", "chain-garbage", "chain-keyless", "chain-mismatch",
        "authorities-missing", "curve-strong", "curve-none-common", "options-bad", "ids-not", "tickets-off", "sni-bad-entry",
    ];

    public void Dispose() => _certificates.Dispose();

    [PeerFact(DebianPostfix.Master)]
    public async Task Our_server_and_debians_say_and_log_the_same()
    {
        (string Name, string Value)[] common =
        [
            ("mail_name", "Postfix"), ("smtpd_tls_security_level", "may"), ("smtpd_tls_chain_files", Expand("@/server.pem")), ("smtpd_tls_CAfile", Expand("@/ca.pem")),
            ("smtpd_tls_loglevel", "1"), ("smtpd_tls_fingerprint_digest", "sha256"), ("smtpd_forbid_unauth_pipelining", "no"), ("smtpd_forbid_bare_newline", "no"),
            ("local_recipient_maps", ""), ("mynetworks", "192.0.2.1/32"), ("smtpd_relay_restrictions", "permit_mynetworks, reject_unauth_destination"), ("disable_dns_lookups", "yes"),
        ];
        using var mta = new Instance();
        using var postfix = new DebianPostfix(Ports.Free());
        int[] ours = [.. Cases.Select(_ => Ports.Free())];
        int[] theirs = [.. Cases.Select(_ => Ports.Free())];
        foreach ((string name, string value) in common)
        {
            mta.Main[name] = value;
            postfix.Set(name, value);
        }

        mta.MasterCf += Services(ours);
        File.AppendAllText(Path.Combine(postfix.Etc, "master.cf"), Services(theirs));
        mta.Start();
        postfix.Start();
        string[] differences = new string[Cases.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, Cases.Count), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (number, _) =>
        {
            await Task.Yield();
            string one = Play(number, ours[number], () => mta.Log, token => mta.FindMail("nobody", token));
            string other = Play(number, theirs[number], () => postfix.Log, token => postfix.FindMail("nobody", token));
            differences[number] = one == other || Different.Contains(Cases[number].Name) ? "" : $"{Cases[number].Name}: ours\n{one}Debian's\n{other}";
        });
        Assert.True(Array.TrueForAll(differences, static text => text.Length == 0), string.Join('\n', differences.Where(static text => text.Length > 0)));
    }

    private string Services(int[] ports)
    {
        var text = new StringBuilder();
        for (int i = 0; i < ports.Length; i++)
        {
            text.Append($"127.0.0.1:{ports[i]} inet n - n - 1 smtpd\n  -o {{ syslog_name = {Cases[i].Name} }}\n");
            foreach (string setting in Cases[i].Settings)
            {
                int equals = setting.IndexOf('=', StringComparison.Ordinal);
                text.Append($"  -o {{ {setting[..equals]} = {Expand(setting[(equals + 1)..].Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal))} }}\n");
            }
        }

        return text.ToString();
    }

    // @/file, @name.crt the fingerprint of a certificate, @name.key that of its key.
    private string Expand(string text) => Reference().Replace(text, match => match.Value switch
    {
        ['@', '/', ..] => Path.Combine(_certificates.Directory, match.Value[2..]),
        ['@', .. string name] when name.EndsWith(".key", StringComparison.Ordinal) => Shell.Bash($"openssl x509 -in {_certificates.Path(name[..^4] + ".crt")} -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -c").Output.Trim().Split(' ')[^1].ToUpperInvariant(),
        _ => Shell.Bash($"openssl x509 -in {_certificates.Path(match.Value[1..])} -noout -fingerprint -sha256").Output.Trim().Split('=')[1],
    });

    private string Play(int number, int port, Func<string> log, Func<string, string?> findMail)
    {
        TlsCase one = Cases[number];
        string token = $"token-{one.Name}-";
        string commands = one.Commands + (one.Delivers ? $"DATA\nSubject: {token}\n\n.\n" : "") + "QUIT\n";
        string client = $"127.0.4.{number + 1}";
        string kept = $"{_certificates.Directory}/session-{one.Name}-{port}";
        string resumption = one.Resumes ? $"-sess_out {kept} $(test -s {kept} && echo -sess_in {kept})" : "";
        var seen = new StringBuilder();
        for (int session = 1; session <= one.Sessions; session++)
        {
            string output = Shell.Bash(
                $"printf '{commands.Replace("\n", "\\r\\n", StringComparison.Ordinal)}' | timeout 60 openssl s_client -bind {client}:0 -connect 127.0.0.1:{port} -ign_eof {(one.IsWrapped ? "" : "-starttls smtp")} {Expand(one.Options)} {resumption} 2>&1").Output;
            foreach (Match line in Shown().Matches(output).Where(static line => !line.Value.StartsWith("421 4.7.0", StringComparison.Ordinal)))
            {
                // Whether a client that goes on sending sees why it is sent away is a matter of luck.
                seen.Append("  ").Append(Queued().Replace(line.Value.TrimEnd(), "QID")).Append('\n');
            }

            seen.Append($"  session number: {SessionId().IsMatch(output)}, ticket: {output.Contains("TLS session ticket:", StringComparison.Ordinal)}\n");
            Wait.Until(() => Logged(log(), one.Name).Count(static line => line.StartsWith("disconnect from ", StringComparison.Ordinal)) >= session, $"{one.Name}: the end of the session", log);
        }

        foreach (string line in Logged(log(), one.Name))
        {
            seen.Append("  log: ").Append(line).Append('\n');
        }

        if (one.Delivers)
        {
            string mail = Wait.For(() => findMail(token), one.Name + ": the message", log);
            foreach (Match line in Field().Matches(mail))
            {
                seen.Append("  mail: ").Append(line.Value.Trim()).Append('\n');
            }
        }

        return seen.ToString();
    }

    // What a client that tries TLS all the same leaves in the log depends on when it gives up; the library's words on its version.
    private static IEnumerable<string> Logged(string log, string service)
    {
        string[] lines = [.. log.Split('\n').Where(line => line.Contains($" {service}/smtpd[", StringComparison.Ordinal))
            .Select(static line => Queued().Replace(line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..], "QID"))];
        bool hasNoTls = lines.Any(static line => line.Contains(" starttls=0/1", StringComparison.Ordinal));
        return lines.Where(line => !Fleeting().IsMatch(line)
            && !(hasNoTls && line.StartsWith("lost connection", StringComparison.Ordinal)))
            .Select(line => hasNoTls && line.StartsWith("disconnect", StringComparison.Ordinal) ? line[..line.IndexOf(" starttls", StringComparison.Ordinal)] : line);
    }

    [GeneratedRegex("@(/[a-z.-]+|[a-z]+\\.(crt|key))")]
    private static partial Regex Reference();

    [GeneratedRegex("^(\\d{3}[ -].*|New, .*|Reused, .*|subject=.*|Server Temp Key.*|Peer signature.*|No client certificate CA.*|Acceptable client.*|Didn't find STARTTLS.*)$", RegexOptions.Multiline)]
    private static partial Regex Shown();

    [GeneratedRegex("^(improper command pipelining|warning: non-SMTP command|warning: TLS library problem)")]
    private static partial Regex Fleeting();

    [GeneratedRegex("Session-ID: [0-9A-F]")]
    private static partial Regex SessionId();

    [GeneratedRegex("^\\s+\\((using|key-|client-|Client|No client).*$", RegexOptions.Multiline)]
    private static partial Regex Field();

    // Queue IDs, and the name of a service, which is its port.
    [GeneratedRegex("\\b[0-9A-F]{9,}\\b|(?<=for service )127\\.0\\.0\\.1:\\d+")]
    private static partial Regex Queued();
}

/// <summary>One case: settings of a service, options of the client, and what it says after the handshake.</summary>
public sealed record TlsCase(string Name, string Options, string Commands, params string[] Settings)
{
    public bool IsWrapped { get; init; }

    /// <summary>So many sessions, one after the other.</summary>
    public int Sessions { get; init; } = 1;

    /// <summary>The later sessions take up the first one's TLS session.</summary>
    public bool Resumes { get; init; }

    /// <summary>A message is sent, and its Received: field compared.</summary>
    public bool Delivers { get; init; }
}

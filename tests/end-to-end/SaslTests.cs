using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// AUTH dialogues with a scripted authentication service behind Debian's Postfix and behind ours: the same replies and
/// log lines, and the service is asked the same.
/// </summary>
public sealed class SaslTests
{
    private const string PostfixProgram = "/usr/sbin/postfix";

    // What is set for single services, in master.cf.
    private static readonly (string Name, string Settings)[] Services =
    [
        ("noplaintext", "-o {smtpd_sasl_security_options=noanonymous, noplaintext}"),
        ("noactive", "-o {smtpd_sasl_security_options=noactive}"),
        ("nodictionary", "-o {smtpd_sasl_security_options=noplaintext, nodictionary}"),
        ("mutual", "-o smtpd_sasl_security_options=mutual_auth"),
        ("anything", "-o smtpd_sasl_security_options= -o smtpd_sasl_mechanism_filter=static:rest"),
        ("filter", "-o {smtpd_sasl_mechanism_filter=!login, static:rest}"),
        ("hidden", "-o smtpd_sasl_exceptions_networks=127.0.0.0/8"),
        ("shown", "-o {smtpd_sasl_exceptions_networks=!127.0.0.1, 127.0.0.0/8}"),
        ("short", "-o smtpd_sasl_response_limit=12288"),
        ("service", "-o smtpd_sasl_service=other"),
        ("rate", "-o smtpd_client_auth_rate_limit=2 -o smtpd_client_event_limit_exceptions="),
        ("exempt", "-o smtpd_client_auth_rate_limit=1"),
        ("off", "-o smtpd_sasl_auth_enable=no"),
        ("no-auth-word", "-o {smtpd_discard_ehlo_keywords=auth, silent-discard}"),
        ("soft", "-o soft_bounce=yes"),
        ("helo", "-o smtpd_helo_required=yes"),
        ("only-tls", "-o smtpd_tls_auth_only=yes"),
        ("header", "-o smtpd_sasl_authenticated_header=yes"),
        ("-tls", "-o smtpd_tls_wrappermode=yes"),
        ("-tls-options", "-o smtpd_tls_wrappermode=yes -o {smtpd_sasl_tls_security_options=noanonymous, noplaintext}"),
        ("-tls-external", "-o smtpd_tls_wrappermode=yes -o smtpd_sasl_mechanism_filter=static:rest"),
        ("-tls-only", "-o smtpd_tls_wrappermode=yes -o smtpd_tls_auth_only=yes -o smtpd_client_restrictions=reject_plaintext_session"),
    ];

    // What the client says, and what the service answers to each request (ID stands for the request's number).
    private static readonly (string Name, string[] Lines, string[] Answers)[] Usual =
    [
        ("plain", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\tID\tuser=bob"]),
        ("plain, two steps", ["EHLO x", "AUTH PLAIN", "AGJvYgBzZWNyZXQ="], ["CONT\tID\t", "OK\tID\tuser=bob"]),
        ("login", ["EHLO x", "AUTH LOGIN", "Ym9i", "c2VjcmV0"], ["CONT\tID\tVXNlcm5hbWU6", "CONT\tID\tUGFzc3dvcmQ6", "OK\tID\tuser=bob\tx=y"]),
        ("lower case", ["EHLO x", "auth plain AGJvYgBzZWNyZXQ="], ["OK\tID\tuser=bob"]),
        ("failure", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["FAIL\tID\tuser=f1"]),
        ("failure with a reason", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["FAIL\tID\tuser=f2\treason=no such\x01thing"]),
        ("temporary failure", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["FAIL\tID\tuser=f3\ttemp"]),
        ("failure of nobody", ["EHLO x", "AUTH LOGIN", "Ym9i"], ["CONT\tID\tVXNlcm5hbWU6", "FAIL\tID"]),
        ("success without a user", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\tID"]),
        ("answers for others come first", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\t999999\tuser=eve\nNOTE\tx\nOK\tID\tuser=bob"]),
        ("abort", ["EHLO x", "AUTH LOGIN", "*", "NOOP"], ["CONT\tID\tVXNlcm5hbWU6"]),
        ("unknown mechanism", ["EHLO x", "AUTH FOO"], []),
        ("forbidden mechanism", ["EHLO x", "AUTH ANONYMOUS ="], []),
        ("private mechanism", ["EHLO x", "AUTH SECRET ="], []),
        ("no mechanism", ["EHLO x", "AUTH"], []),
        ("too many words", ["EHLO x", "AUTH PLAIN a b"], []),
        ("second success", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ=", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\tID\tuser=bob"]),
        ("after failure", ["EHLO x", "AUTH PLAIN AGJvYgB4", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["FAIL\tID\tuser=f4", "OK\tID\tuser=bob"]),
        ("in a transaction", ["EHLO x", "MAIL FROM:<a@b.test>", "AUTH PLAIN AGJvYgBzZWNyZXQ="], []),
        ("without a greeting", ["AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\tID\tuser=bob"]),
        ("after HELO", ["HELO x", "AUTH PLAIN AGJvYgBzZWNyZXQ="], ["OK\tID\tuser=bob"]),
        ("logged in and sending", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ=", "MAIL FROM:<owned@b.test> AUTH=a@b", "RCPT TO:<c@virt.test>", "RSET"], ["OK\tID\tuser=bob"]),
        ("not the owner", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ=", "MAIL FROM:<others@b.test>", "RCPT TO:<c@virt.test>"], ["OK\tID\tuser=bob"]),
        ("owner unknown", ["EHLO x", "AUTH PLAIN AGJvYgBzZWNyZXQ=", "MAIL FROM:<free@b.test>", "RCPT TO:<c@virt.test>"], ["OK\tID\tuser=bob"]),
        ("not logged in", ["EHLO x", "MAIL FROM:<owned@b.test>", "RCPT TO:<c@virt.test>"], []),
        ("not logged in, not owned", ["EHLO x", "MAIL FROM:<free@b.test>", "RCPT TO:<c@virt.test>"], []),
        ("banned login", ["EHLO x", "AUTH PLAIN AGV2ZQB4", "MAIL FROM:<free2@b.test>", "RCPT TO:<c@virt.test>"], ["OK\tID\tuser=eve"]),
        ("odd user name", ["EHLO x", "AUTH PLAIN AGV2ZQB4"], ["OK\tID\tuser=e\x02ve@x y"]),
    ];

    // "-" before the name of a service: TLS from the start.
    private static readonly (string Name, string[] Lines, string[] Answers, string Service)[] Cases =
    [
        .. Usual.Select(static one => (one.Name, one.Lines, one.Answers, "")),
        .. Others(),
    ];

    private static IEnumerable<(string Name, string[] Lines, string[] Answers, string Service)> Others()
    {
        const string secret = "AGJvYgBzZWNyZXQ=";
        string[] ok = ["OK\tID\tuser=bob"];
        foreach ((string service, _) in Services)
        {
            yield return ($"{service}: the list, a failure and PLAIN", ["EHLO x", $"AUTH PLAIN {secret}", $"AUTH PLAIN {secret}"], ["FAIL\tID\tuser=f5", .. ok], service);
        }

        foreach (string service in (string[])["noplaintext", "noactive", "nodictionary", "mutual", "anything", "filter", "-tls", "-tls-options", "-tls-external"])
        {
            foreach (string mechanism in (string[])["LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "ANONYMOUS", "EXTERNAL"])
            {
                // What the filter hides is refused here and not by Postfix; an empty response ("=") is passed on as such here alone.
                if (mechanism == "EXTERNAL" ? service is "anything" or "filter" or "-tls-external" : mechanism != "LOGIN" || service != "filter")
                {
                    yield return ($"{service}: {mechanism}", ["EHLO x", $"AUTH {mechanism} AA=="], ok, service);
                }
            }
        }

        foreach (int length in (int[])[12284, 12288, 12292, 30000])
        {
            yield return ($"response of {length} characters", ["EHLO x", "AUTH PLAIN", new string('A', length), "NOOP"], ["CONT	ID	", "FAIL	ID"], "short");
        }

        yield return ("response over the usual limit", ["EHLO x", "AUTH PLAIN", new string('A', 12289), "NOOP"], ["CONT\tID\t"], "hidden");
        yield return ("response longer than a line", ["EHLO x", "AUTH PLAIN", new string('A', 8000), "NOOP"], ["CONT\tID\t", "FAIL\tID"], "hidden");
        yield return ("too many", ["EHLO x", "AUTH FOO", "AUTH FOO", $"AUTH PLAIN {secret}", "NOOP"], [], "rate");
        yield return ("not too many for the own network", ["EHLO x", "AUTH FOO", "AUTH FOO", $"AUTH PLAIN {secret}"], ok, "exempt");
        yield return ("no greeting where one is due", [$"AUTH PLAIN {secret}"], [], "helo");
        yield return ("logged in, in TLS", ["EHLO x", $"AUTH PLAIN {secret}", "MAIL FROM:<owned@b.test>", "RCPT TO:<c@virt.test>"], ok, "-tls-only");
        foreach (string service in (string[])["header", "hidden"])
        {
            yield return ($"{service}: trace field", ["EHLO x", $"AUTH PLAIN {secret}", "MAIL FROM:<owned@b.test>", "RCPT TO:<c@virt.test>", "DATA", $"Subject: trace-{service}\r\n\r\nx\r\n."], ok, service);
        }
    }

    [PeerFact(PostfixProgram)]
    public async Task Auth_is_what_it_is_in_postfix()
    {
        List<string>[] both = await Task.WhenAll(Task.Run(static () => PlayAsync(ours: false)), Task.Run(static () => PlayAsync(ours: true)));
        (List<string> expected, List<string> got) = (both[0], both[1]);
        List<string> problems = [];
        for (int i = 0; i < Cases.Length; i++)
        {
            if (expected[i] != got[i])
            {
                problems.Add($"{Cases[i].Name}:\n--- Postfix\n{expected[i]}\n--- ours\n{got[i]}");
            }
        }

        Assert.True(problems.Count == 0, $"{problems.Count} differ\n{string.Join('\n', problems)}");
    }

    private static async Task<List<string>> PlayAsync(bool ours)
    {
        using var service = new ScriptedDovecot();
        using var postfix = new DebianPostfix(9);
        File.WriteAllText($"{postfix.Etc}/owners", "owned@b.test bob, carol\nothers@b.test carol\n");
        File.WriteAllText($"{postfix.Etc}/logins", "eve REJECT go away\n");
        postfix.Set("smtpd_sasl_auth_enable", "yes");
        postfix.Set("smtpd_sasl_type", "dovecot");
        postfix.Set("smtpd_tls_auth_only", "no");
        postfix.Set("smtpd_sasl_path", $"inet:127.0.0.1:{service.Port}");
        postfix.Set("broken_sasl_auth_clients", "yes");
        postfix.Set("smtpd_sender_login_maps", $"texthash:{postfix.Etc}/owners");
        postfix.Set("smtpd_sender_restrictions", $"check_sasl_access texthash:{postfix.Etc}/logins, reject_known_sender_login_mismatch");
        postfix.Set("smtpd_error_sleep_time", "0");
        postfix.Set("mail_name", "Postfix");
        if (ours)
        {
            postfix.Replace("smtpd");
        }

        Shell.Bash($"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mta -keyout {postfix.Etc}/tls.pem -out {postfix.Etc}/tls.crt && cat {postfix.Etc}/tls.crt >> {postfix.Etc}/tls.pem").MustSucceed();
        postfix.Set("smtpd_tls_chain_files", $"{postfix.Etc}/tls.pem");
        postfix.Set("smtpd_tls_security_level", "may");
        Dictionary<string, int> ports = new() { [""] = postfix.SmtpPort };
        foreach ((string name, string settings) in Services)
        {
            ports[name] = Ports.Free();
            File.AppendAllText($"{postfix.Etc}/master.cf", $"127.0.0.1:{ports[name]} inet n - n - - smtpd {settings}\n");
        }

        postfix.Start();
        List<string> results = [];
        foreach ((string _, string[] lines, string[] answers, string name) in Cases)
        {
            service.Take(answers);
            int before = postfix.Log.Length;
            var shown = new StringBuilder();
            using (var client = new TcpClient("127.0.0.1", ports[name]) { NoDelay = true, ReceiveTimeout = 30_000 })
            {
                Stream stream = client.GetStream();
                if (name.StartsWith('-'))
                {
                    var tls = new System.Net.Security.SslStream(stream, false, static (_, certificate, _, _) => certificate is not null);
                    await tls.AuthenticateAsClientAsync("mta");
                    stream = tls;
                }

                using var reader = new StreamReader(stream, Encoding.Latin1);
                shown.Append(await ReplyAsync(reader)).Append('\n');
                foreach (string line in (string[])[.. lines, "QUIT"])
                {
                    await stream.WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
                    shown.Append("S: ").Append(await ReplyAsync(reader)).Append('\n');
                }
            }

            postfix.WaitForLogSince(before, "disconnect from");
            foreach (string line in postfix.Log[before..].Split('\n'))
            {
                Match match = Regex.Match(line, @"postfix/smtpd\[\d+\]: (.*)");
                if (match.Success && !line.Contains(": connect from", StringComparison.Ordinal) && !line.Contains("TLS", StringComparison.Ordinal))
                {
                    shown.Append("L: ").Append(match.Groups[1].Value).Append('\n');
                }
            }

            foreach (string request in service.Take([]))
            {
                shown.Append("A: ").Append(request).Append('\n');
            }

            if (Regex.Match(string.Concat(lines), @"Subject: (trace-\w+)") is { Success: true } trace)
            {
                string mail = postfix.WaitForMail("box", trace.Groups[1].Value);
                shown.Append(Regex.Match(mail, @"(?s)Received:.*?;").Value);
            }

            results.Add(Regex.Replace(Regex.Replace(shown.ToString(), "request longer than .*", "(a password, in Postfix)"), @"\b[0-9A-F]{9,12}\b|127\.0\.0\.1:\d+", "QUEUEID"));
        }

        return results;
    }

    private static async Task<string> ReplyAsync(StreamReader reader)
    {
        var reply = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            reply.Append(reply.Length > 0 ? " / " : "").Append(line);
            if (line.Length < 4 || line[3] != '-')
            {
                break;
            }
        }

        return reply.ToString();
    }

    /// <summary>Speaks Dovecot's authentication protocol.</summary>
    private sealed class ScriptedDovecot : IDisposable
    {
        private const string Greeting =
            "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nMECH\tCRAM-MD5\tdictionary\tactive\nMECH\tSCRAM-SHA-256\tmutual-auth\nMECH\tANONYMOUS\tanonymous\nMECH\tEXTERNAL\nMECH\tSECRET\tprivate\nSPID\t7\nCUID\t1\nCOOKIE\tabc\nDONE\n";

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Queue<string> _answers = new();
        private readonly List<string> _asked = [];

        public ScriptedDovecot()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>Gives what was asked so far and takes the next answers.</summary>
        public List<string> Take(string[] answers)
        {
            lock (_asked)
            {
                List<string> asked = [.. _asked];
                _asked.Clear();
                _answers.Clear();
                foreach (string answer in answers)
                {
                    _answers.Enqueue(answer);
                }

                return asked;
            }
        }

        public void Dispose() => _listener.Stop();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            try
            {
                using (client)
                {
                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(Greeting));
                    using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                    while (await reader.ReadLineAsync() is { } line)
                    {
                        string[] fields = line.Split('\t');
                        if (fields[0] is not ("AUTH" or "CONT"))
                        {
                            continue;
                        }

                        string answer;
                        lock (_asked)
                        {
                            string id = fields[1];
                            fields[1] = "ID";
                            _asked.Add(string.Join('\t', fields));
                            answer = (_answers.Count > 0 ? _answers.Dequeue() : "FAIL\tID").Replace("ID", id, StringComparison.Ordinal);
                        }

                        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer + "\n"));
                    }
                }
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                // The server has hung up.
            }
        }
    }
}

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

    // What the client says, and what the service answers to each request (ID stands for the request's number).
    private static readonly (string Name, string[] Lines, string[] Answers)[] Cases =
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

    [PeerFact(PostfixProgram)]
    public async Task Auth_is_what_it_is_in_postfix()
    {
        List<string> expected = await PlayAsync(ours: false);
        List<string> got = await PlayAsync(ours: true);
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

        postfix.Start();
        List<string> results = [];
        foreach ((string _, string[] lines, string[] answers) in Cases)
        {
            service.Take(answers);
            int before = postfix.Log.Length;
            var shown = new StringBuilder();
            using (var client = new TcpClient("127.0.0.1", postfix.SmtpPort) { NoDelay = true, ReceiveTimeout = 30_000 })
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                shown.Append(await ReplyAsync(reader)).Append('\n');
                foreach (string line in (string[])[.. lines, "QUIT"])
                {
                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
                    shown.Append("S: ").Append(await ReplyAsync(reader)).Append('\n');
                }
            }

            postfix.WaitForLogSince(before, "disconnect from");
            foreach (string line in postfix.Log[before..].Split('\n'))
            {
                Match match = Regex.Match(line, @"postfix/smtpd\[\d+\]: (.*)");
                if (match.Success && !line.Contains(": connect from", StringComparison.Ordinal))
                {
                    shown.Append("L: ").Append(match.Groups[1].Value).Append('\n');
                }
            }

            foreach (string request in service.Take([]))
            {
                shown.Append("A: ").Append(request).Append('\n');
            }

            results.Add(Regex.Replace(shown.ToString(), @"\b[0-9A-F]{9,12}\b", "QUEUEID"));
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
            "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nMECH\tANONYMOUS\tanonymous\nMECH\tEXTERNAL\nMECH\tSECRET\tprivate\nSPID\t7\nCUID\t1\nCOOKIE\tabc\nDONE\n";

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

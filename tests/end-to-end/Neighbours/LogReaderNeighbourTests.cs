using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>Programs that read what a mail system says of itself: the same traffic through Debian's Postfix and through ours reads alike.</summary>
public sealed class LogReaderNeighbourTests
{
    private const string Pflogsumm = "/usr/sbin/pflogsumm";
    private const string Fail2ban = "/usr/bin/fail2ban-regex";

    private static readonly string[] Replaced =
        ["anvil", "bounce", "cleanup", "discard", "error", "flush", "local", "pickup", "qmgr", "showq", "smtp", "smtpd", "trivial-rewrite", "verify", "virtual"];

    /// <summary>
    /// Reads the queue as the exporters of metrics do: connect, and take names and values up to NUL; an empty name ends
    /// a message. Prints what they count.
    /// </summary>
    private const string ShowqReader = """
        import socket, sys
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(60)
        s.connect(sys.argv[1])
        data = b""
        while chunk := s.recv(65536):
            data += chunk
        tokens = iter(data.split(b"\0"))
        message, rows = {}, []
        for key in tokens:
            if not key:
                if message:
                    rows.append(message)
                message = {}
                continue
            value = next(tokens).decode("latin-1")
            if key == b"time":
                assert int(value) > 1500000000
            elif key == b"size":
                assert int(value) > 0
            if key != b"queue_id" and key != b"time":
                message[key.decode()] = message.get(key.decode(), "") + value + " "
        for row in sorted(map(repr, rows)):
            print(row)
        """;

    [Neighbour("pflogsumm", "pflogsumm(1): its report of the log, with --verbose-msg-detail and --problems-first", "the report on our log is that on Postfix's log of the same traffic")]
    [Neighbour("fail2ban", "filter.d/postfix.conf as shipped, every mode", "fail2ban-regex finds in our log the lines that it finds in Postfix's")]
    [Neighbour("postfix_exporter's way of reading", "public/showq, names and values up to NUL", "queues, sizes and recipients are those that Postfix's showq gives")]
    [PeerFact(DebianPostfix.Master, Pflogsumm, Fail2ban, DovecotServer.Program, "/usr/bin/python3", "/etc/fail2ban/filter.d/postfix.conf")]
    public async Task Readers_of_log_and_queue_cannot_tell_us_from_postfix()
    {
        Task<string> theirs = Task.Run(static () => Play(ours: false));
        string got = Play(ours: true);
        string expected = await theirs;
        Assert.True(expected == got, $"--- Postfix's\n{string.Join('\n', expected.Split('\n').Except(got.Split('\n')))}\n--- ours\n{string.Join('\n', got.Split('\n').Except(expected.Split('\n')))}\n---\n{expected}");
        Assert.Matches(@"\n +2 +delivered *\n", got);
        Assert.Matches("aggressive\n(.*\n)*.*SASL LOGIN authentication failed", got);
        Assert.Contains("'queue_name': 'hold '", got, StringComparison.Ordinal);
        Matrix.Passed();
    }

    private static string Play(bool ours)
    {
        using var postfix = new DebianPostfix(9);
        postfix.Set("mail_name", "Postfix");
        postfix.Set("local_recipient_maps", "inline:{nobody=x, two=x}");
        postfix.Set("smtpd_sasl_auth_enable", "yes");
        postfix.Set("smtpd_sasl_type", "dovecot");
        postfix.Set("smtpd_sasl_path", "private/auth");
        postfix.Set("smtpd_tls_auth_only", "no");
        postfix.Set("smtpd_hard_error_limit", "3");
        postfix.Set("smtpd_error_sleep_time", "0");
        postfix.Set("smtpd_helo_restrictions", "check_helo_access inline:{bad.test=REJECT}, reject_non_fqdn_helo_hostname");
        postfix.Set("smtpd_sender_restrictions", "check_sender_access inline:{spam.test=REJECT}");
        postfix.Set("smtpd_recipient_restrictions", "check_recipient_access inline:{{late@virt.test=450 4.2.0 come later}, held@virt.test=HOLD, warned@virt.test=WARN}, check_client_access inline:{192.0.2.1=OK}");
        postfix.Set("smtpd_forbid_unauth_pipelining", "yes");
        postfix.Set("local_transport", "local");
        postfix.Set("transport_maps", "inline:{{gone.test=error:5.1.2 no such domain}}");
        if (ours)
        {
            foreach (string daemon in Replaced)
            {
                postfix.Replace(daemon);
            }
        }

        postfix.Start();
        using var dovecot = new DovecotServer(postfix.Directory, postfix.Spool, "nobody", "bob");
        Talk(postfix, "EHLO cl.test", "MAIL FROM:<a@src.test>", "RCPT TO:<nobody@example.test>", "RCPT TO:<two@example.test>", "RCPT TO:<ghost@example.test>", "DATA", "Subject: 1\r\n\r\nhello\r\n.");
        Talk(postfix, "EHLO cl.test", "MAIL FROM:<b@src.test>", "RCPT TO:<x@virt.test>", "RCPT TO:<far@far.test>", "RCPT TO:<no@gone.test>", "DATA", "Subject: 2\r\n\r\nhello\r\n.");
        Talk(postfix, "EHLO cl.test", "MAIL FROM:<c@src.test>", "RCPT TO:<held@virt.test>", "DATA", "Subject: 3\r\n\r\nhello\r\n.");
        Talk(postfix, "EHLO cl.test", "MAIL FROM:<c@src.test>", "RCPT TO:<late@virt.test>", "RCPT TO:<warned@virt.test>");
        Talk(postfix, "EHLO bad.test", "MAIL FROM:<c@src.test>", "RCPT TO:<x@virt.test>");
        Talk(postfix, "EHLO short", "MAIL FROM:<c@src.test>", "RCPT TO:<x@virt.test>");
        Talk(postfix, "EHLO cl.test", "MAIL FROM:<c@spam.test>", "RCPT TO:<x@virt.test>");
        Talk(postfix, "EHLO cl.test", "FOO", "BAR", "BAZ", "MAIL FROM:<c@src.test>");
        Talk(postfix, "EHLO cl.test", "AUTH LOGIN", "Ym9i", "d3Jvbmc=");
        Talk(postfix, "EHLO cl.test", "AUTH PLAIN AGJvYgB3cm9uZw==", "AUTH PLAIN AGJvYgBzZWNyZXQ=");
        Talk(postfix, "EHLO cl.test", "AUTH LOGIN", "!", "MAIL FROM:<c@src.test>\r\nRCPT TO:<x@virt.test>\r\nRSET", "RSET");
        Talk(postfix, "GET / HTTP/1.1");
        Wait.Until(
            () => postfix.Log is var log && log.Contains("status=deferred", StringComparison.Ordinal) && Regex.Count(log, "status=") == 5 && Regex.Count(log, "qmgr.*: removed") == 1 && Regex.Count(log, "disconnect from") == 12,
            "the end of all deliveries",
            () => postfix.Log);
        string queue = Shell.Run("/usr/bin/python3", ["-c", ShowqReader, $"{postfix.Spool}/public/showq"]).MustSucceed().Output;

        // Hours and delays are those of the run.
        string log = $"{postfix.Directory}/read.log";
        IEnumerable<string> lines = File.ReadLines($"{postfix.Directory}/mail.log", Encoding.Latin1).Where(static line => !line.Contains("symlink leaves directory", StringComparison.Ordinal));
        File.WriteAllLines(log, lines.Select(static line => Regex.Replace(Regex.Replace(line, @"^(\w+ +\d+) [\d:]+", "$1 12:00:00"), @"delay=[0-9.]+, delays=[0-9./]+", "delay=1, delays=0/0/0/1")), Encoding.Latin1);
        var text = new StringBuilder("showq\n").Append(queue);

        // It lists equals in any order.
        string report = Shell.Run(Pflogsumm, ["--verbose-msg-detail", "--problems-first", log]).MustSucceed().Output;
        text.AppendJoin('\n', report.Split('\n').Order(StringComparer.Ordinal)).Append('\n');
        foreach (string mode in (string[])["normal", "more", "auth", "rbl", "ddos", "extra", "errors", "aggressive"])
        {
            Outcome outcome = Shell.Run("/usr/bin/python3", [Fail2ban, "--print-all-matched", log, $"postfix[mode={mode}]"]);
            Assert.True(outcome.Output.Contains("Failregex:", StringComparison.Ordinal), outcome.All);
            string[] matched = [.. outcome.Output.Split('\n').Where(static line => Regex.IsMatch(line, @"Failregex:|^\|  \w{3} "))];
            text.Append("fail2ban ").Append(mode).Append('\n').AppendJoin('\n', matched.Order(StringComparer.Ordinal)).Append('\n');
        }

        return Regex.Replace(Regex.Replace(Regex.Replace(text.ToString(), @"\b[0-9A-F]{9,12}\b", "QUEUEID"), @"\[\d+\]: ", "[PID]: "), "(postfix|mta)-test-\\w+", "DIRECTORY");
    }

    private static void Talk(DebianPostfix postfix, params string[] lines)
    {
        int sessions = Regex.Count(postfix.Log, "disconnect from");
        using (SmtpClient client = postfix.Connect())
        {
            foreach (string line in lines)
            {
                try
                {
                    client.Command(line);
                }
                catch (IOException)
                {
                    // It has hung up on such a client.
                    break;
                }
            }
        }

        Wait.Until(() => Regex.Count(postfix.Log, "disconnect from") > sessions, "the end of the session", () => postfix.Log);
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// Hundreds of command lines, most of them wrong, in every state of a session: our server and Debian's give the same
/// replies, leave the session in the same state, and log the same.
/// </summary>
public sealed partial class CommandLineAgreementTests
{
    private static readonly (string Name, string[] Lines)[] States =
    [
        ("new", []),
        ("helo", ["HELO x.test"]),
        ("ehlo", ["EHLO x.test"]),
        ("mail", ["EHLO x.test", "MAIL FROM:<a@b.test>"]),
        ("rcpt", ["EHLO x.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@virt.test>"]),
        ("bdat", ["EHLO x.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@virt.test>", "BDAT 3\r\nx\r\n"]),
        ("failed", ["EHLO x.test", "MAIL FROM:<a@b.test>", "RCPT TO:<c@far.test>"]),
    ];

    // What stands behind MAIL FROM: and RCPT TO:.
    private static readonly string[] Paths =
    [
        "", " ", "<", "<>", " <>", "<a@b.test", "a@b.test", "<a@b.test>", " <a@b.test>", "<a@b.test>x", "x<a@b.test>", "<a@b.test> x", "<a b@c.test>",
        "<\"a b\"@c.test>", "<\"a@c.test>", "\"a b\"@c.test", "<a@b.test>,<c@d.test>", "<a@b.test> <c@d.test>", "<a@b.test,c@d.test>", "<@x.test,@y.test:a@b.test>", "<@x.test>", "<:a@b.test>",
        "<a@[192.0.2.1]>", "<a@[192.0.2]>", "<a@[IPv6:::1]>", "<a@[IPv6:x]>", "<a@[]>", "<a@[>", "<a@192.0.2.1>", "<a@-b.test>", "<a@b-.test>", "<a@b..test>", "<a@.b.test>", "<.a@b.test>", "<a.@b.test>", "<a@b.test.>",
        "<a@b.test@c.test>", "<a>", "<a@>", "<@>", "<(c)a@b.test>", "<a@b.test(c)>", "<a(c@b.test>", "<\\a@b.test>", "<a\\@b.test>", "<a\\>", "<a\tb@c.test>", "<a;b@c.test>", "<a!b>", "<a%b>",
        "<a%b@c.test>", "<a@b_c.test>", "<a@b.test>\t", "<\xe9@b.test>", "<\xc3\xa9@b.test>", "<a@\xc3\xa9.test>", "<a@b.test\x01>", $"<{new string('a', 300)}@b.test>", $"<a@{new string('b', 70)}.test>",
        $"<a@{string.Concat(Enumerable.Repeat("b.", 140))}test>", "<postmaster>", "<Postmaster@>", "\"\"@b.test", "<\"\"@b.test>", "<\"@b.test>\"@b.test>",
    ];

    // Postfix takes these for a@b.test or the null sender: here they are no paths (docs/COMPATIBILITY.md).
    private static readonly string[] Malformed =
    [
        "MAIL FROM:>", "MAIL FROM:<g:;>", "MAIL FROM:< >", "MAIL FROM:<<>>", "MAIL FROM:a@b.test>", "MAIL FROM:<<a@b.test>>", "MAIL FROM:<@x.test:>", "MAIL FROM:<g:a@b.test;>", "MAIL FROM:<a@b.test;>", "MAIL FROM:<x<a@b.test>>", "VRFY <", "VRFY <a@b.test", "VRFY a@b.test>", "VRFY \"a@b.test",
    ];

    private static readonly string[] MailParameters =
    [
        "SIZE", "SIZE=", "SIZE=x", "SIZE=-1", "SIZE=1x", "SIZE=0", "SIZE=99999999", "SIZE=99999999999999999999999", "SIZE=1 SIZE=2", "size=10", "BODY", "BODY=", "BODY=x", "BODY=8bitmime", "BODY=7BIT BODY=8BITMIME",
        "BODY=BINARYMIME", "SMTPUTF8", "SMTPUTF8=x", "smtputf8", "AUTH", "AUTH=", "AUTH=<>", "AUTH=a+ZZ", "AUTH=a AUTH=b", "RET", "RET=", "RET=x", "RET=full", "RET=FULL RET=HDRS", "ENVID", "ENVID=", "ENVID=a+", "ENVID=a+4",
        "ENVID=+0A", "ENVID=a ENVID=b", "ENVID=a=b", "XVERP", "XVERP=", "XVERP=ab", "XVERP=+=", "XVERP=+", "=x", "=", "FOO", "FOO=BAR", "REQUIRETLS", "NOTIFY=NEVER", "SIZE=1 BODY=8BITMIME RET=HDRS ENVID=x SMTPUTF8 AUTH=<>", "SIZE =1",
        "\"SIZE=1\"", "<SIZE=1>",
    ];

    private static readonly string[] RcptParameters =
    [
        "NOTIFY", "NOTIFY=", "NOTIFY=x", "NOTIFY=NEVER", "notify=never", "NOTIFY=NEVER,SUCCESS", "NOTIFY=SUCCESS,NEVER", "NOTIFY=SUCCESS,FAILURE,DELAY", "NOTIFY=SUCCESS,", "NOTIFY=,SUCCESS", "NOTIFY=SUCCESS,SUCCESS",
        "NOTIFY=SUCCESS NOTIFY=DELAY", "ORCPT", "ORCPT=", "ORCPT=x", "ORCPT=;", "ORCPT=rfc822;", "ORCPT=;x", "ORCPT=rfc822;a@b.test", "ORCPT=rfc822;a+", "ORCPT=rfc822;a ORCPT=rfc822;b", "ORCPT=utf-8;\\x{e9}",
        "ORCPT=utf-8;\\x{zz}", "ORCPT=utf-8;\xc3\xa9", "ORCPT=x y;z", "FOO", "FOO=BAR", "=", "SIZE=1", "RET=FULL",
    ];

    private static readonly string[] Others =
    [
        "", " ", "\t", "FOO", "foo", "1", "*", "\xff", "\xc3\xa9", "FOO BAR", "Subject:", "Subject: x", "Subject:x", "http://x", "a@b:c", "\"a\":b", "a b:c", "\x01:", "GET / HTTP/1.0", "POST", "CONNECT x", "get", ":", "a:", "<", "\"", "\\", "\"MAIL\" FROM:<a@b.test>", "<MAIL> FROM:<a@b.test>", "MAILFROM:<a@b.test>",
        "EXPN x", "SEND FROM:<a@b.test>", "TURN", "SOML", "HELP", "HELP MAIL", "LHLO x", "XFOO",
        "HELO", "HELO ", "HELO a b", "helo x", "HELO <x>", "HELO <a b>", "HELO \"a b\"", "HELO x\\", "HELO (c)", "HELO \xff", "HELO \xc3\xa9", "HELO x\0y", "EHLO", "EHLO a b", "EHLO [192.0.2.1]", "EHLO []", $"EHLO {new string('x', 600)}", " EHLO x", "EHLO\tx",
        "DATA x", "DATA <x>", "DATA\t", "RSET x", "RSET ", "RSET <>", "rset", "NOOP x", "NOOP <x", "QUIT x", "quit",
        "BDAT", "BDAT x", "BDAT -1", "BDAT 1x", "BDAT 1 LAST x", "BDAT 1 FOO", "BDAT LAST", "BDAT 99999999999999999999", "BDAT 0", "BDAT 0 LAST", "BDAT 0 last", "BDAT 3\r\na\r\n", "BDAT 3 LAST\r\na\r\n", "BDAT +3", "BDAT 0x3", "BDAT 3.0",
        "VRFY", "VRFY ", "VRFY <>", "VRFY c@virt.test", "VRFY <c@virt.test>", "VRFY c@far.test", "VRFY a b", "VRFY c@virt.test SMTPUTF8", "VRFY SMTPUTF8", "VRFY c@virt.test FOO", "VRFY \xc3\xa9@virt.test", "VRFY \xc3\xa9@virt.test SMTPUTF8", "VRFY postmaster", "VRFY \"a b\"@virt.test",
        "ETRN", "ETRN a b", "ETRN x.test", "ETRN @x.test", "ETRN #x.test", "ETRN [192.0.2.1]", "ETRN [x]", "ETRN -x", "ETRN x..y", "ETRN <x.test>", "ETRN \xc3\xa9.test",
        "STARTTLS", "STARTTLS x", "AUTH", "AUTH PLAIN", "AUTH PLAIN a b", "AUTH PLAIN =",
        "XCLIENT", "XCLIENT x", "XCLIENT =", "XCLIENT =x", "XCLIENT FOO=x", "XCLIENT NAME", "XCLIENT NAME=", "XCLIENT NAME=-x", "XCLIENT NAME=[UNAVAILABLE]", "XCLIENT NAME=a+ZZ", "XCLIENT NAME=x+20y", "XCLIENT ADDR=", "XCLIENT ADDR=x", "XCLIENT ADDR=192.0.2", "XCLIENT ADDR=::1",
        "XCLIENT ADDR=IPv6:::1", "XCLIENT ADDR=IPv6:x", "XCLIENT PORT=x", "XCLIENT PORT=70000", "XCLIENT PORT=25", "XCLIENT HELO=", "XCLIENT HELO=a b", "XCLIENT PROTO=x", "XCLIENT PROTO=SMTP", "XCLIENT PROTO=esmtp", "XCLIENT LOGIN=bob", "XCLIENT LOGIN=[UNAVAILABLE]", "XCLIENT DESTADDR=x",
        "XCLIENT DESTPORT=x", "XCLIENT REVERSE_NAME=-", "XCLIENT REVERSE_NAME=[TEMPUNAVAIL]", $"XCLIENT HELO={new string('x', 300)}", "XCLIENT NAME=a.test ADDR=x", "xclient name=spike.test addr=168.100.189.2", "XCLIENT SOURCE=LOCAL",
        "XFORWARD", "XFORWARD x", "XFORWARD =x", "XFORWARD FOO=x", "XFORWARD NAME", "XFORWARD NAME=", "XFORWARD NAME=-x", "XFORWARD NAME=[UNAVAILABLE]", "XFORWARD ADDR=x", "XFORWARD ADDR=192.0.2.1", "XFORWARD ADDR=IPv6:::1", "XFORWARD ADDR=[UNAVAILABLE]", "XFORWARD PORT=x",
        "XFORWARD PORT=[UNAVAILABLE]", "XFORWARD PROTO=x", $"XFORWARD PROTO={new string('x', 70)}", "XFORWARD HELO=a+20b", "XFORWARD IDENT=x", $"XFORWARD IDENT={new string('x', 300)}", "XFORWARD SOURCE=LOCAL", "XFORWARD SOURCE=x", "XFORWARD NAME=x.test ADDR=192.0.2.1 PORT=3 PROTO=ESMTP HELO=y IDENT=z SOURCE=REMOTE",
        "XFORWARD LOGIN=x",
    ];

    [PeerFact(DebianPostfix.Master)]
    public async Task Replies_and_log_are_those_of_postfix()
    {
        List<(string[] Before, string Line, string Name)> cases = [];
        foreach ((string name, string[] before) in States)
        {
            IEnumerable<string> lines = Others;
            lines = name is "ehlo" or "helo" ? lines.Concat(Paths.Select(static path => $"MAIL FROM:{path}")) : lines.Append("MAIL FROM:<a@b.test>");
            lines = name is "ehlo" ? lines.Concat(MailParameters.Select(static parameter => $"MAIL FROM:<a@b.test> {parameter}")).Concat(["MAIL", "MAIL FROM", "MAIL FROM :<a@b.test>", "MAIL TO:<a@b.test>", "MAIL <a@b.test>", "mail from:<a@b.test>", "MAIL\tFROM:<a@b.test>", "MAIL FROM:<> XVERP"]) : lines;
            lines = name is "mail" ? lines.Concat(Paths.Select(static path => $"RCPT TO:{path.Replace("b.test", "virt.test", StringComparison.Ordinal)}")).Concat(["RCPT TO:>", "RCPT TO:<g:;>"]) : lines.Append("RCPT TO:<c@virt.test>");
            lines = name is "rcpt" ? lines.Concat(RcptParameters.Select(static parameter => $"RCPT TO:<c@virt.test> {parameter}")).Concat(["RCPT", "RCPT TO", "RCPT TO :<c@virt.test>", "RCPT FROM:<c@virt.test>", "RCPT c@virt.test", "rcpt to:<c@virt.test>"]) : lines;
            cases.AddRange(lines.Select(line => (before, line, $"{name}: {line}")));
        }

        using var postfix = new DebianPostfix(9);
        Shell.Bash($"ln -s {Repository.Daemon("smtpd")} {postfix.Directory}/libexec/smtpd-ours").MustSucceed();
        const string Settings = "-o mail_name=Postfix -o smtpd_error_sleep_time=0 -o smtpd_forbid_bare_newline=no -o smtpd_forbid_unauth_pipelining=yes -o smtpd_authorized_xclient_hosts=127.0.0.1 -o smtpd_authorized_xforward_hosts=127.0.0.1 "
            + "-o smtpd_authorized_verp_clients=127.0.0.1 -o mynetworks=192.0.2.1 -o smtpd_relay_restrictions=reject_unauth_destination -o smtpd_peername_lookup=no -o fast_flush_domains=x.test";
        int theirs = Ports.Free();
        int ours = Ports.Free();
        File.AppendAllText($"{postfix.Etc}/master.cf", $"127.0.0.1:{theirs} inet n - n - - smtpd {Settings} -o syslog_name=theirs\n127.0.0.1:{ours} inet n - n - - smtpd-ours {Settings} -o syslog_name=ours\n");
        postfix.Set("in_flow_delay", "0");
        postfix.Start();
        using (var client = new SmtpClient(ours))
        {
            Assert.All(Malformed, line => client.Command(line, "501 5.1."));
            client.Command("QUIT", "221");
        }

        postfix.WaitForLog(": disconnect from");
        int start = postfix.LogLength;
        string[] expected = new string[cases.Count];
        string[] got = new string[cases.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, cases.Count), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            await Task.Yield();
            expected[number] = Play(theirs, cases[number].Before, cases[number].Line);
            got[number] = Play(ours, cases[number].Before, cases[number].Line);
        });
        List<string> problems = [];
        for (int i = 0; i < cases.Count; i++)
        {
            if (expected[i] != got[i])
            {
                problems.Add($"{cases[i].Name}\n--- Postfix\n{expected[i]}--- ours\n{got[i]}");
            }
        }

        Wait.Until(() => Count(" theirs/", "disconnect") == cases.Count && Count(" ours/", "disconnect") == cases.Count, "the end of all sessions");
        string log = postfix.LogSince(start);
        Dictionary<string, int> difference = [];
        Add(" theirs/", 1);
        Add(" ours/", -1);
        problems.AddRange(difference.Where(static pair => pair.Value != 0).Select(static pair => $"log, {(pair.Value > 0 ? "Postfix" : "ours")} {Math.Abs(pair.Value)} times more: {pair.Key}"));
        Assert.True(problems.Count == 0, $"{problems.Count} of {cases.Count}\n{string.Join('\n', problems)}");

        int Count(string program, string what) => postfix.LogSince(start).Split('\n').Count(line => line.Contains(program, StringComparison.Ordinal) && line.Contains($": {what}", StringComparison.Ordinal));

        void Add(string program, int by)
        {
            foreach (string line in log.Split('\n').Where(line => line.Contains(program, StringComparison.Ordinal)))
            {
                string text = Queued().Replace(line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..], "QID");
                difference[text] = difference.GetValueOrDefault(text) + by;
            }
        }
    }

    private static string Play(int port, string[] before, string line)
    {
        var shown = new StringBuilder();
        try
        {
            using var client = new SmtpClient(port);
            foreach (string one in before)
            {
                Say(client, one, null);
            }

            Say(client, line, shown);
            if (client.Last.StartsWith("354", StringComparison.Ordinal))
            {
                Say(client, "x\r\n.", shown);
            }

            foreach (string after in (string[])["NOOP", "RCPT TO:<d@virt.test>", "QUIT"])
            {
                if (!client.Last.Contains("(closed)", StringComparison.Ordinal))
                {
                    Say(client, after, shown);
                }
            }
        }
        catch (IOException)
        {
            shown.Append("(closed)\n");
        }

        return Queued().Replace(shown.ToString(), "QID");
    }

    // A chunk has its end in itself.
    private static void Say(SmtpClient client, string line, StringBuilder? shown)
    {
        client.SendRaw(line.StartsWith("BDAT", StringComparison.Ordinal) && line.EndsWith('\n') ? line : line + "\r\n");
        string reply = client.ReadReply();
        shown?.Append(reply).Append('\n');
    }

    [GeneratedRegex("\\b[0-9A-F]{9,}\\b")]
    private static partial Regex Queued();
}

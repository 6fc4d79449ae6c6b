using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// <c>smtpd_proxy_filter</c> with the other system's server behind it: ours before Debian's, Debian's before ours, each
/// before its own kind. The client and the mailbox cannot tell which is which.
/// </summary>
public sealed class ProxyPeerTests
{
    private static readonly string[] Lines =
    [
        "EHLO client.test", "MAIL FROM:<a@b.test> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=x+2By", "RCPT TO:<c@virt.test> NOTIFY=NEVER ORCPT=rfc822;o@p.test", "RCPT TO:<refused@virt.test>",
        "RCPT TO:<other@far.test>", "DATA", "Subject: TOKEN\r\n\r\n..dot\r\n\xe9\r\n.", "MAIL FROM:<>", "RCPT TO:<c@virt.test>", "RSET", "MAIL FROM:<a@b.test>", "RCPT TO:<c@virt.test>", "DATA",
        "Subject: EVIL\r\n\r\n.", "QUIT",
    ];

    [Neighbour("postfix", "SMTPD_PROXY_README", "smtpd_proxy_filter: our smtpd before Debian's, Debian's before ours; client, mailbox and log see no difference")]
    [PeerFact(DebianPostfix.Master)]
    public void Any_server_works_behind_any_filter()
    {
        using var postfix = new DebianPostfix(9);
        Shell.Bash($"ln -s {Repository.Daemon("smtpd")} {postfix.Directory}/libexec/smtpd-ours").MustSucceed();
        postfix.Set("mail_name", "Postfix");
        postfix.Set("smtpd_error_sleep_time", "0");
        File.WriteAllText($"{postfix.Etc}/evil", "/^Subject: EVIL/ REJECT no evil here\n");
        postfix.Set("header_checks", $"regexp:{postfix.Etc}/evil");
        Dictionary<string, int> fronts = [];
        foreach (string back in (string[])["smtpd", "smtpd-ours"])
        {
            int port = Add(postfix, back, "-o smtpd_authorized_xforward_hosts=127.0.0.0/8 -o {smtpd_recipient_restrictions=check_recipient_access inline:{refused@virt.test=REJECT}} -o myhostname=back.test");
            foreach (string front in (string[])["smtpd", "smtpd-ours"])
            {
                foreach (string options in (string[])["", "speed_adjust"])
                {
                    fronts[$"{front} before {back} {options}"] = Add(postfix, front, $"-o smtpd_proxy_filter=127.0.0.1:{port} -o smtpd_proxy_options={options} -o smtpd_proxy_ehlo=front.test");
                }
            }
        }

        postfix.Start();
        Dictionary<string, string> shown = [];
        foreach ((string name, int port) in fronts)
        {
            shown[name] = Play(postfix, name, port);
        }

        foreach (string options in (string[])["", "speed_adjust"])
        {
            string expected = shown[$"smtpd before smtpd {options}"];
            // With speed_adjust the filter hears of the recipient that it refuses when all is sent.
            Assert.Contains(options.Length == 0 ? "L: proxy-accept: END-OF-MESSAGE: 250 " : "L: proxy-reject: END-OF-MESSAGE: 554 ", expected, StringComparison.Ordinal);
            foreach ((string name, string got) in shown)
            {
                Assert.True(got == expected || !name.EndsWith($" {options}", StringComparison.Ordinal), $"{name}\n--- want\n{expected}\n--- got\n{got}");
            }
        }

        Matrix.Passed();
    }

    private static int Add(DebianPostfix postfix, string program, string options)
    {
        int port = Ports.Free();
        File.AppendAllText($"{postfix.Etc}/master.cf", $"127.0.0.1:{port} inet n - n - - {program} {options}\n");
        return port;
    }

    private static string Play(DebianPostfix postfix, string name, int port)
    {
        string token = "token-" + name.Replace(' ', '-');
        int before = postfix.Log.Length;
        var text = new StringBuilder();
        using (var client = new SmtpClient(port))
        {
            foreach (string line in Lines)
            {
                if (line.StartsWith("Subject:", StringComparison.Ordinal) && !client.Last.StartsWith("354", StringComparison.Ordinal))
                {
                    continue;
                }

                text.Append("S: ").Append(client.Command(line.Replace("TOKEN", token, StringComparison.Ordinal)).Trim()).Append('\n');
            }
        }

        if (text.ToString().Contains("queued as", StringComparison.Ordinal))
        {
            string mail = postfix.WaitForMail("box", token);
            text.Append(mail.Replace(token, "TOKEN", StringComparison.Ordinal));
        }

        // The front's session, and the back's for each message.
        Wait.Until(
            () => postfix.Log[before..] is var log && log.Contains("proxy-reject: END", StringComparison.Ordinal) && Regex.Count(log, "disconnect from") == Regex.Count(log, ": connect from"),
            "the end of all sessions", () => postfix.Log[before..]);
        IEnumerable<string> lines = postfix.Log[before..].Split('\n').Where(static line => Regex.IsMatch(line, "proxy-|orig_client|reject:"));
        foreach (string line in lines.Select(static line => Regex.Replace(line, @"^.*?\]: (\w+: )?", "L: ")).Order(StringComparer.Ordinal))
        {
            text.Append(line).Append('\n');
        }

        return Regex.Replace(Regex.Replace(text.ToString(), @"\b[0-9A-F]{9,12}\b", "QUEUEID"), @"\w{3}, +\d+ \w{3} \d+ [\d:]+ \+0000 \(UTC\)|\d{14}", "DATE");
    }
}

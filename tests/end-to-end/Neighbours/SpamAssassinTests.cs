namespace Mta.EndToEnd;

/// <summary>Debian's spamd with Debian's rules, asked by a milter and by a filter behind the queue; pyzor asked by it.</summary>
public sealed class SpamAssassinTests
{
    private const string Milter = "/usr/sbin/spamass-milter";
    private const string Pyzord = "/usr/bin/pyzord";

    [Neighbour("spamass-milter", "README.Debian (Integrating spamass-milter into your postfix installation)", "milter: an ordinary message gets the marks of spamd", "milter: GTUBE is refused at the end of data", "milter: spam below the limit is marked and its Subject changed")]
    [Neighbour("spamassassin", "spamc(1), FILTER_README (simple content filter)", "content_filter by pipe and spamc: marked mail comes back by sendmail and is delivered, GTUBE as spam")]
    [Neighbour("pyzor", "Mail::SpamAssassin::Plugin::Pyzor(3pm)", "spamd asks pyzor, pyzor a pyzord of the test's: what was reported is marked, other mail is not")]
    [PeerFact(Milter, "/usr/sbin/spamd", "/usr/bin/spamc", Pyzord, DebianPostfix.Master)]
    public void Spam_is_refused_or_marked_by_either_way()
    {
        using var mta = new Instance(privileged: true);
        string directory = Directory.CreateDirectory($"{mta.Directory}/spam").FullName;
        Shell.Bash($"cp /etc/spamassassin/*.pre {directory}; mkdir {directory}/pyzor; chmod 755 {mta.Directory}; chmod 777 {directory}/pyzor").MustSucceed();
        int pyzorPort = Ports.Free();
        File.WriteAllText($"{directory}/pyzor/servers", $"127.0.0.1:{pyzorPort}\n");
        File.WriteAllText($"{directory}/local.cf", $"""
            rewrite_header Subject [SPAM]
            dns_available no
            use_bayes 0
            report_safe 0
            use_pyzor 1
            pyzor_options --homedir {directory}/pyzor
            pyzor_count_min 1
            pyzor_timeout 20
            score PYZOR_CHECK 6.5

            """);
        int port = Ports.Free();
        using var pyzord = new Peer(Pyzord, "--homedir", $"{directory}/pyzor", "-a", "127.0.0.1", "-p", $"{pyzorPort}", "-e", "gdbm", "--dsn", $"{directory}/pyzor/db");
        using var spamd = new Peer("/usr/sbin/spamd", "-i", "127.0.0.1", "-p", $"{port}", "--max-children", "2", "--siteconfigpath", directory, "-x", "-u", "debian-spamd", "-s", "stderr");
        using Peer milter = new Peer(Milter, "-p", $"{directory}/sock", "-r", "15", "--", "-d", "127.0.0.1", "-p", $"{port}", "-t", "60").Listening($"{directory}/sock");
        int filtered = Ports.Free();
        mta.Main["smtpd_milters"] = $"unix:{directory}/sock";
        mta.Main["milter_connect_macros"] = "j {daemon_name} v {if_name} _";
        mta.Main["milter_data_macros"] = "j i {auth_type} {daemon_name} v {if_name} _";
        mta.Main["milter_rcpt_macros"] = "j {auth_type} {daemon_name} v {if_name} _";
        mta.Main["milter_default_action"] = "tempfail";
        mta.MasterCf += $"""
            127.0.0.1:{filtered} inet n - n - - smtpd
              -o content_filter=spamassassin
              -o smtpd_milters=
            spamassassin unix - n n - - pipe
              user=nobody argv=/usr/bin/spamc -d 127.0.0.1 -p {port} -t 60 -f -e {mta.Command("sendmail")} -oi -f $sender $recipient

            """;
        mta.TakeSystemPlace();
        mta.Start();
        string to = $"{mta.User}@example.test";
        string Mail(string token, string body = "an ordinary message") => Samples.Plain("s@example.test", to, token, body);

        // One that pyzor knows: the text is long enough for a digest.
        string reported = "a message that somebody has reported\n" + string.Concat(Enumerable.Range(1, 9).Select(static i => $"with a line of text, and this is number {i} of them\n"));
        Wait.Until(() => Shell.Run("/usr/bin/pyzor", ["--homedir", $"{directory}/pyzor", "report"], Mail("first", reported)).Output.Contains("200", StringComparison.Ordinal), "pyzord listens", () => pyzord.Said);
        spamd.Listening(port);
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO cl.test", "250");
            Assert.StartsWith("250", client.SendMessage("s@example.test", [to], Mail("milter-plain")), StringComparison.Ordinal);
            Assert.StartsWith("550 5.7.1 Blocked by SpamAssassin", client.SendMessage("s@example.test", [to], Mail("milter-spam", Samples.Gtube)), StringComparison.Ordinal);
            Assert.StartsWith("250", client.SendMessage("s@example.test", [to], Mail("milter-reported", reported)), StringComparison.Ordinal);
        }

        using (var client = new SmtpClient(filtered))
        {
            client.Command("EHLO cl.test", "250");
            Assert.StartsWith("250", client.SendMessage("s@example.test", [to], Mail("pipe-plain", "an ordinary message\n.\n..\nFrom here\n")), StringComparison.Ordinal);
            Assert.StartsWith("250", client.SendMessage("s@example.test", [to], Mail("pipe-spam", Samples.Gtube)), StringComparison.Ordinal);
        }

        string mail = mta.WaitForMail(mta.User, "milter-plain");
        Assert.Contains("\nX-Spam-Status: No, score=", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("PYZOR_CHECK", mail, StringComparison.Ordinal);
        mail = mta.WaitForMail(mta.User, "milter-reported");
        Assert.Contains("\nX-Spam-Flag: YES\n", mail, StringComparison.Ordinal);
        Assert.Contains("PYZOR_CHECK", mail, StringComparison.Ordinal);
        Assert.Contains("\nSubject: [SPAM] milter-reported\n", mail, StringComparison.Ordinal);
        mail = mta.WaitForMail(mta.User, "pipe-plain");
        Assert.Contains("\nX-Spam-Status: No, score=", mail, StringComparison.Ordinal);
        Assert.Contains("\n\nan ordinary message\n.\n..\nFrom here\n", mail, StringComparison.Ordinal);
        Assert.Contains("\nX-Spam-Flag: YES\n", mta.WaitForMail(mta.User, "pipe-spam"), StringComparison.Ordinal);
        Assert.Contains(": milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 Blocked by SpamAssassin; from=<s@example.test> to=<", mta.Log, StringComparison.Ordinal);
        Assert.Contains("relay=spamassassin, ", mta.Log, StringComparison.Ordinal);
        mta.WaitForEmptyQueue();
        Matrix.Passed();
    }
}

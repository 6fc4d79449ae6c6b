namespace Mta.EndToEnd;

/// <summary>Programs that send a person's mail: their /usr/sbin/sendmail, or their SMTP server, is ours.</summary>
public sealed class MailProgramNeighbourTests
{
    private const string Fetchmail = "/usr/bin/fetchmail";
    private const string Getmail = "/usr/bin/getmail";

    private const string Fetched = "Return-Path: <far@src.test>\nFrom: far@src.test\nTo: box@old.test\nSubject: fetched\nMessage-Id: <NAME@src.test>\n\nthe token of NAME\n.\n..\nFrom here\n\xe9\n";

    [Neighbour("mailutils", "mail(1): mails by /usr/sbin/sendmail", "mail -s with copies, blind copies and an attachment")]
    [Neighbour("bsd-mailx", "mail(1): mails by /usr/sbin/sendmail", "mail -s with copies and blind copies")]
    [Neighbour("s-nail", "s-nail(1): mails by /usr/sbin/sendmail", "mail -s with copies, blind copies and an attachment")]
    [Neighbour("mutt", "muttrc(5): mails by /usr/sbin/sendmail", "mutt -s with copies, blind copies and an attachment")]
    [PeerFact("/usr/bin/mail.mailutils", "/usr/bin/bsd-mailx", "/usr/bin/s-nail", "/usr/bin/mutt", "/usr/sbin/sendmail", "/usr/bin/unshare")]
    public void Mail_programs_send_through_sendmail()
    {
        using var mta = new Instance(privileged: true);
        mta.Main["alias_maps"] = "inline:{bcc=nobody, cc=nobody}";
        mta.Start();
        string sendmail = Path.Combine(mta.Directory, "sendmail");
        File.WriteAllText(sendmail, $"#!/bin/sh\nprintf '%s\\n' \"$*\" >>{mta.Directory}/called\nexec {mta.Command("sendmail")} -C {mta.Etc} \"$@\"\n");
        File.WriteAllText($"{mta.Directory}/attached", "what is attached\n");
        Dictionary<string, string> programs = new()
        {
            ["mailutils"] = $"mail.mailutils -s 'by NAME' -A {mta.Directory}/attached -a 'Cc: cc@example.test' -a 'Bcc: bcc@example.test' nobody@example.test",
            ["bsd-mailx"] = "bsd-mailx -s 'by NAME' -c cc@example.test -b bcc@example.test nobody@example.test",
            ["s-nail"] = $"s-nail -s 'by NAME' -a {mta.Directory}/attached -c cc@example.test -b bcc@example.test nobody@example.test",
            ["mutt"] = $"mutt -n -F /dev/null -s 'by NAME' -a {mta.Directory}/attached -c cc@example.test -b bcc@example.test -- nobody@example.test",
        };
        string script = $"mount --bind {sendmail} /usr/sbin/sendmail\ncd {mta.Directory}\nexport HOME={mta.Directory} LC_ALL=C.UTF-8\n"
            + string.Concat(programs.Select(static one => $"printf 'the token of {one.Key}\\n.dot\\nFrom here\\n' | {one.Value.Replace("NAME", one.Key, StringComparison.Ordinal)}\n"));
        Shell.Bash($"chmod 755 {sendmail}").MustSucceed();
        Outcome sent = Shell.Run("/usr/bin/unshare", ["-m", "--propagation", "private", "/bin/bash", "-ec", script]).MustSucceed();
        foreach (string name in programs.Keys)
        {
            string Delivered(string recipient) => Wait.For(
                () => Directory.GetFiles($"{mta.Mail}/nobody/new").Select(File.ReadAllText).FirstOrDefault(text => text.Contains($"the token of {name}\n", StringComparison.Ordinal) && text.Contains($"X-Original-To: {recipient}@example.test\n", StringComparison.Ordinal)),
                $"mail of {name} for {recipient}", () => sent.All + File.ReadAllText($"{mta.Directory}/called") + mta.Log);

            mta.WaitForMail("nobody", $"the token of {name}");
            string mail = Delivered("nobody");
            Delivered("bcc");
            Delivered("cc");
            Assert.Contains($"\nSubject: by {name}\n", mail, StringComparison.Ordinal);
            Assert.Matches("(?i)\nCc: <?cc@example.test>?\n", mail);
            Assert.DoesNotContain("bcc@example.test", mail, StringComparison.Ordinal);
            Assert.Contains("\n.dot\n", mail, StringComparison.Ordinal);
            Assert.Contains("rom here\n", mail, StringComparison.Ordinal);
            Assert.StartsWith("Return-Path: <root@", mail, StringComparison.Ordinal);
            Assert.True(name == "bsd-mailx" || mail.Contains("filename=\"attached\"", StringComparison.Ordinal) || mail.Contains("filename=attached", StringComparison.Ordinal), mail);
        }

        mta.WaitForEmptyQueue();
        Matrix.Passed();
    }

    [Neighbour("fetchmail", "fetchmail(1), options smtphost and mda", "a POP3 box feeds our smtpd; an IMAP box feeds our sendmail; who is refused stays where he was")]
    [Neighbour("getmail6", "getmail's configuration.html, MDA_external with sendmail", "a POP3 box and an IMAP box feed our sendmail")]
    [PeerFact(DovecotServer.Program, DovecotServer.Pop3, Fetchmail, Getmail, "/usr/bin/python3")]
    public void Fetchers_feed_us_from_other_mailboxes()
    {
        using var mta = new Instance(privileged: true);
        mta.Main["smtpd_recipient_restrictions"] = "check_recipient_access inline:{{late@example.test=450 come later}}";
        mta.Start();
        using var dovecot = new DovecotServer(mta, "fpop", "fimap", "flate", "gpop", "gimap");
        foreach (string box in (string[])["fpop", "fimap", "flate", "gpop", "gimap"])
        {
            Shell.Run("/usr/bin/doveadm", ["-c", dovecot.Configuration, "save", "-u", box], Fetched.Replace("NAME", box, StringComparison.Ordinal)).MustSucceed();
        }

        string home = Directory.CreateDirectory($"{mta.Directory}/fetch").FullName;
        string Poll(string box, string protocol, int port, string rest) =>
            $"poll {box}.src.test via 127.0.0.1 proto {protocol} port {port} user {box} password secret {rest} sslproto '' fetchall\n";
        File.WriteAllText(
            $"{home}/rc",
            Poll("fpop", "pop3", dovecot.Pop3Port, $"is nobody here smtphost 127.0.0.1/{mta.SmtpPort} smtpaddress example.test")
            + Poll("flate", "pop3", dovecot.Pop3Port, $"is late here smtphost 127.0.0.1/{mta.SmtpPort} smtpaddress example.test")
            + Poll("fimap", "imap", dovecot.ImapPort, $"is nobody here mda \"{mta.Command("sendmail")} -C {mta.Etc} -i -f %F -- %T\""));
        Outcome outcome = Shell.Run("/usr/bin/env", [$"FETCHMAILHOME={home}", $"HOME={home}", "/bin/bash", "-c", $"chmod 600 {home}/rc; {Fetchmail} -f {home}/rc --nodetach --nosyslog -v"]);
        foreach ((string box, string kind, int port) in ((string, string, int)[])[("gpop", "SimplePOP3Retriever", dovecot.Pop3Port), ("gimap", "SimpleIMAPRetriever", dovecot.ImapPort)])
        {
            File.WriteAllText($"{home}/{box}", $"""
                [retriever]
                type = {kind}
                server = 127.0.0.1
                port = {port}
                username = {box}
                password = secret
                [destination]
                type = MDA_external
                path = {mta.Command("sendmail")}
                arguments = ("-C", "{mta.Etc}", "-i", "-bm", "-f", "%(sender)", "--", "nobody@example.test")
                allow_root_commands = true
                unixfrom = false
                [options]
                delete = true
                verbose = 1

                """);
            Shell.Run(Getmail, ["--getmaildir", home, "--rcfile", $"{home}/{box}"]).MustSucceed();
        }

        foreach (string box in (string[])["fpop", "fimap", "gpop", "gimap"])
        {
            string mail = mta.WaitForMail("nobody", $"the token of {box}");
            Assert.EndsWith($"\n\nthe token of {box}\n.\n..\nFrom here\n\xe9\n", mail, StringComparison.Ordinal);
            Assert.StartsWith("Return-Path: <far@src.test>\n", mail, StringComparison.Ordinal);
            Assert.Contains($"\nMessage-Id: <{box}@src.test>\n", mail, StringComparison.Ordinal);
            Assert.Equal("", dovecot.ReadByImap(box));
        }

        Assert.True(dovecot.ReadByImap("flate").Contains("the token of flate", StringComparison.Ordinal), outcome.All + mta.Log);
        Assert.Contains("<late@example.test>: Recipient address rejected: come later", mta.Log, StringComparison.Ordinal);
        mta.WaitForEmptyQueue();
        Matrix.Passed();
    }
}

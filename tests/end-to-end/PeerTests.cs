namespace Mta.EndToEnd;

/// <summary>Programs that people have: they submit to us, and read what we delivered.</summary>
public sealed class PeerTests
{
    [Neighbour("swaks", "swaks(1)", "a transaction of SMTP")]
    [PeerFact("/usr/bin/swaks")]
    public void Swaks_submits()
    {
        using Instance mta = new Instance().Start();
        Shell.Run("/usr/bin/swaks", ["--server", $"127.0.0.1:{mta.SmtpPort}", "--from", "s@example.test", "--to", $"{mta.User}@example.test", "--body", "swaks token"]).MustSucceed();
        mta.WaitForMail(mta.User, "swaks token");
        Matrix.Passed();
    }

    [PeerFact("/usr/bin/python3")]
    public void Pythons_smtplib_submits()
    {
        using Instance mta = new Instance().Start();
        string script = $"""
            import smtplib
            with smtplib.SMTP("127.0.0.1", {mta.SmtpPort}, timeout=60) as server:
                server.sendmail("s@example.test", ["{mta.User}@example.test"], "Subject: python\r\n\r\nsmtplib token\r\n..dots\r\n", ["BODY=8BITMIME"])
            """;
        Shell.Run("/usr/bin/python3", ["-c", script]).MustSucceed();
        Assert.EndsWith("smtplib token\n..dots\n", mta.WaitForMail(mta.User, "smtplib token"), StringComparison.Ordinal);
    }

    [PeerFact("/usr/bin/msmtp")]
    public void Msmtp_submits()
    {
        using Instance mta = new Instance().Start();
        Shell.Run("/usr/bin/msmtp", ["--host=127.0.0.1", $"--port={mta.SmtpPort}", "--from=s@example.test", "--tls=off", "--auth=off", $"{mta.User}@example.test"], "Subject: msmtp\n\nmsmtp token\n").MustSucceed();
        mta.WaitForMail(mta.User, "msmtp token");
    }

    [Neighbour("mutt", "muttrc(5): sendmail and smtp_url", "submission through sendmail, and by SMTP")]
    [PeerFact("/usr/bin/mutt")]
    public void Mutt_submits_through_sendmail_and_through_smtp()
    {
        using Instance mta = new Instance(privileged: true).Start();
        string rc = Path.Combine(mta.Directory, "muttrc");
        File.WriteAllText(rc, $"set sendmail=\"{mta.Command("sendmail")} -C {mta.Etc} -oem -oi\"\nset from=s@example.test\nset use_from=yes\nset copy=no\n");
        Shell.Run("/usr/bin/mutt", ["-n", "-F", rc, "-s", "mutt", $"{mta.User}@example.test"], "mutt token one\n").MustSucceed();
        mta.WaitForMail(mta.User, "mutt token one");
        File.AppendAllText(rc, $"set smtp_url=smtp://127.0.0.1:{mta.SmtpPort}/\nset ssl_starttls=no\nset ssl_force_tls=no\n");
        Shell.Run("/usr/bin/mutt", ["-n", "-F", rc, "-s", "mutt", $"{mta.User}@example.test"], "mutt token two\n").MustSucceed();
        mta.WaitForMail(mta.User, "mutt token two");
        Matrix.Passed();
    }

    [PeerFact("/usr/sbin/dovecot", "/usr/bin/doveadm")]
    public void Dovecot_reads_the_maildir()
    {
        using Instance mta = new Instance().Start();
        mta.Send("s@example.test", $"{mta.User}@example.test", "Subject: for dovecot\n\ndovecot token\n");
        mta.WaitForMail(mta.User, "dovecot token");
        string configuration = Path.Combine(mta.Directory, "dovecot.conf");
        File.WriteAllText(configuration, $"mail_location = maildir:{mta.Mail}/{mta.User}\nbase_dir = {mta.Directory}/dovecot\nlog_path = {mta.Directory}/dovecot.log\nfirst_valid_uid = 1\nuserdb {{\n driver = passwd\n}}\nprotocols = imap\nssl = no\n");
        string uid = Shell.Bash($"id -u {mta.User}").Output.Trim();
        string gid = Shell.Bash($"id -g {mta.User}").Output.Trim();
        Outcome fetched = Shell.Run(
            "/usr/bin/setpriv",
            [$"--reuid={uid}", $"--regid={gid}", "--clear-groups", "/usr/bin/env", $"HOME={mta.Mail}/{mta.User}", $"USER={mta.User}", "/usr/lib/dovecot/imap", "-c", configuration],
            "a select INBOX\r\nb fetch 1 (body[header.fields (subject)] body[text])\r\nc logout\r\n");
        Assert.True(fetched.Output.Contains("dovecot token", StringComparison.Ordinal), fetched.All);
        Assert.Contains("Subject: for dovecot", fetched.Output, StringComparison.Ordinal);
    }

    [PeerFact("/usr/sbin/postfix", "/usr/bin/python3", "/sbin/ip")]
    public void A_stock_debian_master_cf_with_chroot_delivers_unedited()
    {
        using var mta = new Instance(privileged: true);
        // The stock file listens on port 25 and keeps tlsmgr, scache and the like, which are started only when asked for.
        mta.MasterCf = File.ReadAllText("/usr/share/postfix/master.cf.dist");
        string name = Path.GetFileName(mta.Directory);
        mta.WriteConfiguration();
        Shell.Bash($"chmod 755 {mta.Directory}; chown postfix {mta.Directory}/data; chmod 1777 {mta.Mail}; ip netns add {name} && ip netns exec {name} ip link set lo up").MustSucceed();
        string inside = $"ip netns exec {name} ";
        try
        {
            Shell.Bash($"{inside}{mta.Command("postfix")} -c {mta.Etc} start").MustSucceed();
            Shell.Bash($"{inside}/usr/bin/python3 -c 'import smtplib; smtplib.SMTP(\"127.0.0.1\", 25, timeout=60).sendmail(\"s@example.test\", [\"nobody@example.test\"], \"Subject: x\\r\\n\\r\\nchroot token\\r\\n\")'").MustSucceed();
            mta.WaitForMail("nobody", "chroot token");
            Shell.Bash($"printf 'Subject: y\\n\\nsendmail token\\n' | {inside}{mta.Command("sendmail")} -C {mta.Etc} nobody@example.test").MustSucceed();
            mta.WaitForMail("nobody", "sendmail token");
            foreach ((int pid, string program) in mta.Processes())
            {
                string root = new DirectoryInfo($"/proc/{pid}/root").LinkTarget ?? "";
                bool chrooted = Path.GetFileName(program) is "smtpd" or "cleanup" or "trivial-rewrite" or "pickup" or "anvil";
                Assert.True(root == (chrooted ? mta.Spool : "/"), $"got root {root} of {program}");
            }
        }
        finally
        {
            Shell.Bash($"{inside}{mta.Command("postfix")} -c {mta.Etc} stop; ip netns delete {name}");
        }
    }
}

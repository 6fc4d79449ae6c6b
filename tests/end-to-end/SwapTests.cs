namespace Mta.EndToEnd;

/// <summary>
/// One daemon of ours inside a running Debian Postfix, and one of Postfix's inside ours: mail still passes, by SMTP and
/// sendmail, delivered, deferred and bounced; and /proc/PID/exe says who did the work.
/// </summary>
public sealed class SwapTests
{
    private const string PostfixProgram = "/usr/sbin/postfix";

    public static TheoryData<string> Daemons => ["master", "smtpd", "cleanup", "qmgr", "trivial-rewrite", "pickup", "bounce", "smtp", "local", "virtual", "showq"];

    [PeerTheory(PostfixProgram)]
    [MemberData(nameof(Daemons))]
    public void Ours_works_inside_postfix(string daemon)
    {
        using var sink = new SmtpSink { Answer = MixedResults };
        using var postfix = new DebianPostfix(sink.Port);
        postfix.Replace(daemon);
        postfix.Start();
        Exercise(
            postfix.Connect,
            message => Shell.Run("/usr/sbin/sendmail", ["-C", postfix.Etc, "-f", "sender@example.test", "nobody@example.test"], message).MustSucceed(),
            () => Shell.Run("/usr/sbin/postqueue", ["-c", postfix.Etc, "-p"]).MustSucceed().Output,
            postfix.WaitForMail,
            () => postfix.Log,
            sink);
        AssertWhoWorked(postfix.MasterPid, Repository.Daemon(daemon), "/usr/lib/postfix/sbin/" + daemon, postfix.Log);
    }

    [PeerTheory(PostfixProgram)]
    [MemberData(nameof(Daemons))]
    public void Postfixs_works_inside_ours(string daemon)
    {
        using var sink = new SmtpSink { Answer = MixedResults };
        using var mta = new Instance(privileged: true, relay: $"{sink.Port}");
        string libexec = Path.Combine(mta.Directory, "libexec");
        Shell.Bash($"mkdir {libexec} && ln -s {Repository.Build}/libexec/* {libexec}/ && ln -sfn /usr/lib/postfix/sbin/{daemon} {libexec}/{daemon}").MustSucceed();
        mta.Main["daemon_directory"] = libexec;
        mta.Main["virtual_mailbox_domains"] = "virt.test";
        mta.Main["virtual_mailbox_base"] = mta.Mail;
        mta.Main["virtual_mailbox_maps"] = "static:box/";
        mta.Main["virtual_uid_maps"] = "static:65534";
        mta.Main["virtual_gid_maps"] = "static:65534";
        mta.Main["smtpd_forbid_bare_newline"] = "no";
        mta.Start();
        Exercise(
            mta.Connect,
            message => mta.Sendmail(message, "-f", "sender@example.test", "nobody@example.test").MustSucceed(),
            () => mta.Run("postqueue", ["-c", mta.Etc, "-p"]).MustSucceed().Output,
            (user, token) => Wait.For(() => mta.FindMail(user, token) ?? mta.FindMail("box", token), $"mail {token}", () => mta.Log),
            () => mta.Log,
            sink);
        AssertWhoWorked(mta.MasterPid, "/usr/lib/postfix/sbin/" + daemon, Repository.Daemon(daemon), mta.Log);
    }

    private static string? MixedResults(string line) =>
        line.StartsWith("RCPT", StringComparison.Ordinal) && line.Contains("bad@", StringComparison.Ordinal) ? "550 5.1.1 no such user"
        : line.StartsWith("RCPT", StringComparison.Ordinal) && line.Contains("later@", StringComparison.Ordinal) ? "450 4.2.1 mailbox busy"
        : null;

    private static void Exercise(Func<SmtpClient> connect, Action<string> sendmail, Func<string> listing, Func<string, string, string> waitForMail, Func<string> log, SmtpSink sink)
    {
        using (SmtpClient client = connect())
        {
            client.Command("EHLO swap.test", "250");
            string[] recipients = ["nobody@example.test", "info@virt.test", "good@far.example", "bad@far.example", "later@far.example"];
            string reply = client.SendMessage("nobody@example.test", recipients, "Subject: swap\n\nsmtp-token\n.dot\n");
            Assert.StartsWith("250 2.0.0 Ok: queued as ", reply, StringComparison.Ordinal);
            client.Command("QUIT", "221");
        }

        sendmail("Subject: swap\n\nsendmail-token\n");
        waitForMail("nobody", "smtp-token");
        waitForMail("nobody", "sendmail-token");
        Received relayed = sink.WaitFor("smtp-token", log);
        Assert.Equal(["good@far.example"], relayed.Recipients);
        Assert.EndsWith("smtp-token\n.dot\n", relayed.Content, StringComparison.Ordinal);
        string notice = waitForMail("nobody", "Undelivered Mail Returned to Sender");
        Assert.Contains("bad@far.example", notice, StringComparison.Ordinal);
        Wait.Until(
            () => listing() is var text && text.Contains("later@far.example", StringComparison.Ordinal) && text.Contains("mailbox busy", StringComparison.Ordinal),
            "the deferred recipient in the listing",
            log);
    }

    private static void AssertWhoWorked(int master, string want, string notWant, string log)
    {
        want = File.ResolveLinkTarget(want, returnFinalTarget: true)?.FullName ?? want;
        string[] programs = [.. ProcessTable.OfMaster(master).Select(process => process.Program)];
        Assert.True(programs.Contains(want), $"got {string.Join(' ', programs)}, want {want} among them\n{log}");
        Assert.DoesNotContain(notWant, programs);
    }
}

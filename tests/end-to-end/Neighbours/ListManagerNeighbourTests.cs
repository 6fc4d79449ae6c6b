namespace Mta.EndToEnd;

/// <summary>A list manager beside us: it writes our tables, takes mail to its lists by LMTP and sends through us.</summary>
public sealed class ListManagerNeighbourTests
{
    private const int Seconds = 120;

    [Neighbour(
        "mailman3",
        "Mailman's documentation: Hooking up your mail server, Postfix",
        "tables of lists and domains, written with our postmap; mail to a list in by LMTP and out to its members; bounces back to VERP addresses; no such list")]
    [PeerFact("/usr/bin/apt-get", "/usr/bin/python3", "/usr/bin/setpriv")]
    public void Mailman_takes_the_mail_of_its_lists_and_sends_it_to_the_members()
    {
        using var mta = new Instance(privileged: true);
        using var sink = new SmtpSink { Answer = static line => line.StartsWith("RCPT TO:<gone@", StringComparison.Ordinal) ? "550 5.1.1 gone for good" : null };
        string home = $"{mta.Directory}/mailman";
        string data = $"{home}/var/data";
        int lmtp = Ports.Free();
        if (!Unpack(home))
        {
            return;
        }

        mta.Main["recipient_delimiter"] = "+";
        mta.Main["owner_request_special"] = "no";
        mta.Main["local_recipient_maps"] = $"unix:passwd.byname hash:{data}/postfix_lmtp";
        mta.Main["relay_domains"] = $"hash:{data}/postfix_domains";
        mta.Main["relay_recipient_maps"] = $"hash:{data}/postfix_lmtp";
        // The fallback asks Mailman itself about lists that its table does not have.
        mta.Main["transport_maps"] = $"hash:{data}/postfix_lmtp, inline:{{far.test=smtp:[127.0.0.1]:{sink.Port}, lists.test=lmtp:[127.0.0.1]:{lmtp}}}";
        mta.WriteConfiguration();
        Configure(home, mta, lmtp);
        Mailman(home, "create", "-d", "team@lists.test");
        Assert.Equal($"lmtp:[127.0.0.1]:{lmtp}\n", mta.Run("postmap", ["-c", mta.Etc, "-q", "team-bounces@lists.test", $"hash:{data}/postfix_lmtp"]).MustSucceed().Output);
        Assert.Equal("lists.test\n", mta.Run("postmap", ["-c", mta.Etc, "-q", "lists.test", $"hash:{data}/postfix_domains"]).MustSucceed().Output);
        File.WriteAllText($"{home}/members", "anna@far.test\ngone@far.test\nnobody@example.test\n");
        Mailman(home, "addmembers", "-W", $"{home}/members", "team@lists.test");

        mta.Start();
        using var mailman = new Peer("/usr/bin/setpriv", AsMailman(home, "master"));
        mailman.Listening(lmtp, Seconds);
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO test.example", "250");
            client.Command("MAIL FROM:<nobody@example.test>", "250");
            client.Command("RCPT TO:<no-such@lists.test>", "550 5.1.1 <no-such@lists.test>: Recipient address rejected: User unknown in relay recipient table");
            client.Command("QUIT", "221");
        }

        mta.Send("nobody@example.test", "team@lists.test", "From: nobody@example.test\nTo: team@lists.test\nSubject: hello\nMessage-ID: <1@example.test>\n\nthe list token\n..dots\n");
        mta.Sendmail("Subject: lost\n\nthe lost token\n", "-f", "nobody@example.test", "lost@lists.test").MustSucceed();

        string Evidence() => $"{mailman.Said}\n{Shell.Bash($"tail -n 40 {home}/var/logs/*").Output}\n{mta.Log}";
        string mine = Wait.For(() => mta.FindMail("nobody", "the list token"), "the mail of the list", Evidence, Seconds);
        Assert.Contains("Return-Path: <team-bounces+nobody=example.test@lists.test>\n", mine, StringComparison.Ordinal);
        Assert.Contains("\nList-Id: <team.lists.test>\n", mine, StringComparison.Ordinal);
        Assert.Contains("\n\nthe list token\n..dots\n", mine, StringComparison.Ordinal);
        Received anna = Wait.For(() => sink.Messages.FirstOrDefault(static one => one.Recipients is ["anna@far.test"]), "the mail of a member elsewhere", Evidence, Seconds);
        Assert.Equal("team-bounces+anna=far.test@lists.test", anna.Sender);
        Assert.Contains("\nSubject: [Team] hello\n", anna.Content, StringComparison.Ordinal);

        // What came back for the third member is counted against him, by the address that it came to.
        string log = $"{home}/var/logs/bounce.log";
        Wait.Until(() => File.Exists(log) && File.ReadAllText(log).Contains("Member gone@far.test on list team.lists.test, bounce score = 1.", StringComparison.Ordinal), "the bounce", Evidence, Seconds);
        Assert.Matches($"to=<team-bounces\\+gone=far.test@lists.test>, relay=127.0.0.1\\[127.0.0.1\\]:{lmtp}, .* status=sent \\(250 ", mta.Log);
        Assert.Contains("Final-Recipient: rfc822; lost@lists.test\n", Wait.For(() => mta.FindMail("nobody", "the lost token"), "the bounce of a list that is not there", Evidence, Seconds), StringComparison.Ordinal);
        Assert.Matches($"to=<lost@lists.test>, relay=127.0.0.1\\[127.0.0.1\\]:{lmtp}, .* status=bounced \\(host 127.0.0.1\\[127.0.0.1\\] said: 550 ", mta.Log);
        mta.WaitForEmptyQueue(Seconds);
        Matrix.Passed(home);
    }

    // False, and said so, without a mirror. What its web pages and its other databases need is left out.
    private static bool Unpack(string home)
    {
        Outcome outcome = Shell.Bash(
            $"""
            set -e -o pipefail
            apt-cache show mailman3 > /dev/null 2>&1 || timeout 60 apt-get update -qq
            packages=$(apt-get install -s --no-install-recommends mailman3 | awk '/^Inst/ && $2 !~ /^(cron|fonts|sphinx|python3-psycopg2|python3-nose)/ {"{"} print $2 {"}"}')
            {Repository.Tool("unpack-peer")} {home} $packages
            """,
            seconds: 150);
        if (outcome.ExitCode != 0)
        {
            Console.Error.WriteLine($"SKIPPED: Mailman cannot be unpacked here: {outcome.All}");
        }

        return outcome.ExitCode == 0;
    }

    // As a virtual environment of Python, whose interpreter finds the packages. The account is Debian's for list managers.
    private static void Configure(string home, Instance mta, int lmtp)
    {
        File.WriteAllText($"{home}/mailman.cfg", $"""
            [mailman]
            site_owner: nobody@example.test
            layout: here
            [paths.here]
            var_dir: {home}/var
            bin_dir: {home}/bin
            [mta]
            incoming: mailman.mta.postfix.LMTP
            outgoing: mailman.mta.deliver.deliver
            lmtp_host: 127.0.0.1
            lmtp_port: {lmtp}
            smtp_host: 127.0.0.1
            smtp_port: {mta.SmtpPort}
            verp_delivery_interval: 1
            configuration: {home}/postfix.cfg
            [runner.bounces]
            sleep_time: 1s

            """ + string.Concat(((string[])["archive", "command", "digest", "nntp", "rest", "retry", "task", "virgin"]).Select(static one => $"[runner.{one}]\nstart: no\n")));
        File.WriteAllText($"{home}/postfix.cfg", $"""
            [postfix]
            postmap_command: {mta.Command("postmap")} -c {mta.Etc}
            transport_file_type: hash

            """);
        Shell.Bash($"""
            set -e
            chmod 755 {mta.Directory}
            cd {home}
            library=lib/$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
            mkdir -p bin var $library
            printf 'home = /usr/bin\ninclude-system-site-packages = true\n' > pyvenv.cfg
            ln -s /usr/bin/python3 bin/python3
            ln -s {home}/usr/lib/python3/dist-packages $library/site-packages
            cp usr/lib/mailman3/bin/* bin/
            chown -R list: var usr/lib/python3
            """).MustSucceed();
    }

    private static void Mailman(string home, params string[] arguments) =>
        Shell.Run("/usr/bin/setpriv", AsMailman(home, "mailman", arguments), seconds: Seconds).MustSucceed();

    private static string[] AsMailman(string home, string program, params string[] arguments) =>
        ["--reuid=list", "--regid=list", "--clear-groups", $"{home}/bin/python3", $"{home}/bin/{program}", "-C", $"{home}/mailman.cfg", .. arguments];
}

namespace Mta.EndToEnd;

/// <summary>A spool changes hands: what one system left, the other delivers; each reads the other's queue.</summary>
public sealed class TakeoverTests
{
    private const string PostfixProgram = "/usr/sbin/postfix";

    [PeerFact(PostfixProgram)]
    public void A_spool_left_by_postfix_is_delivered_by_ours()
    {
        int port = Ports.Free();
        using var postfix = new DebianPostfix(port);
        postfix.Start();
        (string deferred, string held) = Fill(postfix.Connect, id => Shell.Run("/usr/sbin/postsuper", ["-c", postfix.Etc, "-h", id]).MustSucceed(), () => postfix.Log, postfix.Spool);
        AssertSameListing(postfix.Etc, deferred);
        postfix.Postfix("stop").MustSucceed();
        postfix.Set("mail_name", "Postfix");
        postfix.Set("smtpd_forbid_bare_newline", "normalize");
        postfix.Set("smtpd_forbid_unauth_pipelining", "yes");
        string report = Shell.Run(Repository.Command("postfix"), ["takeover-check", postfix.Etc]).MustSucceed().Output;
        Assert.Contains("master.cf: line", report, StringComparison.Ordinal);
        Assert.Contains($"queue {postfix.Spool}/deferred: same: 1 message\n", report, StringComparison.Ordinal);
        Assert.Contains($"queue {postfix.Spool}/hold: same: 1 message\n", report, StringComparison.Ordinal);

        using var sink = new SmtpSink();
        postfix.Set("command_directory", Path.Combine(Repository.Build, "sbin"));
        postfix.Set("daemon_directory", Path.Combine(Repository.Build, "libexec"));
        postfix.Set("relayhost", $"[127.0.0.1]:{sink.Port}");
        Shell.Run(Repository.Command("postfix"), ["-c", postfix.Etc, "start"]).MustSucceed();
        try
        {
            Drain(sink, held, (command, arguments) => Shell.Run(Repository.Command(command), ["-c", postfix.Etc, .. arguments]), () => postfix.Log);
        }
        finally
        {
            Shell.Run(Repository.Command("postfix"), ["-c", postfix.Etc, "stop"]);
        }
    }

    [PeerFact(PostfixProgram)]
    public void A_spool_left_by_ours_is_delivered_by_postfix()
    {
        using var postfix = new DebianPostfix(Ports.Free());
        postfix.Set("command_directory", Path.Combine(Repository.Build, "sbin"));
        postfix.Set("daemon_directory", Path.Combine(Repository.Build, "libexec"));
        Shell.Run(Repository.Command("postfix"), ["-c", postfix.Etc, "start"]).MustSucceed();
        string held;
        try
        {
            (string deferred, held) = Fill(postfix.Connect, id => Shell.Run(Repository.Command("postsuper"), ["-c", postfix.Etc, "-h", id]).MustSucceed(), () => postfix.Log, postfix.Spool);
            AssertSameListing(postfix.Etc, deferred);
        }
        finally
        {
            Shell.Run(Repository.Command("postfix"), ["-c", postfix.Etc, "stop"]);
        }

        using var sink = new SmtpSink();
        postfix.Set("command_directory", "/usr/sbin");
        postfix.Set("daemon_directory", "/usr/lib/postfix/sbin");
        postfix.Set("relayhost", $"[127.0.0.1]:{sink.Port}");
        postfix.Start();
        Drain(sink, held, (command, arguments) => Shell.Run("/usr/sbin/" + command, ["-c", postfix.Etc, .. arguments]), () => postfix.Log);
    }

    private static (string Deferred, string Held) Fill(Func<SmtpClient> connect, Action<string> hold, Func<string> log, string spool)
    {
        string[] ids = ["", ""];
        for (int i = 0; i < 2; i++)
        {
            using SmtpClient client = connect();
            client.Command("EHLO test", "250");
            string reply = client.SendMessage("s@example.test", [$"r{i}@far.example", $"second{i}@far.example"], $"Subject: {i}\n\ntakeover-{i}\n");
            ids[i] = reply["250 2.0.0 Ok: queued as ".Length..];
            Wait.Until(() => Directory.GetFiles(Path.Combine(spool, "deferred"), ids[i], SearchOption.AllDirectories).Length == 1, "deferred", log);
        }

        hold(ids[1]);
        return (ids[0], ids[1]);
    }

    private static void AssertSameListing(string etc, string id)
    {
        Assert.Equal(
            Shell.Run("/usr/sbin/postqueue", ["-c", etc, "-p"]).MustSucceed().Output,
            Shell.Run(Repository.Command("postqueue"), ["-c", etc, "-p"]).MustSucceed().Output);
        Assert.Equal(
            Shell.Run("/usr/sbin/postqueue", ["-c", etc, "-j"]).MustSucceed().Output,
            Shell.Run(Repository.Command("postqueue"), ["-c", etc, "-j"]).MustSucceed().Output);
        Assert.Equal(
            Shell.Run("/usr/sbin/postcat", ["-c", etc, "-o", "-q", id]).MustSucceed().Output,
            Shell.Run(Repository.Command("postcat"), ["-c", etc, "-o", "-q", id]).MustSucceed().Output);
    }

    private static void Drain(SmtpSink sink, string held, Func<string, string[], Outcome> command, Func<string> log)
    {
        command("postqueue", ["-f"]).MustSucceed();
        Assert.Equal(["r0@far.example", "second0@far.example"], sink.WaitFor("takeover-0", log).Recipients.Order());
        Assert.DoesNotContain(sink.Messages, message => message.Content.Contains("takeover-1", StringComparison.Ordinal));
        command("postsuper", ["-H", held]).MustSucceed();
        command("postqueue", ["-f"]).MustSucceed();
        Assert.Equal(["r1@far.example", "second1@far.example"], sink.WaitFor("takeover-1", log).Recipients.Order());
        Wait.Until(() => command("postqueue", ["-p"]).Output == "Mail queue is empty\n", "an empty queue", log);
    }
}

using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>The clock jumps, forth and back: mail is taken and delivered once, and what waits is delivered or returned.</summary>
public sealed class ClockTests
{
    [PeerFact("/usr/bin/faketime")]
    public void Mail_outlives_a_clock_that_jumps()
    {
        using var sink = new SmtpSink();
        using var mta = new Instance(privileged: true, relay: $"{sink.Port}");
        string clock = Path.Combine(mta.Directory, "clock");
        void Set(string offset) => File.WriteAllText(clock, offset + "\n");
        Set("+0");
        string library = Shell.Bash("find /usr/lib -name libfaketimeMT.so.1").Output.Trim();
        mta.Main["import_environment"] = "MAIL_CONFIG POSTLOG_SERVICE LANG=C LD_PRELOAD FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE FAKETIME_DONT_FAKE_MONOTONIC DONT_FAKE_MONOTONIC";
        mta.Main["sandbox_read_paths"] = mta.Directory;
        mta.Main["queue_run_delay"] = "1s";
        mta.Main["minimal_backoff_time"] = "300s";
        mta.Around = ["/usr/bin/env", $"LD_PRELOAD={library}", $"FAKETIME_TIMESTAMP_FILE={clock}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1"];
        // What was skipped is looked at again when master wakes the queue manager, or when other mail comes.
        mta.MasterCf = Regex.Replace(mta.MasterCf, @"(?m)^(qmgr .*) 300 ", "$1 1 ");
        mta.Start();
        void Accept(string token)
        {
            using SmtpClient client = mta.Connect();
            client.Command("EHLO client.example.test", "250");
            Assert.StartsWith("250", client.SendMessage("sender@remote.example", ["friend@remote.example"], $"Subject: {token}\r\n\r\ntext\r\n"), StringComparison.Ordinal);
        }

        // The time of the next attempt is set by now, whatever becomes of the clock.
        void WaitUntilDeferred() => Wait.Until(() => mta.QueueFiles().Any(static file => file.Contains("deferred/", StringComparison.Ordinal)), "a deferred message", () => mta.Log);

        // A queue file that seems to come from the future is left alone until it does not.
        foreach (string offset in (string[])["+1d", "-1d", "+10y", "-10y"])
        {
            Set(offset);
            Accept($"jump{offset}.");
            Set("+0");
            sink.WaitFor($"jump{offset}.", () => mta.Log);
        }

        // What waits for its next attempt is tried when its time seems to have come, and when it is asked for.
        sink.Answer = static line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.0 later" : null;
        Accept("waits.");
        WaitUntilDeferred();
        sink.Answer = static _ => null;
        Set("+1d");
        sink.WaitFor("waits.", () => mta.Log);
        sink.Answer = static line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.1 later still" : null;
        Accept("is-asked-for.");
        WaitUntilDeferred();
        sink.Answer = static _ => null;
        Set("+0");
        Wait.Until(() => mta.Run("postqueue", ["-c", mta.Etc, "-f"]).ExitCode == 0 && sink.Messages.Any(static message => message.Content.Contains("is-asked-for.", StringComparison.Ordinal)), "the flushed message", () => mta.Log);

        // Ten years are too long for a message: its sender is told.
        sink.Answer = static line => line.StartsWith("RCPT TO:<friend@", StringComparison.Ordinal) ? "450 4.2.2 never" : null;
        Accept("expires.");
        WaitUntilDeferred();
        Set("+10y");
        Received notice = sink.WaitFor("expires.", () => mta.Log);
        Assert.Equal("", notice.Sender);
        Set("+0");
        mta.WaitForEmptyQueue();
        Assert.All(sink.Messages.Where(static message => message.Content.Length > 0).GroupBy(static message => message.Content.Split("Subject: ").Last().Split('\r')[0]), static sent => Assert.Single(sent));
        Assert.DoesNotContain("panic:", mta.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("fatal:", mta.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("killed by signal", mta.Log, StringComparison.Ordinal);
    }
}

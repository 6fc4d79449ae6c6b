using System.Diagnostics;

namespace Mta.EndToEnd;

/// <summary>Disks that fail or fill up: never a 250 for what was not kept, and recovery by itself.</summary>
public sealed class FaultTests
{
    [PeerFact("/usr/bin/strace")]
    public void A_failing_fsync_is_answered_with_451_and_leaves_no_file()
    {
        using Instance mta = new Instance().Start();
        Deliver(mta, "before");
        mta.WaitForEmptyQueue();
        using (Injection.Into(mta, "cleanup", "fsync:error=EIO"))
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO test", "250");
            string reply = client.SendMessage("s@example.test", [$"{mta.User}@example.test"], "Subject: fault\n\nfault token\n");
            Assert.StartsWith("451 4.3.0", reply, StringComparison.Ordinal);
            mta.WaitForEmptyQueue();
        }

        Deliver(mta, "after");
        Assert.Null(mta.FindMail(mta.User, "fault token"));
    }

    [PeerFact("/usr/bin/strace")]
    public async Task A_file_system_that_is_read_only_for_a_while_holds_clients_up_and_takes_their_mail_then()
    {
        using Instance mta = new Instance().Start();
        Deliver(mta, "before");
        mta.WaitForEmptyQueue();
        using SmtpClient client = mta.Connect();
        client.Command("EHLO test", "250");
        client.Command("MAIL FROM:<s@example.test>", "250");
        Task<string> answer;
        using (Injection.Into(mta, "cleanup", "openat,rename,renameat2:error=EROFS"))
        {
            answer = Task.Run(() => client.Command($"RCPT TO:<{mta.User}@example.test>"));
            mta.WaitForLog("Read-only file system");
            Assert.Empty(mta.QueueFiles());
        }

        // As in Postfix, the next try is ten seconds later.
        Assert.StartsWith("250", await answer.WaitAsync(TimeSpan.FromSeconds(60)), StringComparison.Ordinal);
        client.Command("DATA", "354");
        client.SendRaw("Subject: held\r\n\r\nheld token\r\n");
        client.Command(".", "250");
        mta.WaitForMail(mta.User, "held token");
    }

    [Fact]
    public async Task A_log_service_that_hangs_or_dies_loses_no_mail()
    {
        using Instance mta = new Instance().Start();
        Deliver(mta, "before");
        int logger = mta.Processes().First(static process => Path.GetFileName(process.Program) == "postlogd").Pid;
        Shell.Bash($"kill -STOP {logger}").MustSucceed();
        Task[] clients = Enumerable.Range(0, 5).Select(i => Task.Run(() => mta.Send("s@example.test", $"{mta.User}@example.test", $"Subject: {i}\n\nheld token {i}\n"))).ToArray();
        Shell.Bash($"kill -CONT {logger}; kill -9 {logger}").MustSucceed();
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
        for (int i = 0; i < clients.Length; i++)
        {
            mta.WaitForMail(mta.User, $"held token {i}");
        }

        mta.WaitForEmptyQueue();
        string id = mta.Send("s@example.test", $"{mta.User}@example.test", "Subject: after\n\nafter token\n");
        mta.WaitForLog($"{id}: removed");
    }

    [PeerFact("/usr/bin/strace")]
    public void A_failing_flush_of_the_maildir_keeps_the_message_in_the_queue()
    {
        using var mta = new Instance();
        mta.Main["minimal_backoff_time"] = "1s";
        mta.Main["maximal_backoff_time"] = "1s";
        mta.Main["queue_run_delay"] = "2s";
        mta.Start();
        Deliver(mta, "before");
        mta.WaitForEmptyQueue();
        string id;
        using (Injection.Into(mta, "local", "fsync:error=EIO"))
        {
            id = mta.Send("s@example.test", $"{mta.User}@example.test", "Subject: fault\n\nfault token\n");
            mta.WaitForLog($"{id}: to=<{mta.User}@example.test>, relay=local");
            Wait.Until(() => mta.QueueFiles().Length == 1, "the message still queued", () => mta.Log);
        }

        mta.WaitForMail(mta.User, "fault token");
        mta.WaitForEmptyQueue();
    }

    [PeerFact("/usr/bin/strace")]
    public void A_failing_send_of_content_ends_the_delivery_at_once()
    {
        using var sink = new SmtpSink();
        using Instance mta = new Instance(relay: sink.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)).Start();
        string before = mta.Send("s@example.test", "r@far.example", "Subject: before\n\nbefore\n");
        mta.WaitForLog($"{before}: removed");
        using (Injection.Into(mta, "smtp", "sendto:error=ENOMEM:when=8"))
        {
            // Some sixty sends of content: the eighth is one of them, and neither side has anything to say then.
            string id = mta.Send("s@example.test", "r@far.example", "Subject: large\n\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\n", 30_000)));
            Wait.Until(() => mta.Log.Contains($"{id}: to=<r@far.example>", StringComparison.Ordinal), "an outcome", () => mta.Log, seconds: 60);
        }
    }

    [RootFact]
    public void A_full_disk_is_a_temporary_error_and_heals_by_itself()
    {
        using var mta = new Instance();
        mta.Main["message_size_limit"] = "1000000";
        Shell.Bash($"mount -t tmpfs -o size=8m,mode=755 tmpfs {mta.Spool}").MustSucceed();
        try
        {
            mta.Start();
            Deliver(mta, "before");
            Shell.Bash($"dd if=/dev/zero of={mta.Spool}/filler bs=64k 2>/dev/null");
            using (SmtpClient client = mta.Connect())
            {
                client.Command("EHLO test", "250");
                Wait.Until(
                    () => client.Command("MAIL FROM:<s@example.test>").StartsWith("452 4.3.1", StringComparison.Ordinal) || !client.Command("RSET").StartsWith("250", StringComparison.Ordinal),
                    "452 4.3.1 for MAIL while the disk is full");
            }

            Outcome outcome = mta.Sendmail("Subject: full\n\n" + new string('x', 200_000) + "\n", mta.User);
            Assert.Equal(75, outcome.ExitCode);
            Shell.Bash($"rm {mta.Spool}/filler").MustSucceed();
            Deliver(mta, "after");
        }
        finally
        {
            mta.Postfix("stop");
            Shell.Bash($"umount -l {mta.Spool}");
        }
    }

    [RootFact]
    public void A_disk_that_fills_during_a_message_loses_nothing_and_acknowledges_nothing()
    {
        using var mta = new Instance();
        mta.Main["message_size_limit"] = "3000000";
        Shell.Bash($"mount -t tmpfs -o size=8m,mode=755 tmpfs {mta.Spool}").MustSucceed();
        try
        {
            mta.Start();
            using (SmtpClient client = mta.Connect())
            {
                client.Command("EHLO test", "250");
                client.Command("MAIL FROM:<s@example.test>", "250");
                client.Command($"RCPT TO:<{mta.User}@example.test>", "250");
                Shell.Bash($"dd if=/dev/zero of={mta.Spool}/filler bs=64k 2>/dev/null");
                client.Command("DATA", "354");
                client.SendRaw(string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 20_000)));
                Assert.StartsWith("4", client.Command("."), StringComparison.Ordinal);
            }

            // Nothing is left of it; the notice of it for the postmaster may be on its way.
            Shell.Bash($"rm {mta.Spool}/filler").MustSucceed();
            mta.WaitForEmptyQueue();
            Assert.Null(mta.FindMail(mta.User, "xxxxxxxx"));
            Deliver(mta, "after");
        }
        finally
        {
            mta.Postfix("stop");
            Shell.Bash($"umount -l {mta.Spool}");
        }
    }

    // A message that goes through: every daemon of its way runs, or works again.
    private static void Deliver(Instance mta, string word)
    {
        mta.Send("s@example.test", $"{mta.User}@example.test", $"Subject: {word}\n\n{word} token\n");
        mta.WaitForMail(mta.User, $"{word} token");
    }

    /// <summary>A fault that strace injects into the system calls of a running program.</summary>
    private sealed class Injection : IDisposable
    {
        private readonly Process _tracer;

        private Injection(Process tracer) => _tracer = tracer;

        public static Injection Into(Instance mta, string daemon, string fault)
        {
            int[] pids = [.. mta.Processes().Where(process => Path.GetFileName(process.Program) == daemon).Select(process => process.Pid)];
            Assert.NotEmpty(pids);
            string call = fault.Split(':')[0];
            string[] arguments = ["-f", "-e", $"trace={call}", "-e", $"inject={fault}", .. pids.SelectMany(pid => (string[])["-p", $"{pid}"])];
            var start = new ProcessStartInfo("/usr/bin/strace", arguments) { RedirectStandardError = true };
            Process tracer = Process.Start(start)!;
            Task<string?> attached = tracer.StandardError.ReadLineAsync();
            Assert.True(attached.Wait(10_000), "strace attached");
            _ = tracer.StandardError.ReadToEndAsync();
            return new Injection(tracer);
        }

        public void Dispose()
        {
            Shell.Bash($"kill -INT {_tracer.Id}");
            _tracer.WaitForExit(10_000);
            _tracer.Dispose();
        }
    }
}

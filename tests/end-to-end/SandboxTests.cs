using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mta.EndToEnd;

/// <summary>
/// A program that has been taken over (<c>tests/tools/breakout</c>), started by the master in the place of each daemon:
/// what it can do is what its profile says. The same program without a sandbox shows that the attempts are real.
/// </summary>
public sealed class SandboxTests(BreakoutRun run) : IClassFixture<BreakoutRun>
{
    private const string None = "";

    // Daemon, queues that it may write to (* change files in place), and whether it writes to data_directory and connects to servers.
    public static TheoryData<string, string, bool, string> Daemons => new()
    {
        { "anvil", None, false, None },
        { "bounce", "bounce defer trace *incoming *active *deferred *hold", false, None },
        { "cleanup", "incoming spare hold bounce defer trace", false, "named" },
        { "discard", "*active", false, "named" },
        { "error", "*active", false, "named" },
        { "flush", "flush deferred incoming", false, "named" },
        { "lmtp", "*active", false, "any" },
        { "pickup", "maildrop corrupt", false, None },
        { "postlogd", None, false, None },
        { "postscreen", None, true, "named" },
        { "proxymap", None, true, "named" },
        { "qmgr", "incoming active deferred corrupt saved spare bounce defer trace", false, None },
        { "qmqpd", None, false, "named" },
        { "showq", None, false, None },
        { "smtp", "*active", false, "any" },
        { "smtpd", "incoming", false, "named" },
        { "tlsmgr", None, true, "named" },
        { "tlsproxy", None, false, "named" },
        { "trivial-rewrite", None, false, "named" },
        { "verify", None, true, "named" },
        { "virtual", "*active", false, "named" },
    };

    [PeerTheory]
    [MemberData(nameof(Daemons))]
    public void A_daemon_that_is_taken_over_does_no_more_than_its_work(string daemon, string queues, bool writesData, string reach)
    {
        if (!BreakoutRun.IsPossible)
        {
            return;
        }

        Dictionary<string, int> results = run.Of(daemon);
        Assert.Equal(run.Attempts.Length, results.Count);
        string[] names = queues.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] writable = [.. names.Select(queue => $"change {run.Spool}/{queue.TrimStart('*')}/message"), .. names.Where(queue => queue[0] != '*').Select(queue => $"make {run.Spool}/{queue}/breakout"), .. writesData ? [$"make {run.Data}/breakout"] : (string[])[]];
        var allowed = new HashSet<string>(writable) { run.Readable };
        if (reach == "named" || reach == "any")
        {
            allowed.UnionWith([run.NamedPort, "internet"]);
        }

        if (reach == "any")
        {
            allowed.Add(run.OtherPort);
        }

        if (daemon == "postlogd")
        {
            // The directory of its file, which it may rotate; none beside it.
            allowed.UnionWith([$"make {run.Logs}/breakout", $"change {run.Logs}/mail.log"]);
        }

        if (daemon == "virtual")
        {
            // Root: it takes on the identities of those it delivers to, and starts itself again; which files, the rules say.
            foreach (string attempt in (ReadOnlySpan<string>)["setuid", "chroot", "execve"])
            {
                results.Remove(attempt);
            }

            allowed.UnionWith([$"make {run.Mailboxes}/breakout", "read /etc/shadow"]);
        }

        string[] wrong = [.. results.Where(result => allowed.Contains(result.Key) != (result.Value == 0)).Select(result => $"{result.Key} = {result.Value}")];
        Assert.True(wrong.Length == 0, $"{daemon}: {string.Join("; ", wrong)}\n{run.Log}");
    }

    [RootFact]
    public void Without_its_sandbox_the_same_program_does_what_its_user_may()
    {
        if (!BreakoutRun.IsPossible)
        {
            return;
        }

        Dictionary<string, int> results = run.Of("free");
        string[] expected = ["execve", run.Readable, run.Secret, run.OtherPort, run.NamedPort, "run /bin/true", "abstract " + run.Abstract, $"make /tmp/{run.Token}", $"make {run.Spool}/deferred/breakout", $"make {run.Logs}/breakout", $"change {run.OtherLogs}/mail.log", "netlink", "internet", run.Signal];
        string[] wrong = [.. expected.Where(attempt => results[attempt] != 0).Select(attempt => $"{attempt} = {results[attempt]}")];
        Assert.True(wrong.Length == 0, string.Join("; ", wrong));
    }
}

/// <summary>What the sandbox forbids waits, is told in the log, and can be allowed.</summary>
public sealed class SandboxSettingTests
{
    [RootFact]
    public void A_mailbox_outside_the_sandbox_is_told_of_and_waits_until_it_is_allowed()
    {
        if (!BreakoutRun.IsPossible)
        {
            return;
        }

        using var mta = new Instance(privileged: true);
        mta.Main["virtual_mailbox_domains"] = "virt.test";
        mta.Main["virtual_mailbox_base"] = $"{mta.Mail}/virtual";
        mta.Main["virtual_mailbox_maps"] = "static:link/box/";
        mta.Main["virtual_uid_maps"] = mta.Main["virtual_gid_maps"] = "static:65534";
        Shell.Bash($"mkdir {mta.Mail}/virtual {mta.Mail}/elsewhere && ln -s ../elsewhere {mta.Mail}/virtual/link && chown 65534 {mta.Mail}/virtual {mta.Mail}/elsewhere").MustSucceed();
        mta.Start();
        mta.Send("sender@example.test", "box@virt.test", "Subject: elsewhere\r\n\r\ntoken\r\n");
        mta.WaitForLog("status=deferred");
        Assert.True(mta.Log.Contains($"sandbox: {mta.Mail}/virtual/link/box", StringComparison.Ordinal), mta.Log);
        Assert.Contains("sandbox_write_paths widens it", mta.Log, StringComparison.Ordinal);
        mta.Main["sandbox_write_paths"] = $"{mta.Mail}/elsewhere";
        mta.WriteConfiguration();
        mta.Postfix("reload").MustSucceed();
        Wait.Until(() => mta.Postfix("flush").ExitCode == 0 && mta.Log.Contains("status=sent", StringComparison.Ordinal), "delivery", () => mta.Log, pause: 500);
    }

    [RootFact]
    public void Check_prints_what_each_daemon_may_do_when_asked_and_nothing_else()
    {
        using var mta = new Instance(privileged: true);
        Shell.Bash($"mkdir {mta.Directory}/access && touch {mta.Directory}/access/recipients").MustSucceed();
        mta.Main["smtpd_recipient_restrictions"] = $"check_recipient_access texthash:{mta.Directory}/access/recipients, check_policy_service inet:[::1]:10031, permit_mynetworks, reject";
        mta.MasterCf += "free unix - - n - - smtp -o sandbox=off\n";
        mta.Start();
        Assert.Equal("", mta.Postfix("check").MustSucceed().Output);
        string report = mta.Postfix("-v", "check").MustSucceed().Output;
        string smtpd = Part(report, $"127.0.0.1:{mta.SmtpPort}/inet: smtpd, user postfix, root /");
        Assert.Contains($" {mta.Directory}/access ", smtpd, StringComparison.Ordinal);
        Assert.Contains($"  writes: {mta.Spool}/incoming\n  connects to: TCP ports 53 10031\n  runs: nothing\n", smtpd, StringComparison.Ordinal);
        Assert.Contains("  not confined: sandbox = off\n", Part(report, "free/unix: smtp,"), StringComparison.Ordinal);
        Assert.Contains("  not confined: it runs programs", Part(report, "local/unix: local, user root"), StringComparison.Ordinal);
        Assert.Contains("  connects to: sockets of this host's files\n", Part(report, "qmgr/unix: qmgr,"), StringComparison.Ordinal);
    }

    private static string Part(string report, string start)
    {
        int at = report.IndexOf(start, StringComparison.Ordinal);
        Assert.True(at >= 0, report);
        int end = report.IndexOf("\n", at, StringComparison.Ordinal);
        while (end >= 0 && end + 1 < report.Length && report[end + 1] == ' ')
        {
            end = report.IndexOf("\n", end + 1, StringComparison.Ordinal);
        }

        return report[at..(end + 1)];
    }
}

/// <summary>One instance whose daemons have been taken over.</summary>
public sealed partial class BreakoutRun : IDisposable
{
    private readonly Lock _start = new();
    private Instance? _running;
    private readonly Socket _abstract = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly TcpListener _named = new(IPAddress.Loopback, 0);
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);

    // The attempts are made by number, for one processor; all rules need Landlock 6.
    internal static bool IsPossible => RuntimeInformation.ProcessArchitecture == Architecture.X64 && SystemCall(444, 0, 0, 1) >= 6;

    internal string Token { get; } = $"breakout-{Environment.ProcessId}";

    internal string Abstract => Token;

    internal string Spool => Running.Spool;

    internal string Data => Path.Combine(Running.Directory, "data");

    internal string Mailboxes => Path.Combine(Running.Mail, "virtual");

    internal string Logs => Path.Combine(Running.Directory, "log");

    // Beside it, and as open by its modes.
    internal string OtherLogs => Path.Combine(Running.Directory, "log-of-others");

    internal string Log => Running.Log;

    internal string Readable => $"read {Running.Etc}/main.cf";

    internal string Secret => $"read {Running.Directory}/home/secret";

    internal string NamedPort => $"connect {((IPEndPoint)_named.LocalEndpoint).Port}";

    internal string OtherPort => $"connect {((IPEndPoint)_other.LocalEndpoint).Port}";

    internal string Signal { get; private set; } = "";

    internal string[] Attempts =>
    [
        Readable, Secret, "read /etc/shadow", "make /etc/breakout", $"make /tmp/{Token}", $"make {Mailboxes}/breakout", $"make {Data}/breakout",
        $"make {Running.Etc}/breakout", $"make {Logs}/breakout", $"change {Logs}/mail.log", $"make {OtherLogs}/breakout", $"change {OtherLogs}/mail.log",
        .. ((string[])["maildrop", "incoming", "active", "deferred", "hold", "corrupt", "saved", "spare", "bounce", "defer", "trace", "flush", "pid", "public", "private"]).SelectMany(queue => (string[])[$"make {Spool}/{queue}/breakout", $"change {Spool}/{queue}/message"]),
        NamedPort, OtherPort, "abstract " + Abstract, Signal, $"signal {Running.MasterPid}", $"ptrace {Running.MasterPid}", "run /bin/true", "execve", "netlink", "packet", "internet",
        "mount", "unshare", "chroot", "setuid", "bpf", "keyctl", "io_uring", "userfaultfd", "perf", "module", "mknod", "console",
    ];

    public void Dispose()
    {
        if (_running is not null)
        {
            Running.Dispose();
        }

        _abstract.Dispose();
        _named.Dispose();
        _other.Dispose();
        Shell.Bash($"rm -f /tmp/{Token}");
    }

    /// <summary>What came of each attempt: 0, or the error number.</summary>
    internal Dictionary<string, int> Of(string service)
    {
        if (!IsPossible)
        {
            return [];
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.ReceiveTimeout = 60_000;
        socket.Connect(new UnixDomainSocketEndPoint($"{Spool}/public/{service}"));
        using var reader = new StreamReader(new NetworkStream(socket));
        Dictionary<string, int> results = [];
        while (reader.ReadLine() is { } line)
        {
            int equals = line.LastIndexOf(" = ", StringComparison.Ordinal);
            results[line[..equals]] = int.Parse(line[(equals + 3)..]);
        }

        return results;
    }

    private Instance Running
    {
        get
        {
            lock (_start)
            {
                return _running ?? Start();
            }
        }
    }

    private Instance Start()
    {
        _abstract.Bind(new UnixDomainSocketEndPoint("\0" + Abstract));
        _abstract.Listen(1000);
        _named.Start(1000);
        _other.Start(1000);
        Instance instance = _running = new Instance(privileged: true);
        string libexec = Path.Combine(instance.Directory, "libexec");
        string program = Path.Combine(Repository.Root, "tests/tools/breakout/bin/Debug/net9.0/breakout");
        string[] names = [.. SandboxTests.Daemons.Select(row => (string)row[0])];
        Shell.Bash($"mkdir {libexec} && ln -s {Repository.Build}/libexec/* {libexec}/ && for name in {string.Join(' ', names)}; do ln -sfn {program} {libexec}/$name; done; mkdir {instance.Directory}/home {instance.Mail}/virtual && echo secret > {instance.Directory}/home/secret && chmod 755 {instance.Directory}/home && chmod 644 {instance.Directory}/home/secret && chown postfix {instance.Mail}/virtual; for logs in {Logs} {OtherLogs}; do install -d -o postfix $logs; install -o postfix -m 600 /dev/null $logs/mail.log; done").MustSucceed();
        instance.Main["daemon_directory"] = libexec;
        instance.Main["virtual_mailbox_base"] = $"{instance.Mail}/virtual";
        instance.Main["smtpd_milters"] = $"inet:127.0.0.1:{((IPEndPoint)_named.LocalEndpoint).Port}";
        // The log service is one of those that have been taken over, so that there is no log.
        instance.Main["maillog_file"] = "";
        instance.MasterCf = string.Concat(names.Select(name => $"{name} unix n {(name == "virtual" ? "n" : "-")} n - 1 {name}{(name == "postlogd" ? $" -o maillog_file={Logs}/mail.log" : "")}\n"))
            + "free unix n - n - 1 smtpd -o sandbox=off\ntarget unix n - n - 1 smtpd -o sandbox=off\n";
        File.WriteAllText($"{instance.Etc}/attempts", "");
        instance.Start();
        Of("target");
        Signal = $"signal {ProcessTable.OfMaster(instance.MasterPid).First(p => p.Pid != instance.MasterPid).Pid}";
        Shell.Bash($"for queue in maildrop incoming active deferred hold corrupt saved spare bounce defer trace flush pid public private; do install -o postfix -m 600 /dev/null {instance.Spool}/$queue/message; done").MustSucceed();
        File.WriteAllLines($"{instance.Etc}/attempts", Attempts);
        return instance;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);
}

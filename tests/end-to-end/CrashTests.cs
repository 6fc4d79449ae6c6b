using System.Collections.Concurrent;
using System.Globalization;

namespace Mta.EndToEnd;

/// <summary>Whatever is killed, whenever: what was acknowledged is delivered or in the queue.</summary>
public sealed class CrashTests(Xunit.Abstractions.ITestOutputHelper report)
{
    private const int Messages = 2000;
    private const int Clients = 8;

    [Fact]
    public void Nothing_acknowledged_is_lost_when_processes_are_killed_under_load()
    {
        using var sink = new SmtpSink();
        using var mta = new Instance(relay: $"{sink.Port}");
        mta.Main["virtual_mailbox_domains"] = "virt.test";
        mta.Main["virtual_mailbox_base"] = mta.Mail;
        mta.Main["virtual_mailbox_maps"] = "static:box/";
        mta.Main["virtual_uid_maps"] = "static:" + Shell.Bash($"id -u {mta.User}").Output.Trim();
        mta.Main["virtual_gid_maps"] = "static:" + Shell.Bash($"id -g {mta.User}").Output.Trim();
        mta.Main["virtual_minimum_uid"] = "1";
        mta.Main["service_throttle_time"] = "1s";
        mta.Main["transport_retry_time"] = "1s";
        mta.Main["minimal_backoff_time"] = "1s";
        mta.Main["maximal_backoff_time"] = "2s";
        mta.Main["queue_run_delay"] = "2s";
        mta.Start();

        var acknowledged = new ConcurrentDictionary<string, bool>();
        int next = 0;
        var load = new Thread[Clients];
        for (int i = 0; i < Clients; i++)
        {
            load[i] = new Thread(() => Load(mta, acknowledged, () => Interlocked.Increment(ref next)));
            load[i].Start();
        }

        // The victims die in turn while the load runs; each at least three times with work in flight.
        string[] victims = ["smtpd", "cleanup", "qmgr", "smtp", "virtual", "master"];
        var kills = victims.ToDictionary(victim => victim, _ => 0);
        int turn = 0;
        while (load.Any(thread => thread.IsAlive) || kills.Values.Min() < 3)
        {
            string victim = victims[turn++ % victims.Length];
            bool busy = load.Any(thread => thread.IsAlive);
            if (Kill(mta, victim))
            {
                kills[victim] += busy ? 1 : 0;
            }

            int before = acknowledged.Count;
            if (busy)
            {
                // Go on when the system is at work again.
                Wait.Until(() => acknowledged.Count > before + 20 || load.All(thread => !thread.IsAlive), $"work after the death of {victim}", () => Tail(mta.Log), 60);
            }
            else
            {
                break;
            }
        }

        foreach (Thread thread in load)
        {
            thread.Join();
        }

        report.WriteLine($"acknowledged {acknowledged.Count}; killed with work in flight: " + string.Join(", ", kills.Select(k => $"{k.Key} {k.Value}")));
        Assert.All(kills, kill => Assert.True(kill.Value >= 3, $"got {kill.Value} deaths of {kill.Key} with work in flight, want 3"));
        Assert.True(acknowledged.Count >= Messages, $"got {acknowledged.Count} acknowledgements, want {Messages}");

        mta.Postfix("flush");
        Wait.Until(() => Missing(mta, sink, acknowledged.Keys).Count == 0, "every acknowledged message delivered", () => Describe(mta, Missing(mta, sink, acknowledged.Keys)), 120);
    }

    private static void Load(Instance mta, ConcurrentDictionary<string, bool> acknowledged, Func<int> next)
    {
        while (acknowledged.Count < Messages)
        {
            try
            {
                using SmtpClient client = mta.Connect();
                client.Command("EHLO load.test", "250");
                for (int i = 0; i < 20 && acknowledged.Count < Messages; i++)
                {
                    int number = next();
                    string token = "crash-" + number.ToString("D6", CultureInfo.InvariantCulture) + "-token";
                    string recipient = number % 2 == 0 ? "x@far.example" : "x@virt.test";
                    if (client.SendMessage("s@example.test", [recipient], $"Subject: load\n\n{token}\n").StartsWith("250", StringComparison.Ordinal))
                    {
                        acknowledged[token] = true;
                    }
                }
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or Xunit.Sdk.XunitException)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static bool Kill(Instance mta, string victim)
    {
        if (victim == "master")
        {
            Shell.Bash($"kill -9 {mta.MasterPid}");
            Wait.Until(() => mta.Postfix("start").ExitCode == 0, "a new start after the death of master", () => Tail(mta.Log), 60);
            return true;
        }

        (int Pid, string Program)[] found = [.. mta.Processes().Where(process => Path.GetFileName(process.Program) == victim)];
        if (found.Length == 0)
        {
            return false;
        }

        Shell.Bash($"kill -9 {string.Join(' ', found.Select(process => process.Pid))}");
        return true;
    }

    private static List<string> Missing(Instance mta, SmtpSink sink, ICollection<string> tokens)
    {
        string delivered = string.Concat(sink.Messages.Select(message => message.Content))
            + Shell.Bash($"cat {mta.Mail}/box/new/* 2>/dev/null | grep -a '^crash-'; true").Output;
        var seen = new HashSet<string>(delivered.Split('\n'));
        return [.. tokens.Where(token => !seen.Contains(token))];
    }

    private static string Describe(Instance mta, List<string> missing) =>
        $"{missing.Count} missing, among them {string.Join(' ', missing.Take(5))}; in the queue: {mta.QueueFiles().Length} files\n{Tail(mta.Log)}";

    private static string Tail(string log) => string.Join('\n', log.Split('\n').TakeLast(60));
}

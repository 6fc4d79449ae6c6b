using System.Globalization;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>Settings of the pair, one transport per kind of case, so that cases share nothing but the processes.</summary>
public sealed class QueueManagerPairFixture : IDisposable
{
    private readonly Lazy<QueueManagerPair> _pair = new(static () => new QueueManagerPair(Transports(), Settings()));

    internal QueueManagerPair Pair => _pair.Value;

    public void Dispose()
    {
        if (_pair.IsValueCreated)
        {
            _pair.Value.Dispose();
        }
    }

    private static List<string> Transports() =>
    [
        .. Enumerable.Range(0, QueueManagerAgreementTests.Orders.Length).Select(number => $"order{number}"),
        .. Enumerable.Range(0, QueueManagerAgreementTests.Windows.Length).Select(number => $"window{number}"),
        .. Enumerable.Range(0, QueueManagerAgreementTests.Bundles.Length).Select(number => $"bundle{number}"),
        "rate", "slow", "backoff", "old", "site", "asleep", "brokenx", "brokeng", "brokenc", "answers", "answerr", "answeri", "answeru", "answerd", "nowhere", "unwell", "astray", "damage", "crash", "behind",
    ];

    private static Dictionary<string, string> Settings()
    {
        Dictionary<string, string> settings = [];
        for (int i = 0; i < QueueManagerAgreementTests.Orders.Length; i++)
        {
            settings[$"order{i}_destination_recipient_limit"] = "1";
            Add($"order{i}", QueueManagerAgreementTests.Orders[i].Settings);
        }

        for (int i = 0; i < QueueManagerAgreementTests.Windows.Length; i++)
        {
            settings[$"window{i}_destination_recipient_limit"] = "2";
            Add($"window{i}", QueueManagerAgreementTests.Windows[i].Settings);
        }

        for (int i = 0; i < QueueManagerAgreementTests.Bundles.Length; i++)
        {
            Add($"bundle{i}", QueueManagerAgreementTests.Bundles[i].Settings);
        }

        Add("rate", "destination_rate_delay=1s destination_recipient_limit=2");
        Add("slow", "transport_rate_delay=1s");
        foreach (char kind in QueueManagerAgreementTests.Answers)
        {
            Add($"answer{kind}", "destination_recipient_limit=2 destination_concurrency_limit=1");
        }

        Add("unwell", "destination_recipient_limit=2 destination_concurrency_limit=1");
        Add("behind", "destination_recipient_limit=0");
        settings["defer_transports"] = "asleep";
        settings["fast_flush_domains"] = "regexp:{{/site\\.probe$$/ yes}}";
        settings["recipient_delimiter"] = "+";
        settings["bounce_queue_lifetime"] = "1d";
        settings["maximal_backoff_time"] = "3000s";
        return settings;

        void Add(string transport, string list)
        {
            foreach (string setting in list.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = setting.Split('=');
                settings[$"{transport}_{parts[0]}"] = parts[1];
            }
        }
    }
}

/// <summary>
/// Our queue manager beside Postfix's, in instances that differ in nothing else: the order of deliveries, the window of
/// a destination after each result, retry times, expiry, flushes, dying agents and damaged files.
/// </summary>
public sealed class QueueManagerAgreementTests(QueueManagerPairFixture fixture) : IClassFixture<QueueManagerPairFixture>
{
    private const string Sender = "sender@example.test";
    private const string PostfixProgram = "/usr/sbin/postfix";
    private const string Wide = "initial_destination_concurrency=1000 destination_concurrency_limit=0 ";

    // A100 is message A with a hundred recipients; messages arrive in this order.
    internal static readonly (string Settings, string Messages)[] Orders =
    [
        (Wide, "A40 B1"),
        (Wide, "A40 B5"),
        (Wide, "A40 B6"),
        (Wide, "A60 B8"),
        (Wide, "A100 B10"),
        (Wide, "A100 B20"),
        (Wide, "A100 B21"),
        (Wide, "A14 B1"),
        (Wide, "A15 B1"),
        (Wide, "A100 B10 C1"),
        (Wide, "A60 B1 C1 D1 E1 F1"),
        (Wide, "A100 B20 C1 D2"),
        (Wide + "delivery_slot_loan=0 delivery_slot_discount=0", "A100 B10"),
        (Wide + "delivery_slot_cost=1", "A40 B1"),
        (Wide + "delivery_slot_cost=2", "A40 B1 C3 D8"),
        (Wide + "delivery_slot_cost=10 minimum_delivery_slots=5", "A49 B1"),
        (Wide + "delivery_slot_cost=10 minimum_delivery_slots=5", "A50 B1 C1 D1"),
        (Wide + "delivery_slot_discount=100", "A60 B12 C3"),
        (Wide, "A100 B30 C5 D1 E40 F2"),
        ("destination_concurrency_limit=1 initial_destination_concurrency=1", "A3 B2 C1"),
    ];

    // Number of entries, then results one by one: + success, - site failure, d deferred.
    internal static readonly (string Settings, int Entries, string Results)[] Windows =
    [
        ("", 30, "++++++++++"),
        ("", 12, "---"),
        ("", 20, "--+--+"),
        ("", 20, "d+d+-d"),
        ("destination_concurrency_limit=6", 14, "++++--"),
        ("destination_concurrency_limit=1", 4, "++-"),
        ("initial_destination_concurrency=2", 8, "+-+-"),
        ("initial_destination_concurrency=2", 6, "--"),
        ("destination_concurrency_failed_cohort_limit=2", 20, "----"),
        ("destination_concurrency_failed_cohort_limit=0 destination_concurrency_limit=3", 12, "-----++"),
        ("destination_concurrency_positive_feedback=0.5", 20, "+++++"),
        ("destination_concurrency_positive_feedback=1/4 destination_concurrency_negative_feedback=1/concurrency", 24, "++++++-----"),
        ("destination_concurrency_positive_feedback=1/concurrency", 26, "++++++++++++"),
        ("destination_concurrency_limit=0 initial_destination_concurrency=10", 24, "++--++"),
        // Dead, and then a delivery that was still under way succeeds.
        ("", 12, "---++"),
        ("destination_concurrency_positive_feedback=0 destination_concurrency_negative_feedback=0 destination_concurrency_failed_cohort_limit=3", 16, "+--+---"),
        ("destination_concurrency_positive_feedback=1e-1", 20, "++"),
        ("destination_concurrency_positive_feedback=+0.5", 20, "++"),
        ("destination_concurrency_positive_feedback=.5", 20, "++"),
        ("destination_concurrency_positive_feedback=0x1", 20, "++"),
        ("destination_concurrency_positive_feedback=1/sqrt_concurrency", 20, "++"),
        ("destination_concurrency_positive_feedback=2/4", 20, "++"),
        ("destination_concurrency_positive_feedback=1/0", 20, "++"),
        ("destination_concurrency_positive_feedback=0.5/concurrencyx", 20, "++"),
        ("destination_concurrency_positive_feedback=2/concurrency", 20, "++"),
        ("destination_concurrency_positive_feedback=2/0.5", 20, "++"),
        ("destination_concurrency_positive_feedback=5/10/2", 20, "++"),
        ("destination_concurrency_positive_feedback=0.5/", 20, "++"),
        ("destination_concurrency_positive_feedback=0.5/1e1", 20, "++"),
        ("destination_concurrency_positive_feedback=-0.5", 20, "++"),
        ("destination_concurrency_positive_feedback=0.5/CONCURRENCY", 20, "++"),
    ];

    internal static readonly (string Settings, string Recipients, string Parameters)[] Bundles =
    [
        ("", "b@x c@y a@x a@y d@x b@y", ""),
        ("destination_recipient_limit=3", "r7@x r1@x r2@x r6@x r5@x r4@x r3@x s@y", ""),
        ("destination_recipient_limit=0", "r7@x r1@x r2@x r6@x r5@x", ""),
        ("destination_recipient_limit=1", "joe@x joe+a@x joe+b@x ann@x joe@y", ""),
        ("destination_recipient_limit=2 destination_concurrency_limit=1", "a@x b@x c@x a@y b@y c@y a@z", ""),
        ("", "B@x b@x A@X a@Y", ""),
        ("", "a@x b@x c@y", " XVERP"),
        ("", "a@x b@x c@y", " XVERP=-="),
        ("destination_recipient_limit=1 destination_concurrency_limit=1", "a@x A@x b@x", ""),
        ("destination_recipient_limit=1 destination_concurrency_limit=1", "a+1@x a+2@x +b@x +c@x", ""),
    ];

    // Kinds of answers, see AgentRequest.
    internal const string Answers = "sriud";

    public static TheoryData<int> OrderCases => [.. Enumerable.Range(0, Orders.Length)];

    public static TheoryData<int> WindowCases => [.. Enumerable.Range(0, Windows.Length)];

    private QueueManagerPair Pair => fixture.Pair;

    [PeerTheory(PostfixProgram)]
    [MemberData(nameof(OrderCases))]
    public void Deliveries_of_several_messages_come_in_the_same_order(int number) => Pair.Compare(side =>
    {
        using DeliveryAgent agent = side.Agent($"order{number}", static _ => '+', oneAtATime: true, isOpen: false);
        Dictionary<string, string> names = [];
        int total = 0;
        foreach (string message in Orders[number].Messages.Split(' '))
        {
            int count = int.Parse(message[1..], CultureInfo.InvariantCulture);
            total += count;
            names.Add(side.Send(Sender, Enumerable.Range(0, count).Select(i => $"r{i:D3}@{message[0]}.order{number}.probe")), message[..1]);

            // Ours routes several messages at a time: this one is known when a message of the same size behind it is.
            int before = side.Behind.Requests.Count;
            side.Send(Sender, Enumerable.Range(0, count).Select(i => $"r{i:D3}@a.behind.probe"));
            Wait.Until(() => side.Behind.Requests.Count > before, "the message behind", () => side.Tail);
        }

        agent.Open();
        Wait.Until(() => agent.Requests.Count == total, $"{total} requests", () => $"{agent.Requests.Count}\n{side.Tail}");
        foreach (IGrouping<string, AgentRequest> message in agent.Requests.GroupBy(request => request.QueueId))
        {
            Assert.Equal(message.Select(request => request.Recipients[0].Address).Order(StringComparer.Ordinal), message.Select(request => request.Recipients[0].Address));
        }

        return Runs(agent.Requests.Select(request => names[request.QueueId]));
    });

    [PeerTheory(PostfixProgram)]
    [MemberData(nameof(WindowCases))]
    public void The_window_of_a_destination_follows_results_in_the_same_steps(int number) => Pair.Compare(side =>
    {
        string name = $"window{number}";
        using DeliveryAgent agent = side.Agent(name, static _ => null);
        (string _, int entries, string results) = Windows[number];
        string id = side.Send(Sender, Enumerable.Range(0, 2 * entries).Select(i => $"r{i:D3}@d.{name}.probe"));
        List<int> held = [];
        int window = -1;
        int waiting = entries;
        int busy = 0;
        foreach (char result in results)
        {
            if (window < 0)
            {
                // The first window is what is asked for at once: seen when the number of requests stands still.
                window = Parameter(number, "destination_concurrency_limit", 20) is var limit and > 0
                    ? Math.Min(limit, Parameter(number, "initial_destination_concurrency", 5))
                    : Parameter(number, "initial_destination_concurrency", 5);
            }

            int start = Math.Clamp(window - busy, 0, waiting);
            waiting -= start;
            busy += start;
            Wait.Until(() => agent.Held.Count == busy, $"{busy} held", () => $"{agent.Held.Count}, window {window}, waiting {waiting}\n{side.Tail}");
            held.Add(busy);
            int steps = Steps(side, name).Count;
            agent.Held[0].Answer(result);
            busy--;
            Wait.Until(() => Steps(side, name).Count > steps, "a step in the log", () => side.Tail);
            window = int.Parse(Regex.Match(Steps(side, name)[^1], @"window (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
            waiting = window == 0 ? 0 : waiting;
        }

        foreach (AgentRequest request in agent.Held)
        {
            request.Answer('+');
        }

        Wait.Until(() => { foreach (AgentRequest request in agent.Held) { request.Answer('+'); } return side.QueueOf(id) != "active"; }, "the end", () => side.Tail);
        return string.Join(' ', held) + "\n" + string.Join('\n', Steps(side, name).Take(results.Length));
    });

    [PeerFact(PostfixProgram)]
    public void Recipients_share_requests_in_the_same_way() => Pair.Compare(side =>
    {
        List<string> seen = [];
        for (int i = 0; i < Bundles.Length; i++)
        {
            using DeliveryAgent agent = side.Agent($"bundle{i}", static _ => '+', oneAtATime: true);
            string id = side.Send(Sender, Bundles[i].Recipients.Split(' ').Select(recipient => $"{recipient}.bundle{i}.probe"), Bundles[i].Parameters);
            side.WaitForQueue(id, null);
            seen.AddRange(agent.Requests.Select(request => $"{i}: {request.Sender} {request.NextHop}: {string.Join(' ', request.Recipients.Select(recipient => recipient.Address))}"));
        }

        return string.Join('\n', seen);
    });

    [PeerFact(PostfixProgram)]
    public void Rate_delays_keep_their_distance() => Pair.Compare(side =>
    {
        using DeliveryAgent rate = side.Agent("rate", static _ => '+');
        using DeliveryAgent slow = side.Agent("slow", static _ => '+');
        string first = side.Send(Sender, Enumerable.Range(0, 6).Select(i => $"r{i}@a.rate.probe").Append("x@b.rate.probe"));
        string second = side.Send(Sender, ["x@a.slow.probe", "y@b.slow.probe", "z@c.slow.probe"]);
        side.WaitForQueue(first, null);
        side.WaitForQueue(second, null);
        AgentRequest[] destination = [.. rate.Requests.Where(request => request.NextHop == "a.rate.probe")];
        Assert.All(destination.Zip(destination.Skip(1)), pair => Assert.InRange((pair.Second.Time - pair.First.Time).TotalSeconds, 0.95, 20));
        Assert.All(slow.Requests.Zip(slow.Requests.Skip(1)), pair => Assert.InRange((pair.Second.Time - pair.First.Time).TotalSeconds, 0.95, 20));
        return (destination.Length, rate.Requests.Count, string.Join(' ', slow.Requests.Select(request => request.NextHop)));
    });

    [PeerFact(PostfixProgram)]
    public void Deferred_mail_is_due_after_its_age_within_the_bounds() => Pair.Compare(side =>
    {
        using DeliveryAgent agent = side.Agent("backoff", static _ => 'd');
        (int Age, int Delay)[] cases = [(0, 300), (200, 300), (700, 700), (1500, 1500), (2900, 2900), (5000, 3000), (80_000, 3000)];
        string[] ids = [.. cases.Select(item => side.Send(Sender, ["x@a.backoff.probe"]))];
        foreach (string id in ids)
        {
            side.WaitForQueue(id, "deferred");
            Assert.InRange(side.DueIn(id), 270, 301);
        }

        for (int i = 0; i < ids.Length; i++)
        {
            side.Age(ids[i], cases[i].Age);
        }

        side.Queue("-f");
        Wait.Until(() => agent.Requests.Count == 2 * ids.Length, "a second try of each", () => side.Tail);
        for (int i = 0; i < ids.Length; i++)
        {
            side.WaitForQueue(ids[i], "deferred");
            Assert.InRange(side.DueIn(ids[i]), cases[i].Delay - 25, cases[i].Delay + 25);
        }

        return string.Join('\n', ids.Select(id => side.LogOf([id])));
    });

    [PeerFact(PostfixProgram)]
    public void Old_mail_is_returned_and_mail_is_expired_by_hand() => Pair.Compare(side =>
    {
        using DeliveryAgent agent = side.Agent("old", static _ => 'd');
        string old = side.Send("old@example.test", ["x@a.old.probe"]);
        string oldNotice = side.Send("", ["x@a.old.probe"]);
        string young = side.Send("old@example.test", ["x@a.old.probe"]);
        string youngNotice = side.Send("", ["x@a.old.probe"]);
        string byHand = side.Send("old@example.test", ["x@a.old.probe"]);
        string[] all = [old, oldNotice, young, youngNotice, byHand];
        foreach (string id in all)
        {
            side.WaitForQueue(id, "deferred");
        }

        side.Age(old, 432_100);
        side.Age(oldNotice, 86_500);
        side.Age(young, 431_000);
        side.Age(youngNotice, 86_000);
        side.Super("-f", byHand);
        side.Queue("-f");
        side.WaitForQueue(old, null);
        side.WaitForQueue(oldNotice, null);
        side.WaitForQueue(byHand, null);
        Wait.Until(() => agent.Requests.Count(request => request.QueueId == youngNotice) == 2, "a second try", () => side.Tail);
        side.WaitForQueue(young, "deferred");
        side.WaitForQueue(youngNotice, "deferred");
        string log = string.Join('\n', all.Select(id => side.LogOf([id])));
        side.Super("-d", young);
        side.Super("-d", youngNotice);
        return log;
    });

    [PeerFact(PostfixProgram)]
    public void Flushes_of_all_of_one_and_of_a_site_and_hold() => Pair.Compare(side =>
    {
        string[] ids = [.. Enumerable.Range(0, 4).Select(i => side.Send(Sender, [$"x@{(i == 3 ? "b" : "a")}.site.probe"]))];
        foreach (string id in ids)
        {
            side.WaitForQueue(id, "deferred");
        }

        string sleeping = side.Send(Sender, ["x@a.asleep.probe"]);
        side.WaitForQueue(sleeping, "deferred");
        using DeliveryAgent agent = side.Agent("site", static _ => '+');
        using DeliveryAgent asleep = side.Agent("asleep", static _ => '+');
        side.Super("-h", ids[0]);
        side.Queue("-i", ids[1]);
        side.WaitForQueue(ids[1], null);
        side.Queue("-s", "b.site.probe");
        side.WaitForQueue(ids[3], null);
        List<string?> queues = [side.QueueOf(ids[0]), side.QueueOf(ids[2]), side.QueueOf(sleeping)];
        side.Queue("-f");
        side.WaitForQueue(ids[2], null);
        side.WaitForQueue(sleeping, null);
        queues.Add(side.QueueOf(ids[0]));
        side.Super("-H", ids[0]);
        queues.Add(side.QueueOf(ids[0]));
        side.Queue("-f");
        side.WaitForQueue(ids[0], null);
        return string.Join(' ', queues) + "\n" + string.Join('\n', ids.Append(sleeping).Select(id => side.LogOf([id])));
    });

    [PeerFact(PostfixProgram)]
    public void Agents_that_die_or_talk_nonsense_leave_their_recipients_for_later() => Pair.Compare(side =>
    {
        List<string> logs = [];
        foreach (char kind in "xgc")
        {
            string name = $"broken{kind}";
            bool isBroken = true;
            using DeliveryAgent agent = side.Agent(name, _ => Volatile.Read(ref isBroken) ? kind : '+');
            string[] ids = [.. Enumerable.Range(0, 3).Select(i => side.Send(Sender, [$"x@d.{name}.probe", $"y@d.{name}.probe"]))];
            foreach (string id in ids)
            {
                side.WaitForQueue(id, "deferred");
            }

            Assert.InRange(agent.Requests.Count, 3, 6);
            Volatile.Write(ref isBroken, false);
            side.Queue("-f");
            foreach (string id in ids)
            {
                side.WaitForQueue(id, null);
            }

            Wait.Until(() => ids.All(id => side.LogOf([id]).EndsWith("removed", StringComparison.Ordinal)), "the last line about each", () => side.Tail);
            // How often a queue run finds them meanwhile is a matter of the clock.
            logs.AddRange(ids.Select(id => Once(side.LogOf([id]))));
            // An answer that is cut off has a line of its own in Postfix, about the place.
            logs.Add(Once(string.Join('\n', side.LogOf([], $"private/{name}").Split('\n').Where(line => !line.Contains("end-of-input", StringComparison.Ordinal)))));
        }

        // No agent at all.
        string lost = side.Send(Sender, ["x@d.nowhere.probe"]);
        side.WaitForQueue(lost, "deferred");
        logs.Add(side.LogOf([lost], "private/nowhere"));
        side.Super("-d", lost);
        return string.Join('\n', logs);
    });

    [PeerFact(PostfixProgram)]
    public void Odd_answers_of_agents_count_in_the_same_way() => Pair.Compare(side =>
    {
        List<string> result = [];
        foreach (char kind in Answers)
        {
            string name = $"answer{kind}";
            int requests = 0;
            using DeliveryAgent agent = side.Agent(name, _ => Interlocked.Increment(ref requests) == 1 ? kind : '+');
            string id = side.Send(Sender, [$"a@d.{name}.probe", $"b@d.{name}.probe", $"c@d.{name}.probe"]);
            Wait.Until(() => side.QueueOf(id) != "active", "the end", () => side.Tail);
            result.Add($"{kind}: {side.QueueOf(id)} {agent.Requests.Count} {side.LogOf([id], $"private/{name}", $"d.{name}.probe")}\n{Reasons(side, id)}");
            if (side.QueueOf(id) is not null)
            {
                side.Super("-d", id);
            }
        }

        return string.Join('\n', result);
    });

    [PeerFact(PostfixProgram)]
    public void Without_the_retry_service_recipients_are_deferred_all_the_same() => Pair.Compare(side =>
    {
        string retry = Path.Combine(side.Spool, "private", "retry");
        File.Move(retry, retry + ".off");
        try
        {
            using DeliveryAgent agent = side.Agent("unwell", _ => '-');
            string unwell = side.Send(Sender, ["a@d.unwell.probe", "b@d.unwell.probe", "c@d.unwell.probe"]);
            side.WaitForQueue(unwell, "deferred");
            string again = side.Send(Sender, ["a@d.unwell.probe", "b@d.unwell.probe", "c@d.unwell.probe"]);
            side.WaitForQueue(again, "deferred");
            string lost = side.Send(Sender, ["x@d.astray.probe", "y@e.astray.probe"]);
            side.WaitForQueue(lost, "deferred");
            string result = $"{Reasons(side, unwell)}\n{Reasons(side, again)}\n{Reasons(side, lost)}";
            side.Super("-d", unwell);
            side.Super("-d", again);
            side.Super("-d", lost);
            return result;
        }
        finally
        {
            File.Move(retry + ".off", retry);
            side.Queue("-f");
        }
    });

    // What is logged of the recipients of a message, by whatever process.
    private static string Reasons(QueueManagerSide side, string id) => string.Join('\n',
        Regex.Matches(side.Log, $@"(postfix/\w+)\[\d+\]: {id}: (to=<[^>]*>).*?(relay=\S+).*?(dsn=.*)")
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value} {match.Groups[4].Value}")
            .Order(StringComparer.Ordinal));

    private static string Once(string lines) => string.Join('\n', lines.Split('\n').Distinct());

    [PeerFact(PostfixProgram)]
    public void Damaged_files_are_told_apart() => Pair.Compare(side =>
    {
        using DeliveryAgent agent = side.Agent("damage", static _ => 'd');
        string[] kinds = ["more", "fewer", "time", "sender", "end"];
        List<string> result = [];
        foreach (string kind in kinds)
        {
            string id = side.Send(Sender, ["x@a.damage.probe", "y@a.damage.probe", "z@a.damage.probe"]);
            side.WaitForQueue(id, "deferred");
            Damage(side.FileOf(id)!, kind);
            side.Queue("-f");
            string queue = kind is "more" or "fewer" ? "deferred" : "corrupt";
            Wait.Until(() => kind is "more" or "fewer" ? side.LogOf([id]).Contains("mismatch", StringComparison.Ordinal) : side.QueueOf(id) == "corrupt", kind, () => side.Tail);
            side.WaitForQueue(id, queue);
            result.Add(kind + ":\n" + string.Join('\n', side.LogOf([id]).Split('\n').Where(line => kind != "end" || !line.Contains("warning: ID", StringComparison.Ordinal))));
            side.Super("-d", id);
        }

        return string.Join('\n', result);
    });

    [PeerFact(PostfixProgram)]
    public void A_kill_and_a_reload_in_the_middle_lose_nothing() => Pair.Compare(side =>
    {
        HashSet<string> seen = [];
        using DeliveryAgent agent = side.Agent("crash", static _ => null);
        const int Messages = 30;
        string[] ids = [.. Enumerable.Range(0, Messages).Select(i => side.Submit(Sender, [$"a@d{i % 4}.crash.probe", $"b@e{i % 3}.crash.probe"]))];
        string last = ids[^1];
        Wait.Until(() => side.QueueOf(last) == "active" && agent.Held.Count >= 10, "a full active queue", () => side.Tail);
        int manager = Manager(side);
        Shell.Run("/bin/kill", ["-9", $"{manager}"]).MustSucceed();
        foreach (AgentRequest request in agent.Held.Take(4))
        {
            request.Answer('+');
        }

        Wait.Until(() => side.Log.Contains($"pid {manager} killed by signal 9", StringComparison.Ordinal), "the end of the manager", () => side.Tail);
        int reloaded = 0;
        Wait.Until(
            () =>
            {
                foreach (AgentRequest request in agent.Held)
                {
                    request.Answer('+');
                    if (++reloaded == 20)
                    {
                        side.Postfix.Postfix("reload");
                    }
                }

                return ids.All(id => side.QueueOf(id) is null);
            },
            "all delivered",
            () => side.Log,
            seconds: 60);
        foreach (AgentRequest request in agent.Requests)
        {
            foreach ((string address, long _) in request.Recipients)
            {
                seen.Add($"{Array.IndexOf(ids, request.QueueId)} {address}");
            }
        }

        Assert.Equal(2 * Messages, seen.Count);
        return seen.Count;
    });

    private static int Parameter(int number, string name, int otherwise)
    {
        Match match = Regex.Match(Windows[number].Settings, $"(^| ){name}=([0-9]+)");
        return match.Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : otherwise;
    }

    // A B B A as A1 B2 A1.
    private static string Runs(IEnumerable<string> names)
    {
        List<(string Name, int Count)> runs = [];
        foreach (string name in names)
        {
            if (runs.Count > 0 && runs[^1].Name == name)
            {
                runs[^1] = (name, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((name, 1));
            }
        }

        return string.Join(' ', runs.Select(run => $"{run.Name}{run.Count}"));
    }

    // One line for each result, with the value of the feedback where one is logged directly before it.
    private static List<string> Steps(QueueManagerSide side, string name) =>
    [
        .. Regex.Matches(side.Log, $@"(?:: feedback (\S+)\n[^\n]*: )?(qmgr_queue_\w+): queue d\.{name}\.probe: (.*)")
            .Select(match => $"{match.Groups[2].Value} by {match.Groups[1].Value}: {match.Groups[3].Value}"),
    ];

    private static int Manager(QueueManagerSide side) =>
        ProcessTable.OfMaster(side.Postfix.MasterPid).First(process => Path.GetFileName(process.Program) == "qmgr").Pid;

    // Its length depends on the digits of the microseconds.
    private static int TimeRecord(byte[] content) => Enumerable.Range(0, content.Length - 2).First(at => content[at] == 'T' && content[at + 1] is >= 12 and <= 17 && char.IsAsciiDigit((char)content[at + 2]));

    private static void Damage(string path, string kind)
    {
        DateTime due = File.GetLastWriteTimeUtc(path);
        byte[] content = File.ReadAllBytes(path);
        switch (kind)
        {
            case "more":
                content[2 + 32 + 14] = (byte)'5';
                break;
            case "fewer":
                content[2 + 32 + 14] = (byte)'1';
                break;
            case "time":
                content[TimeRecord(content)] = (byte)'L';
                break;
            case "sender":
                content[content.AsSpan().IndexOf([(byte)'S', (byte)Sender.Length])] = (byte)'L';
                break;
            default:
                content = content[..^2];
                break;
        }

        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, due);
    }
}

using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>Nobody waits for ever: large messages, slow destinations and dead ones beside ordinary mail.</summary>
public sealed class FairnessTests
{
    private static readonly TransportSettings Single = new() { DestinationRecipientLimit = 1, DestinationConcurrencyLimit = 0, InitialDestinationConcurrency = 1000 };

    [Fact]
    public void Beside_a_list_of_fifty_thousand_single_messages_wait_a_few_deliveries_and_the_list_loses_a_fifth()
    {
        Workload work = new(static _ => Single);
        work.Add("list", "smtp", Addresses(50_000));
        Transport smtp = work.Scheduler.FindOrAddTransport("smtp");
        int singles = 0;
        Dictionary<string, int> askedAt = [];
        int longest = 0;
        while (!work.Finished.Contains("list"))
        {
            // One single message for every ten deliveries.
            if (work.Requests.Count % 10 == 0 && singles < 2000)
            {
                string id = $"single{singles++}";
                askedAt.Add(id, work.Requests.Count);
                work.Add(id, "smtp", ["user@one.test"]);
            }

            Entry? entry = work.Start(smtp);
            Assert.NotNull(entry);
            if (askedAt.TryGetValue(entry.Message.QueueId, out int since))
            {
                longest = Math.Max(longest, work.Requests.Count - since);
            }

            work.End(0);
        }

        Assert.Equal(2000, singles);
        Assert.Equal(2000, work.Finished.Count - 1);
        Assert.InRange(longest, 1, 6);
        Assert.Equal(52_000, work.Delivered.Distinct().Count());
    }

    [Fact]
    public void A_flood_of_single_messages_slows_a_list_down_by_no_more_than_a_fifth()
    {
        Workload work = new(static _ => Single);
        work.Add("list", "smtp", Addresses(1000));
        for (int i = 0; i < 5000; i++)
        {
            work.Add($"single{i}", "smtp", ["user@one.test"]);
        }

        Transport smtp = work.Scheduler.FindOrAddTransport("smtp");
        while (!work.Finished.Contains("list"))
        {
            work.Start(smtp);
            work.End(0);
        }

        Assert.InRange(work.Requests.Count, 1000, 1200 + 3);
        work.Finish();
        Assert.Equal(5001, work.Finished.Count);
    }

    [Fact]
    public void A_destination_that_never_answers_holds_up_nobody_else()
    {
        Workload work = new(static _ => new TransportSettings { DestinationRecipientLimit = 1 });
        for (int i = 0; i < 200; i++)
        {
            work.Add($"slow{i}", "smtp", ["user@slow.test"]);
            work.Add($"fast{i}", "smtp", ["user@fast.test"]);
        }

        for (int guard = 0; work.Finished.Count < 200 && guard < 10_000; guard++)
        {
            work.StartAll();
            int index = work.Running.ToList().FindIndex(item => item.Entry.Queue.Name == "user@fast.test");
            Assert.True(index >= 0);
            work.End(index);
        }

        Assert.All(work.Finished, id => Assert.StartsWith("fast", id, StringComparison.Ordinal));
        Assert.Equal(5, work.Running.Count);
    }

    [Fact]
    public void Destinations_of_one_message_take_turns()
    {
        Workload work = new(static _ => new TransportSettings { DestinationRecipientLimit = 2 });
        work.Add("A", "smtp", [.. Addresses(6, "a.test"), .. Addresses(4, "b.test"), .. Addresses(2, "c.test")]);
        work.StartAll();
        Assert.Equal(["a.test", "b.test", "c.test", "a.test", "b.test", "a.test"], work.Requests.Select(request => request.Queue));
    }

    [Fact]
    public void Messages_for_one_destination_keep_their_order()
    {
        Workload work = new(static _ => new TransportSettings { DestinationConcurrencyLimit = 1 });
        for (int i = 0; i < 100; i++)
        {
            work.Add($"M{i:D3}", "smtp", ["user@one.test"]);
        }

        work.Finish();
        Assert.Equal(work.Finished.Order(), work.Finished);
    }

    [Fact]
    public void A_slow_transport_leaves_the_others_alone()
    {
        Workload work = new(static _ => new TransportSettings());
        for (int i = 0; i < 50; i++)
        {
            work.Add($"slow{i}", "pipe", [$"user@d{i}.test"]);
            work.Add($"fast{i}", "smtp", [$"user@d{i}.test"]);
        }

        work.StartAll();
        Assert.Equal((50, 50), (work.Running.Count(item => item.Transport.Name == "pipe"), work.Running.Count(item => item.Transport.Name == "smtp")));
    }

    [Fact]
    public void A_hundred_thousand_waiting_messages_make_no_selection_long()
    {
        // All wait for one destination; each of the deliveries to it, and new mail for others, must cost no walk over them.
        Workload work = new(static _ => new TransportSettings { DestinationRecipientLimit = 0 }, new SchedulerLimits { ActiveMessages = 200_000, Recipients = 200_000 });
        for (int i = 0; i < 100_000; i++)
        {
            work.Add($"M{i}", "smtp", ["user@slow.test"]);
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < 20_000; i++)
        {
            work.StartAll();
            work.End(0);
            work.Start(work.Scheduler.FindOrAddTransport("smtp"));
            work.Start(work.Scheduler.FindOrAddTransport("smtp"));
            work.Add($"N{i}", "smtp", [$"user@d{i}.test"]);
        }

        // A walk over all in each step would take minutes.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.True(work.Finished.Count > 19_000);
    }

    private static IEnumerable<string> Addresses(int count, string domain = "list.test") => Enumerable.Range(0, count).Select(number => $"r{number}@{domain}");
}

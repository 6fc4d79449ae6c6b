using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>How many recipients are in memory, portion by portion.</summary>
public sealed class RecipientWindowTests
{
    private static readonly TransportSettings Single = new() { DestinationRecipientLimit = 1, DestinationConcurrencyLimit = 0, InitialDestinationConcurrency = 1000 };

    [Fact]
    public void A_list_of_fifty_thousand_fills_the_pool_in_portions_of_five_thousand_then_refills_by_the_hundred()
    {
        Workload work = new(static _ => Single);
        work.Add("list", "smtp", Addresses(50_000));
        Assert.Equal([5000], work.Reads["list"]);

        // 10 of the message, 20,000 of the transport.
        for (int i = 0; i < 3; i++)
        {
            Deliver(work, 1);
        }

        Assert.Equal([5000, 5000, 5000, 5000], work.Reads["list"].Take(4));
        int inMemory = work.Scheduler.RecipientCount;
        Assert.InRange(inMemory, 19_990, 20_010);
        Deliver(work, 1000);
        Assert.InRange(work.Scheduler.RecipientCount, 19_900, 20_010);
        Assert.All(work.Reads["list"].Skip(5), portion => Assert.Equal(100, portion));
        work.Finish();
        Assert.Equal(50_000, work.Delivered.Distinct().Count());
    }

    [Fact]
    public void After_the_delay_a_refill_comes_with_any_room()
    {
        Workload work = new(static _ => Single with { RecipientLimit = 50 }, new SchedulerLimits { Recipients = 60 });
        work.Add("list", "smtp", Addresses(1000));
        Deliver(work, 10);
        Assert.Equal([60], work.Reads["list"]);
        work.Timers.Advance(5);
        Deliver(work, 1);
        Assert.Equal([60, 10], work.Reads["list"]);
    }

    [Fact]
    public void A_second_list_goes_on_in_portions_of_ten_until_the_first_was_read()
    {
        Workload work = new(static _ => Single with { SlotCost = 0 });
        work.Add("A", "smtp", Addresses(50_000, "a.test"));
        Fill(work);
        work.Add("B", "smtp", Addresses(30_000, "b.test"));
        Assert.Equal([10], work.Reads["B"]);
        while (!work.Finished.Contains("A"))
        {
            Deliver(work, 100);
        }

        // The slots of A have passed on.
        Fill(work);
        Assert.True(work.Reads["B"].Max() >= 4900, string.Join(' ', work.Reads["B"].Take(30)));
        work.Finish();
        Assert.Equal(80_000, work.Delivered.Distinct().Count());
    }

    [Fact]
    public void A_job_that_pre_empts_borrows_half_of_the_extra_pool_and_the_next_a_quarter()
    {
        SchedulerFixture fixture = new(Single with { RecipientLimit = 1000 });
        Message first = fixture.Add("A", 500, "a.test", unread: 10_000);
        Message second = fixture.Add("B", 5, "b.test", unread: 7);
        Message third = fixture.Add("C", 5, "c.test", unread: 1);
        Assert.Equal((1010, 10, 10), (first.RecipientLimit, second.RecipientLimit, third.RecipientLimit));
        RecipientSlots.GrantExtra(second.Jobs[0]);
        RecipientSlots.GrantExtra(third.Jobs[0]);
        Assert.Equal((510, 260), (second.RecipientLimit, third.RecipientLimit));
    }

    [Fact]
    public void The_first_read_is_what_the_global_limit_leaves_and_never_less_than_the_minimum()
    {
        Workload work = new(static _ => Single, new SchedulerLimits { Recipients = 100, RecipientMinimum = 7 });
        work.Add("A", "smtp", Addresses(60, "a.test"));
        work.Add("B", "smtp", Addresses(60, "b.test"));
        work.Add("C", "smtp", Addresses(60, "c.test"));
        Assert.Equal([60], work.Reads["A"]);
        Assert.Equal([40], work.Reads["B"]);
        Assert.Equal([7], work.Reads["C"]);
        work.Finish();
        Assert.Equal(180, work.Delivered.Distinct().Count());
    }

    [Fact]
    public void A_job_whose_destinations_are_full_reads_on_for_others()
    {
        // Ten recipients for a slow destination come first in the file, then one for another.
        Workload work = new(static _ => new TransportSettings { DestinationRecipientLimit = 1, DestinationConcurrencyLimit = 1, RecipientLimit = 0, RefillLimit = 1000 }, new SchedulerLimits { Recipients = 1 });
        work.Add("A", "smtp", [.. Enumerable.Repeat("user@slow.test", 10), "user@fast.test"]);
        work.Add("B", "smtp", ["user@other.test"]);
        work.StartAll();
        Assert.Equal(["user@slow.test", "user@other.test"], work.Requests.Select(request => request.Queue).Take(2));
        work.End(0);
        Assert.DoesNotContain("user@fast.test", work.Requests.Select(request => request.Queue));
        work.Add("C", "smtp", ["user@third.test"]);
        work.StartAll();
        work.StartAll();
        Assert.Contains("user@fast.test", work.Requests.Select(request => request.Queue));
    }

    [Fact]
    public void A_message_whose_end_is_being_looked_at_reads_nothing_for_the_sake_of_a_selection()
    {
        // Its recipients so far were taken away: whether it reads on is for its owner, who may be asking a service first.
        SchedulerFixture fixture = new(Single);
        List<string> reads = [];
        fixture.Scheduler.RefillWanted = message => reads.Add(message.QueueId);
        fixture.Add("A", 2, "a.test", unread: 10);
        Transport smtp = fixture.Scheduler.FindOrAddTransport("smtp");
        fixture.Scheduler.KillTransport(smtp, "4.3.0 mail transport unavailable");
        Assert.Equal(["A"], fixture.Idle);
        fixture.Scheduler.ReviveTransport(smtp);
        fixture.Add("B", 1, "b.test");
        Assert.Equal(["B"], fixture.StartAll().Select(entry => entry.Message.QueueId));
        Assert.Empty(reads);
    }

    private static void Fill(Workload work)
    {
        for (int i = 0; i < 10; i++)
        {
            Deliver(work, 1);
        }
    }

    private static void Deliver(Workload work, int count)
    {
        Transport smtp = work.Scheduler.FindOrAddTransport("smtp");
        for (int i = 0; i < count; i++)
        {
            if (work.Start(smtp) is null)
            {
                return;
            }

            work.End(0);
        }
    }

    private static IEnumerable<string> Addresses(int count, string domain = "list.test") => Enumerable.Range(0, count).Select(number => $"r{number}@{domain}");
}

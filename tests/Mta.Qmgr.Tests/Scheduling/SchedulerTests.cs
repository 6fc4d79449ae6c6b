using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

public sealed class SchedulerTests
{
    [Fact]
    public void Recipients_of_one_destination_share_a_request_up_to_the_limit()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 50 });
        fixture.Add("A", 120);
        Assert.Equal([50, 50, 20], fixture.StartAll().Select(entry => entry.Recipients.Count));
    }

    [Fact]
    public void Verp_means_one_recipient_per_request()
    {
        SchedulerFixture fixture = new();
        Message message = new("A") { VerpDelimiters = "+=", Outstanding = 1 };
        fixture.AddRecipients(message, 3, "d.test", "smtp");
        Assert.Equal([1, 1, 1], fixture.StartAll().Select(entry => entry.Recipients.Count));
    }

    [Fact]
    public void A_transport_is_asked_for_while_something_may_start_and_at_most_two_connections_wait()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 1 });
        Assert.Null(fixture.Scheduler.NextTransport());
        fixture.Add("A", 10);
        for (int i = 0; i < 2; i++)
        {
            Transport transport = Assert.IsType<Transport>(fixture.Scheduler.NextTransport());
            transport.PendingConnects++;
        }

        Assert.Null(fixture.Scheduler.NextTransport());
    }

    [Fact]
    public void Transports_take_turns()
    {
        SchedulerFixture fixture = new();
        fixture.Add("A", 1, transport: "smtp");
        fixture.Add("B", 1, transport: "local");
        Assert.Equal("smtp", fixture.Scheduler.NextTransport()?.Name);
        Assert.Equal("local", fixture.Scheduler.NextTransport()?.Name);
        Assert.Equal("smtp", fixture.Scheduler.NextTransport()?.Name);
    }

    [Fact]
    public void A_dead_transport_gives_all_its_waiting_mail_back_and_revives_after_a_minute()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 1 });
        fixture.Add("A", 2, "one.test");
        fixture.Add("B", 1, "two.test");
        Transport transport = fixture.Scheduler.FindOrAddTransport("smtp");
        fixture.Scheduler.KillTransport(transport, "4.3.0 mail transport unavailable");
        Assert.Equal(3, fixture.Suspended.Count);
        Assert.Equal(["A", "B"], fixture.Idle);
        Assert.Equal(0, fixture.Scheduler.RecipientCount);
        Assert.Equal(0, fixture.Scheduler.QueueCount);
        Assert.Equal(0, transport.Capacity);
        Assert.Equal(transport.Settings.RecipientLimit, transport.UnusedRecipientSlots);
        fixture.Timers.Advance(60);
        Assert.Null(transport.DeadReason);
    }

    [Fact]
    public void An_idle_destination_is_forgotten()
    {
        SchedulerFixture fixture = new();
        fixture.Add("A", 1);
        Assert.Equal(1, fixture.Scheduler.QueueCount);
        fixture.Scheduler.Finish(Assert.Single(fixture.StartAll()));
        Assert.Equal(0, fixture.Scheduler.QueueCount);
        Assert.Equal(["A"], fixture.Idle);
    }

    [Fact]
    public void Recipient_slots_come_back_to_the_pool_whatever_happens()
    {
        SchedulerFixture fixture = new(new TransportSettings { RecipientLimit = 100, DestinationRecipientLimit = 1 });
        Transport transport = fixture.Scheduler.FindOrAddTransport("smtp");
        for (int i = 0; i < 10; i++)
        {
            fixture.Add($"M{i}", 7, $"d{i % 3}.test");
        }

        Assert.Equal(30, transport.UnusedRecipientSlots);
        List<Entry> busy = fixture.StartAll();
        while (busy.Count > 0)
        {
            fixture.Scheduler.Finish(busy[0]);
            busy.RemoveAt(0);
            busy.AddRange(fixture.StartAll());
        }

        Assert.Equal(10, fixture.Idle.Count);
        Assert.Equal(100, transport.UnusedRecipientSlots);
        Assert.Equal(0, fixture.Scheduler.RecipientCount);
        Assert.Equal(0, transport.Capacity);
    }

    [Fact]
    public void The_first_large_message_takes_the_pool_and_the_next_proceeds_in_small_portions()
    {
        SchedulerFixture fixture = new(new TransportSettings { RecipientLimit = 20_000, DestinationRecipientLimit = 1 });
        Message large = fixture.Add("A", 5000, unread: 45_000);
        Message second = fixture.Add("B", 10, unread: 1000);
        Assert.Equal(20_010, large.RecipientLimit);
        Assert.Equal(10, second.RecipientLimit);
    }

    [Fact]
    public void Slots_of_a_message_read_completely_pass_to_the_next_that_waits()
    {
        SchedulerFixture fixture = new(new TransportSettings { RecipientLimit = 1000, DestinationRecipientLimit = 1 });
        Message first = fixture.Add("A", 100, unread: 1);
        Message second = fixture.Add("B", 10, unread: 1000);
        first.UnreadRecipients = 0;
        RecipientSlots.ReadCompletely(first);
        Assert.Equal(10 + 900, second.RecipientLimit);
    }

    [Fact]
    public void Room_for_unread_recipients_is_announced_when_enough_are_done()
    {
        SchedulerFixture fixture = new(new TransportSettings { RecipientLimit = 10, DestinationRecipientLimit = 1, RefillLimit = 3, InitialDestinationConcurrency = 100, DestinationConcurrencyLimit = 0 });
        List<string> wanted = [];
        fixture.Scheduler.RefillWanted = message =>
        {
            wanted.Add(message.QueueId);
            message.IsRefilling = true;
        };
        fixture.Add("A", 20, unread: 100);
        List<Entry> busy = fixture.StartAll();
        wanted.Clear();
        for (int i = 0; i < 3; i++)
        {
            fixture.Scheduler.Finish(busy[i]);
        }

        Assert.Equal(["A"], wanted);
    }

    [Fact]
    public void Destinations_of_a_transport_for_single_recipients_are_users()
    {
        Transport local = new("local", new TransportSettings { DestinationRecipientLimit = 1 });
        Transport smtp = new("smtp", new TransportSettings());
        Transport retry = new("retry", new TransportSettings { DestinationRecipientLimit = 1 });
        Assert.Equal("Joe@example.test", Scheduler.QueueName(local, "Example.TEST", "Joe"));
        Assert.Equal("example.test", Scheduler.QueueName(smtp, "Example.TEST", "Joe"));
        Assert.Equal("4.3.0 no", Scheduler.QueueName(retry, "4.3.0 No", "Joe"));
    }

    [Fact]
    public void Connection_cache_hints_follow_the_pace_of_deliveries()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 1, DestinationConcurrencyLimit = 1 });
        fixture.Add("A", 5);
        Entry entry = Assert.Single(fixture.StartAll());
        DestinationQueue queue = entry.Queue;
        Assert.False(queue.MayLoadConnection || queue.MayStoreConnection);

        fixture.Scheduler.Finish(entry);
        entry = Assert.Single(fixture.StartAll());
        Assert.True(queue.MayLoadConnection && queue.MayStoreConnection);

        fixture.Scheduler.Finish(entry);
        fixture.Timers.Advance(5);
        entry = Assert.Single(fixture.StartAll());
        Assert.True(queue.MayLoadConnection);
        Assert.False(queue.MayStoreConnection);
    }

    [Fact]
    public void Connections_are_kept_for_a_destination_that_gets_one_message_after_the_other()
    {
        SchedulerFixture fixture = new();
        for (int i = 0; i < 10; i++)
        {
            Assert.False(DeliverOne(fixture, $"A{i}").MayStoreConnection);
        }

        Assert.True(DeliverOne(fixture, "B") is { MayLoadConnection: true, MayStoreConnection: true });
        fixture.Timers.Advance(3);
        Assert.False(DeliverOne(fixture, "C").MayStoreConnection);
    }

    [Fact]
    public void Many_destinations_with_little_mail_leave_nothing_behind_for_long()
    {
        RecentDestinations recent = new();
        for (int i = 0; i < 200; i++)
        {
            recent.Add($"d{i}.test", new DeliveryPace(1000, 5), 1000);
        }

        Assert.Equal(5, recent.Take("d0.test").Streak);
        Assert.Equal(0, recent.Take("d0.test").Streak);
        Assert.Equal(0, recent.Take("d150.test").Streak);
        recent.Add("late.test", new DeliveryPace(1010, 7), 1010);
        recent.Add("later.test", new DeliveryPace(1010, 7), 1010);
        Assert.Equal(7, recent.Take("late.test").Streak);
        Assert.Equal(7, recent.Take("later.test").Streak);
        Assert.Equal(0, recent.Take("d1.test").Streak);
    }

    private static DestinationQueue DeliverOne(SchedulerFixture fixture, string id)
    {
        fixture.Add(id, 1);
        Entry entry = Assert.Single(fixture.StartAll());
        fixture.Scheduler.Finish(entry);
        Assert.Equal(0, fixture.Scheduler.QueueCount);
        return entry.Queue;
    }
}

using System.Globalization;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>
/// Window and failed cohorts after each result, to the digit, as the rules give them by hand: <c>+</c> is a success of a
/// destination that is kept busy, <c>-</c> a failure of the whole site.
/// </summary>
public sealed class FeedbackSequenceTests
{
    [Theory]
    // Defaults.
    [InlineData("1", "1", 20, 1, 5, "---", "3/0.2 2/0.533 0/1.033")]
    [InlineData("1", "1", 20, 1, 2, "--", "1/0.5 0/1.5")]
    [InlineData("1", "1", 20, 1, 1, "-", "0/1")]
    [InlineData("1", "1", 20, 1, 20, "-------------", "18/0.05 17/0.106 16/0.164 15/0.227 14/0.294 13/0.365 12/0.442 11/0.525 10/0.616 9/0.716 8/0.827 7/0.952 0/1.095")]
    [InlineData("1", "1", 20, 2, 20, "-----------------", "18/0.05 17/0.106 16/0.164 15/0.227 14/0.294 13/0.365 12/0.442 11/0.525 10/0.616 9/0.716 8/0.827 7/0.952 6/1.095 5/1.262 4/1.462 3/1.712 0/2.045")]
    [InlineData("1", "1", 20, 1, 5, "+++", "6/0 7/0 8/0")]
    [InlineData("1", "1", 6, 1, 5, "+++", "6/0 6/0 6/0")]
    // A success wipes the cohorts out and ends the slide; the next failure costs two again.
    [InlineData("1", "1", 20, 1, 5, "--+--", "3/0.2 2/0.533 3/0 1/0.333 0/1.333")]
    [InlineData("1", "1", 20, 0, 5, "------", "3/0.2 2/0.533 1/1.033 1/2.033 1/3.033 1/4.033")]
    // By concurrency.
    [InlineData("1/concurrency", "1/concurrency", 20, 1, 5, "+++++ ++++++ +++++++", "5/0 5/0 5/0 5/0 6/0 6/0 6/0 6/0 6/0 6/0 7/0 7/0 7/0 7/0 7/0 7/0 7/0 8/0")]
    [InlineData("1", "1/concurrency", 20, 1, 5, "-----", "4/0.2 4/0.45 4/0.7 3/0.95 0/1.283")]
    [InlineData("1", "1/concurrency", 20, 1, 20, "--------------------", "19/0.05 19/0.103 19/0.155 19/0.208 19/0.261 19/0.313 19/0.366 19/0.418 19/0.471 19/0.524 19/0.576 19/0.629 19/0.682 19/0.734 19/0.787 19/0.839 19/0.892 19/0.945 18/0.997 0/1.053")]
    // Fractions.
    [InlineData("0.5", "1", 20, 1, 2, "+++++", "2/0 3/0 3/0 4/0 4/0")]
    [InlineData("1/4", "1", 20, 1, 2, "++++ ++++", "2/0 2/0 2/0 3/0 3/0 3/0 3/0 4/0")]
    [InlineData("0", "0", 20, 2, 3, "++---", "3/0 3/0 3/0.333 3/0.667 3/1")]
    public void The_window_follows_the_results(string positive, string negative, int limit, int cohorts, int start, string results, string expected)
    {
        Assert.True(ConcurrencyFeedback.TryParse(positive, out ConcurrencyFeedback up));
        Assert.True(ConcurrencyFeedback.TryParse(negative, out ConcurrencyFeedback down));
        SchedulerFixture fixture = new(new TransportSettings
        {
            PositiveFeedback = up,
            NegativeFeedback = down,
            DestinationConcurrencyLimit = limit,
            FailedCohortLimit = cohorts,
            InitialDestinationConcurrency = start,
            DestinationRecipientLimit = 1,
        });
        fixture.Add("A", 200);
        List<Entry> busy = fixture.StartAll();
        Assert.Equal(start, busy.Count);
        List<string> steps = [];
        foreach (char result in results.Replace(" ", "", StringComparison.Ordinal))
        {
            DestinationQueue queue = busy[0].Queue;
            fixture.Scheduler.RecordResult(busy[0], result == '+' ? null : "4.4.1 no");
            steps.Add(string.Create(CultureInfo.InvariantCulture, $"{queue.Window}/{Math.Round(queue.Counters.FailedCohorts, 3)}"));
            fixture.Scheduler.Finish(busy[0]);
            busy.RemoveAt(0);
            busy.AddRange(fixture.StartAll());
            Assert.True(queue.DeadReason is not null || busy.Count == queue.Window || queue.Busy >= queue.Window);
        }

        Assert.Equal(expected, string.Join(' ', steps));
    }

    [Fact]
    public void A_destination_with_little_mail_opens_its_window_by_its_start_above_what_is_busy_and_no_more()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 1 });
        fixture.Add("A", 1);
        fixture.Add("B", 1);
        List<Entry> busy = fixture.StartAll();
        DestinationQueue queue = busy[0].Queue;
        for (int i = 0; i < 5; i++)
        {
            fixture.Scheduler.RecordResult(busy[0], null);
        }

        Assert.Equal(2 + 5, queue.Window);
    }

    [Fact]
    public void Failures_after_death_change_nothing_and_a_late_success_revives()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRecipientLimit = 1 });
        fixture.Add("A", 5);
        List<Entry> busy = fixture.StartAll();
        DestinationQueue queue = busy[0].Queue;
        for (int i = 0; i < 4; i++)
        {
            fixture.Scheduler.RecordResult(busy[i], $"4.4.1 reason {i}");
            fixture.Scheduler.Finish(busy[i]);
        }

        Assert.Equal("4.4.1 reason 2", queue.DeadReason);
        fixture.Scheduler.RecordResult(busy[4], null);
        Assert.Equal((1, null), (queue.Window, queue.DeadReason));
        Assert.Equal((0.0, 0.0, 0.0), queue.Counters);
    }

    [Fact]
    public void A_dead_destination_revives_with_its_first_window_when_its_time_has_come_and_is_forgotten_when_idle()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationConcurrencyLimit = 1, DestinationRecipientLimit = 1 });
        fixture.Add("A", 1);
        Entry entry = Assert.Single(fixture.StartAll());
        fixture.Scheduler.RecordResult(entry, "4.4.1 no");
        fixture.Scheduler.Finish(entry);
        Assert.Equal(1, fixture.Scheduler.QueueCount);
        fixture.Timers.Advance(299);
        Assert.NotNull(entry.Queue.DeadReason);
        fixture.Timers.Advance(1);
        Assert.Equal((null, 0), (entry.Queue.DeadReason, fixture.Scheduler.QueueCount));
    }

    [Fact]
    public void A_flush_revives_all_at_once()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationConcurrencyLimit = 1, DestinationRecipientLimit = 1 });
        fixture.Add("A", 1, "one.test");
        fixture.Add("B", 1, "two.test");
        foreach (Entry entry in fixture.StartAll())
        {
            fixture.Scheduler.RecordResult(entry, "4.4.1 no");
            fixture.Scheduler.Finish(entry);
        }

        fixture.Scheduler.KillTransport(fixture.Scheduler.FindOrAddTransport("smtp"), "4.3.0 mail transport unavailable");
        fixture.Scheduler.ReviveAll();
        Assert.Equal(0, fixture.Scheduler.QueueCount);
        Assert.Null(fixture.Scheduler.FindOrAddTransport("smtp").DeadReason);
        fixture.Timers.Advance(1000);
    }

    [Fact]
    public void With_a_rate_delay_a_destination_is_one_at_a_time_and_never_stays_dead()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRateDelay = TimeSpan.FromSeconds(2.5), DestinationRecipientLimit = 1 });
        fixture.Add("A", 3);
        Entry entry = Assert.Single(fixture.StartAll());
        fixture.Scheduler.RecordResult(entry, "4.4.1 no");
        fixture.Scheduler.Finish(entry);
        Assert.Equal(2, fixture.Suspended.Count);
        Assert.Equal((null, true), (entry.Queue.DeadReason, entry.Queue.IsSuspended));
        fixture.Add("B", 1);
        fixture.Timers.Advance(2);
        Assert.Empty(fixture.StartAll());
        fixture.Timers.Advance(1);
        Assert.Equal("B", Assert.Single(fixture.StartAll()).Message.QueueId);
    }

    [Fact]
    public void Dead_destinations_without_mail_are_dropped_when_there_are_too_many()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationConcurrencyLimit = 1 }, new SchedulerLimits { Recipients = 2 });
        for (int i = 0; i < 5; i++)
        {
            fixture.Add($"M{i}", 1, $"d{i}.test");
            Entry entry = Assert.Single(fixture.StartAll());
            fixture.Scheduler.RecordResult(entry, "4.4.1 no");
            fixture.Scheduler.Finish(entry);
        }

        Assert.Equal(5, fixture.Scheduler.QueueCount);
        fixture.Scheduler.TrimDeadQueues();
        Assert.Equal(0, fixture.Scheduler.QueueCount);
        fixture.Timers.Advance(1000);
    }
}

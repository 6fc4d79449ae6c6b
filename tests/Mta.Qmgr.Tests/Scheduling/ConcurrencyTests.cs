using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>How the concurrency window of a destination follows results.</summary>
public sealed class ConcurrencyTests
{
    private const string Reason = "4.4.1 delivery temporarily suspended: connect: refused";

    [Fact]
    public void Three_failures_from_the_initial_window_kill_a_destination() =>
        Assert.Equal([3, 2, 0], Windows(new TransportSettings(), start: 5, results: [false, false, false]));

    [Fact]
    public void Thirteen_failures_from_the_full_window_kill_a_destination() =>
        Assert.Equal(
            [18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 0],
            Windows(new TransportSettings(), start: 20, results: [.. Enumerable.Repeat(false, 13)]));

    [Fact]
    public void A_higher_cohort_limit_takes_more_failures() =>
        Assert.Equal(
            [18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 0],
            Windows(new TransportSettings { FailedCohortLimit = 2 }, start: 20, results: [.. Enumerable.Repeat(false, 17)]));

    [Fact]
    public void With_a_window_of_one_a_single_failure_kills() =>
        Assert.Equal([0], Windows(new TransportSettings { DestinationConcurrencyLimit = 1 }, start: 1, results: [false]));

    [Fact]
    public void Without_a_cohort_limit_a_destination_never_dies() =>
        Assert.Equal([3, 2, 1, 1, 1], Windows(new TransportSettings { FailedCohortLimit = 0 }, start: 5, results: [false, false, false, false, false]));

    [Fact]
    public void Each_success_of_a_busy_destination_opens_the_window_by_one_up_to_the_limit() =>
        Assert.Equal(
            [6, 7, 8, 8],
            Windows(new TransportSettings { DestinationConcurrencyLimit = 8 }, start: 5, results: [true, true, true, true]));

    [Fact]
    public void Half_a_feedback_opens_the_window_with_every_second_success() =>
        Assert.Equal(
            [2, 3, 3, 4],
            Windows(new TransportSettings { PositiveFeedback = Parse("0.5") }, start: 2, results: [true, true, true, true]));

    [Fact]
    public void Feedback_by_concurrency_takes_a_window_full_of_failures_from_twenty()
    {
        List<int> windows = Windows(new TransportSettings { NegativeFeedback = Parse("1/concurrency") }, start: 20, results: [.. Enumerable.Repeat(false, 20)]);
        Assert.Equal(19, windows[0]);
        Assert.Equal(0, windows[^1]);
        Assert.DoesNotContain(0, windows.Take(19));
    }

    [Fact]
    public void An_idle_destination_keeps_its_window_near_the_start()
    {
        SchedulerFixture fixture = new();
        DestinationQueue queue = fixture.Queue();
        for (int i = 0; i < 20; i++)
        {
            fixture.Add($"M{i}", 1);
            Entry entry = Assert.Single(fixture.StartAll());
            fixture.Scheduler.RecordResult(entry, null);
            Assert.True(queue.Window <= 1 + 5);
            fixture.Scheduler.Finish(entry);
        }
    }

    [Fact]
    public void Waiting_mail_of_a_dead_destination_goes_elsewhere_with_the_reason_and_it_revives_in_time()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationConcurrencyLimit = 1, DestinationRecipientLimit = 1 });
        fixture.Add("A", 3);
        Entry entry = Assert.Single(fixture.StartAll());
        fixture.Scheduler.RecordResult(entry, Reason);

        Assert.Equal([(1, Reason), (1, Reason)], fixture.Suspended.Select(item => (item.Recipients, item.Reason)));
        Assert.Equal(Reason, fixture.Queue().DeadReason);
        Assert.Empty(fixture.Idle);

        fixture.Scheduler.Finish(entry);
        Assert.Equal(["A"], fixture.Idle);
        fixture.Timers.Advance(300);
        Assert.Null(fixture.Queue().DeadReason);
    }

    [Fact]
    public void A_success_still_under_way_revives_a_dead_destination()
    {
        SchedulerFixture fixture = new(new TransportSettings { InitialDestinationConcurrency = 2, DestinationRecipientLimit = 1 });
        fixture.Add("A", 2);
        List<Entry> started = fixture.StartAll();
        DestinationQueue queue = started[0].Queue;
        for (int i = 0; i < 2; i++)
        {
            fixture.Scheduler.RecordResult(started[0], Reason);
        }

        Assert.NotNull(queue.DeadReason);
        fixture.Scheduler.RecordResult(started[1], null);
        Assert.Null(queue.DeadReason);
        Assert.Equal(2, queue.Window);
    }

    [Fact]
    public void A_rate_delay_suspends_a_destination_after_each_delivery()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRateDelay = TimeSpan.FromSeconds(10), DestinationRecipientLimit = 1 });
        fixture.Add("A", 2);
        Entry first = Assert.Single(fixture.StartAll());
        fixture.Scheduler.Finish(first);
        Assert.Empty(fixture.StartAll());
        fixture.Timers.Advance(10);
        Assert.Single(fixture.StartAll());
    }

    [Fact]
    public void A_rate_delay_may_be_a_part_of_a_second()
    {
        SchedulerFixture fixture = new(new TransportSettings { DestinationRateDelay = TimeSpan.FromMilliseconds(250), DestinationRecipientLimit = 1 });
        fixture.Add("A", 3);
        for (int i = 0; i < 2; i++)
        {
            fixture.Scheduler.Finish(Assert.Single(fixture.StartAll()));
            fixture.Timers.Advance(0.125);
            Assert.Empty(fixture.StartAll());
            fixture.Timers.Advance(0.125);
        }

        Assert.Single(fixture.StartAll());
    }

    [Theory]
    [InlineData("1", 1.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("1/4", 0.25)]
    [InlineData("0.5 / 10", 0.05)]
    [InlineData("1/concurrency", 0.2)]
    [InlineData("1 / Concurrency", 0.2)]
    [InlineData("+.5", 0.5)]
    [InlineData("1e-1", 0.1)]
    [InlineData("0.5/1e1", 0.05)]
    public void Feedback_is_read_in_all_its_forms(string text, double atFive)
    {
        Assert.True(ConcurrencyFeedback.TryParse(text, out ConcurrencyFeedback feedback));
        Assert.Equal(atFive, feedback.At(5), 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("1/0")]
    [InlineData("1/queue")]
    [InlineData("5/2")]
    [InlineData("nan")]
    [InlineData("nan/concurrency")]
    [InlineData("infinity")]
    [InlineData("0.5x")]
    public void Unreasonable_feedback_is_refused(string text) => Assert.False(ConcurrencyFeedback.TryParse(text, out _));

    private static ConcurrencyFeedback Parse(string text) =>
        ConcurrencyFeedback.TryParse(text, out ConcurrencyFeedback feedback) ? feedback : throw new ArgumentException(text);

    // The window after each result, the destination being kept busy to the full.
    private static List<int> Windows(TransportSettings settings, int start, bool[] results)
    {
        SchedulerFixture fixture = new(settings with { InitialDestinationConcurrency = start, DestinationRecipientLimit = 1 });
        fixture.Add("A", 100);
        List<Entry> started = fixture.StartAll();
        Assert.Equal(start, started.Count);
        List<int> windows = [];
        foreach (bool success in results)
        {
            fixture.Scheduler.RecordResult(started[0], success ? null : Reason);
            windows.Add(started[0].Queue.Window);
            started.AddRange(fixture.StartAll());
        }

        return windows;
    }
}

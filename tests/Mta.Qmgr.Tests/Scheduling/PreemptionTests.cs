using System.Globalization;
using System.Text;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>Orders of delivery computed by hand from the rules: the first job is large, all share one transport.</summary>
public sealed class PreemptionTests
{
    [Theory]
    [InlineData("A100 B1", "A1 B1 A99")]
    [InlineData("A100 B5", "A1 B5 A99")]
    [InlineData("A100 B6", "A1 B6 A99")]
    [InlineData("A100 B8", "A5 B8 A95")]
    [InlineData("A100 B10", "A10 B10 A90")]
    [InlineData("A100 B20", "A35 B20 A65")]
    [InlineData("A100 B21", "A100 B21")]
    [InlineData("A100 B30", "A100 B30")]
    [InlineData("A14 B1", "A14 B1")]
    [InlineData("A15 B1", "A1 B1 A14")]
    [InlineData("A100 B10 C1", "A1 C1 A14 B10 A85")]
    [InlineData("A100 B1 C1 D1 E1 F1", "A1 B1 A5 C1 A5 D1 A5 E1 A5 F1 A79")]
    [InlineData("A100 B20 C1 D2", "A1 C1 A5 D2 A94 B20")]
    public void Small_jobs_go_first_as_far_as_the_large_one_has_paid(string jobs, string order) =>
        Assert.Equal(order, Deliver(jobs, new TransportSettings()));

    [Fact]
    public void Without_loan_and_discount_every_slot_is_paid_in_full() =>
        Assert.Equal("A50 B10 A50", Deliver("A100 B10", new TransportSettings { SlotLoan = 0, SlotDiscount = 0 }));

    [Fact]
    public void A_cost_of_one_means_first_in_first_out() =>
        Assert.Equal("A100 B1", Deliver("A100 B1", new TransportSettings { SlotCost = 1 }));

    [Fact]
    public void A_blocked_job_lets_others_pass_and_goes_on_when_its_destination_has_room()
    {
        SchedulerFixture fixture = new(new TransportSettings { InitialDestinationConcurrency = 1, DestinationConcurrencyLimit = 1, DestinationRecipientLimit = 1 });
        fixture.Add("A", 2, "busy.test");
        fixture.Add("B", 1, "free.test");
        List<Entry> started = fixture.StartAll();
        Assert.Equal(["A", "B"], started.Select(entry => entry.Message.QueueId));

        fixture.Scheduler.Finish(started[0]);
        Assert.Equal("A", Assert.Single(fixture.StartAll()).Message.QueueId);
    }

    private static string Deliver(string jobs, TransportSettings settings)
    {
        SchedulerFixture fixture = new(settings with { InitialDestinationConcurrency = 1000, DestinationConcurrencyLimit = 0, DestinationRecipientLimit = 1 });
        foreach (string job in jobs.Split(' '))
        {
            fixture.Add(job[..1], int.Parse(job[1..], CultureInfo.InvariantCulture), $"{job[0]}.test");
        }

        StringBuilder order = new();
        string current = "";
        int count = 0;
        while (fixture.Scheduler.SelectEntry(fixture.Scheduler.FindOrAddTransport("smtp")) is { } entry)
        {
            if (entry.Message.QueueId != current)
            {
                Flush();
                current = entry.Message.QueueId;
            }

            count++;
            fixture.Scheduler.Finish(entry);
        }

        Flush();
        return order.ToString().TrimEnd();

        void Flush()
        {
            if (count > 0)
            {
                order.Append(current).Append(count).Append(' ');
                count = 0;
            }
        }
    }
}

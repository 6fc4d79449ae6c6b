using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>
/// Random mixes of messages, destinations, results and times: every recipient is tried once, no limit is passed, every
/// account adds up, and in the end nothing is left. The seed names the case.
/// </summary>
public sealed class WorkloadProperties
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_recipient_is_tried_once_and_nothing_is_left(int seed)
    {
        Random random = new(seed);
        Dictionary<string, TransportSettings> settings = [];
        Workload work = new(name => settings.TryGetValue(name, out TransportSettings? known) ? known : settings[name] = Settings(name, random), new SchedulerLimits
        {
            Recipients = random.Next(1, 200),
            RecipientMinimum = random.Next(1, 20),
        })
        {
            ResolvesLater = random.Next(2) == 0,
        };
        List<(string, string)> expected = [];
        int messages = random.Next(1, 40);
        int added = 0;
        while (added < messages || work.Running.Count > 0)
        {
            switch (random.Next(10))
            {
                case 0 or 1 when added < messages:
                    string id = $"M{added++}";
                    string[] addresses = [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(1, 400) : random.Next(1, 4)).Select(number => $"r{number}@d{random.Next(6)}.test")];
                    expected.AddRange(addresses.Select(address => (id, address)));
                    work.Add(id, $"t{random.Next(3)}", addresses);
                    break;
                case 2:
                    work.Timers.Advance(random.Next(1, 20));
                    break;
                case 3:
                    work.ResolveOne();
                    break;
                case 4 or 5 or 6 when work.Running.Count > 0:
                    work.End(random.Next(work.Running.Count), random.Next(4) == 0 ? "4.4.1 gone" : null);
                    break;
                case 7 when random.Next(20) == 0:
                    work.Scheduler.KillTransport(work.Scheduler.FindOrAddTransport($"t{random.Next(3)}"), "4.3.0 mail transport unavailable");
                    break;
                case 8 when random.Next(10) == 0:
                    work.Scheduler.ReviveAll();
                    break;
                default:
                    if (work.Scheduler.NextTransport() is { } transport && work.Start(transport) is { } entry)
                    {
                        int limit = transport.Settings.DestinationRecipientLimit;
                        Assert.True(limit == 0 || entry.Recipients.Count <= limit);
                        Assert.True(entry.Queue.Busy <= entry.Queue.Window);
                    }

                    break;
            }

            work.Check();
        }

        work.Finish();
        work.Check();
        Assert.Equal(expected.Order(), work.Delivered.Select(item => (item.Message, item.Address)).Order());
        Assert.Equal(messages, work.Finished.Count);
        Assert.Equal((0, 0, 0), (work.Scheduler.MessageCount, work.Scheduler.RecipientCount, work.Scheduler.QueueCount));
        Assert.All(work.Scheduler.Transports, transport => Assert.Empty(transport.Jobs));
        Assert.All(work.Scheduler.Transports, transport => Assert.Empty(transport.UnreadJobs));
        Assert.All(work.Scheduler.Transports, transport => Assert.Equal(transport.Settings.RecipientLimit, transport.UnusedRecipientSlots));
    }

    private static TransportSettings Settings(string name, Random random) => name == "retry" ? new TransportSettings() : new TransportSettings
    {
        DestinationConcurrencyLimit = random.Next(3) == 0 ? 0 : random.Next(1, 8),
        InitialDestinationConcurrency = random.Next(1, 8),
        DestinationRecipientLimit = random.Next(0, 6),
        FailedCohortLimit = random.Next(0, 3),
        DestinationRateDelay = random.Next(5) == 0 ? TimeSpan.FromSeconds(random.NextDouble() * 3) : TimeSpan.Zero,
        SlotCost = random.Next(0, 7),
        SlotLoan = random.Next(0, 5),
        SlotDiscount = random.Next(0, 101),
        MinimumSlots = random.Next(0, 5),
        RecipientLimit = random.Next(0, 200),
        ExtraRecipientLimit = random.Next(0, 50),
        RefillLimit = random.Next(1, 50),
        RefillDelay = TimeSpan.FromSeconds(random.Next(1, 10)),
    };
}

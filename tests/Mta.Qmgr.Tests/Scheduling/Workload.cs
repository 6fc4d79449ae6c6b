using Mta.Mail.Protocols;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>
/// A queue manager without files and sockets, in injected time: messages with many recipients are read in portions,
/// agents take entries and report results later, what dies goes to the retry service.
/// </summary>
internal sealed class Workload
{
    private readonly List<(Entry Entry, Transport Transport)> _running = [];
    private readonly Dictionary<string, Source> _sources = [];
    private readonly Queue<Action> _later = new();

    public Workload(Func<string, TransportSettings> settings, SchedulerLimits? limits = null)
    {
        Scheduler = new Scheduler(settings, limits ?? new SchedulerLimits(), Timers)
        {
            MessageIdle = OnIdle,
            RefillWanted = ReadMore,
            Suspended = OnSuspended,
        };
    }

    public ManualTimers Timers { get; } = new();

    public Scheduler Scheduler { get; }

    /// <summary>Recipients in the order of their delivery, as message and address.</summary>
    public List<(string Message, string Address, string Transport)> Delivered { get; } = [];

    /// <summary>Message, number of recipients: one for each request handed out.</summary>
    public List<(string Message, string Queue, int Recipients, long Time)> Requests { get; } = [];

    /// <summary>Portions in which the recipients of a message were read.</summary>
    public Dictionary<string, List<int>> Reads { get; } = [];

    public List<string> Finished { get; } = [];

    public IReadOnlyList<(Entry Entry, Transport Transport)> Running => _running;

    /// <summary>Whether routing takes a step of its own, as a call to another process does.</summary>
    public bool ResolvesLater { get; init; }

    public void Add(string id, string transport, IEnumerable<string> addresses)
    {
        Source source = new(transport, [.. addresses]);
        _sources.Add(id, source);
        Message message = new(id)
        {
            EnteredActive = Timers.Now * 1_000_000,
            RecipientLimit = Scheduler.Limits.RecipientMinimum,
            LastRefill = Timers.Now,
        };
        Reads.Add(id, []);
        Scheduler.MessageCount++;
        Read(message, source, Math.Min(Math.Max(Scheduler.Limits.Recipients - Scheduler.RecipientCount, Scheduler.Limits.RecipientMinimum), 5000));
    }

    /// <summary>Makes one agent of the transport take an entry.</summary>
    public Entry? Start(Transport transport)
    {
        Entry? entry = Scheduler.SelectEntry(transport);
        if (entry is not null)
        {
            _running.Add((entry, transport));
            Requests.Add((entry.Message.QueueId, entry.Queue.Name, entry.Recipients.Count, Timers.Now));
        }

        return entry;
    }

    public void StartAll()
    {
        while (Scheduler.NextTransport() is { } transport)
        {
            if (Start(transport) is null)
            {
                return;
            }
        }
    }

    /// <summary>Ends a running delivery.</summary>
    public void End(int index, string? siteFailure = null)
    {
        (Entry entry, Transport transport) = _running[index];
        _running.RemoveAt(index);
        foreach (Recipient recipient in entry.Recipients)
        {
            Delivered.Add((entry.Message.QueueId, recipient.Address, transport.Name));
        }

        Scheduler.RecordResult(entry, siteFailure);
        Scheduler.Finish(entry);
    }

    public void ResolveOne()
    {
        if (_later.TryDequeue(out Action? action))
        {
            action();
        }
    }

    /// <summary>Serves everything to the end, one delivery after the other.</summary>
    public void Finish()
    {
        for (int idle = 0; idle < 1000;)
        {
            while (_later.Count > 0)
            {
                ResolveOne();
            }

            StartAll();
            if (_running.Count > 0)
            {
                End(0);
                idle = 0;
            }
            else if (_later.Count == 0)
            {
                // Only time can help: rate delays, dead destinations.
                Timers.Advance(1);
                idle++;
            }
        }
    }

    /// <summary>What must hold at every moment.</summary>
    public void Check()
    {
        int recipients = 0;
        foreach (Transport transport in Scheduler.Transports)
        {
            int capacity = 0;
            foreach (DestinationQueue queue in transport.Queues.Values)
            {
                capacity += Math.Clamp(queue.Window - queue.Busy, 0, queue.Waiting.Count);
                int limit = transport.Settings.EffectiveConcurrencyLimit;
                Assert.True(limit == 0 || (queue.Busy <= limit && queue.Window <= limit), $"{queue.Name}: busy {queue.Busy}, window {queue.Window}, limit {limit}");
                Assert.True(queue.DeadReason is null || queue.Waiting.Count == 0, "nothing waits for a dead destination");
            }

            Assert.Equal(capacity, transport.Capacity);
            Assert.Equal(transport.Queues.Values.Where(queue => queue.HasRoom && queue.Waiting.Count > 0).Select(queue => queue.Name).Order(), transport.ReadyQueues.Select(queue => queue.Name).Order());
            int held = 0;
            foreach (Job job in transport.Jobs)
            {
                held += job.RecipientLimit;
                Assert.True(job.Read >= job.Selected);
            }

            // Jobs that are off the list hold no more than their recipients in memory.
            foreach (Job job in _jobs.Values.Where(job => job.Transport == transport && !job.IsListed))
            {
                Assert.Equal(job.RecipientCount, job.RecipientLimit);
                held += job.RecipientLimit;
            }

            Assert.Equal(transport.Settings.RecipientLimit, held + transport.UnusedRecipientSlots);
            recipients += _jobs.Values.Where(job => job.Transport == transport).Sum(job => job.RecipientCount);
        }

        Assert.Equal(recipients, Scheduler.RecipientCount);
    }

    private readonly Dictionary<(Message, Transport), Job> _jobs = [];

    private void Read(Message message, Source source, int limit)
    {
        int count = Math.Min(limit, source.Addresses.Length - source.Position);
        Reads[message.QueueId].Add(count);
        List<Recipient> recipients = [];
        for (int i = 0; i < count; i++)
        {
            Recipient recipient = new(new DeliveryRecipient("", source.Addresses[source.Position + i], source.Position + i + 1));
            recipient.SetDestination(source.Transport, recipient.Domain.ToString());
            recipients.Add(recipient);
        }

        source.Position += count;
        message.UnreadRecipients = source.Addresses.Length - source.Position;
        message.LastRefill = Timers.Now;
        message.Outstanding++;
        message.IsRefilling = true;
        if (ResolvesLater)
        {
            _later.Enqueue(() => Assign(message, recipients));
        }
        else
        {
            Assign(message, recipients);
        }
    }

    private void Assign(Message message, List<Recipient> recipients)
    {
        Bind(recipients);
        Scheduler.Assign(message, recipients);
        foreach (Job job in message.Jobs)
        {
            _jobs[(message, job.Transport)] = job;
        }

        message.IsRefilling = false;
        Scheduler.Release(message);
    }

    private void Bind(List<Recipient> recipients)
    {
        foreach (Recipient recipient in recipients)
        {
            Transport transport = Scheduler.FindOrAddTransport(recipient.TransportName);
            string name = Scheduler.QueueName(transport, recipient.NextHop, recipient.Address.AsSpan(0, recipient.Address.IndexOf('@')));
            DestinationQueue queue = Scheduler.FindOrAddQueue(transport, name);
            if (queue.DeadReason is not null)
            {
                recipient.SetDestination("retry", queue.DeadReason);
                transport = Scheduler.FindOrAddTransport("retry");
                queue = Scheduler.FindOrAddQueue(transport, Scheduler.QueueName(transport, recipient.NextHop, default));
            }

            recipient.Queue = queue;
        }
    }

    private void ReadMore(Message message) =>
        Read(message, _sources[message.QueueId], Math.Clamp(message.RecipientLimit - message.RecipientCount, 1, 5000));

    private void OnSuspended(Message message, List<Recipient> recipients, string reason)
    {
        recipients.ForEach(recipient => recipient.SetDestination("retry", reason));
        Bind(recipients);
        Scheduler.Assign(message, recipients);
        foreach (Job job in message.Jobs)
        {
            _jobs[(message, job.Transport)] = job;
        }

        Scheduler.Release(message);
    }

    private void OnIdle(Message message)
    {
        if (message.UnreadRecipients > 0)
        {
            ReadMore(message);
            return;
        }

        Scheduler.MessageCount--;
        Finished.Add(message.QueueId);
        foreach (Job job in message.Jobs)
        {
            Assert.False(job.IsListed, "a message that is gone has no job on a list");
            Assert.Equal((0, 0), (job.RecipientCount, job.RecipientLimit));
            _jobs.Remove((message, job.Transport));
        }
    }

    private sealed class Source(string transport, string[] addresses)
    {
        public string Transport { get; } = transport;

        public string[] Addresses { get; } = addresses;

        public int Position { get; set; }
    }
}

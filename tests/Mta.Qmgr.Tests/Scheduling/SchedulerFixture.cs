using Mta.Mail.Protocols;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Tests.Scheduling;

/// <summary>A scheduler with messages made by hand.</summary>
internal sealed class SchedulerFixture
{
    public SchedulerFixture(TransportSettings? settings = null, SchedulerLimits? limits = null)
    {
        Scheduler = new Scheduler(_ => settings ?? new TransportSettings(), limits ?? new SchedulerLimits(), Timers)
        {
            MessageIdle = message => Idle.Add(message.QueueId),
            Suspended = (message, recipients, reason) =>
            {
                Suspended.Add((message, recipients.Count, reason));
                Scheduler!.Release(message);
            },
        };
    }

    public ManualTimers Timers { get; } = new();

    public Scheduler Scheduler { get; }

    public List<string> Idle { get; } = [];

    public List<(Message Message, int Recipients, string Reason)> Suspended { get; } = [];

    public Message Add(string id, int recipients, string destination = "d.test", string transport = "smtp", int unread = 0)
    {
        Message message = new(id)
        {
            EnteredActive = Timers.Now * 1_000_000,
            RecipientLimit = Scheduler.Limits.RecipientMinimum,
            UnreadRecipients = unread,
        };
        message.Outstanding++;
        AddRecipients(message, recipients, destination, transport);
        Scheduler.Release(message);
        return message;
    }

    public void AddRecipients(Message message, int count, string destination, string transport)
    {
        Transport service = Scheduler.FindOrAddTransport(transport);
        List<Recipient> recipients = [];
        for (int i = 0; i < count; i++)
        {
            Recipient recipient = new(new DeliveryRecipient("", $"r{i}@{destination}", 100 + i));
            recipient.SetDestination(transport, destination);
            recipient.Queue = Scheduler.FindOrAddQueue(service, destination);
            recipients.Add(recipient);
        }

        Scheduler.Assign(message, recipients);
    }

    public DestinationQueue Queue(string destination = "d.test", string transport = "smtp") =>
        Scheduler.FindOrAddQueue(Scheduler.FindOrAddTransport(transport), destination);

    /// <summary>Starts deliveries until nothing more may start.</summary>
    public List<Entry> StartAll(string transport = "smtp")
    {
        List<Entry> started = [];
        while (Scheduler.SelectEntry(Scheduler.FindOrAddTransport(transport)) is { } entry)
        {
            started.Add(entry);
        }

        return started;
    }
}

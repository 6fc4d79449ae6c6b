using Mta.Mail.Protocols;

namespace Mta.Cleanup;

/// <summary>
/// Wakes the queue manager. One trigger serves every message that was complete before it was sent: while one is on its
/// way, others only leave a mark. Thread-safe; never waits.
/// </summary>
internal sealed class QueueManagerTrigger(string path)
{
    private readonly TriggerSender _sender = new(path);
    private int _wanted;

    public void Send()
    {
        // Whoever finds the mark at zero sends until nobody has left another one.
        if (Interlocked.Increment(ref _wanted) > 1)
        {
            return;
        }

        int seen;
        do
        {
            seen = Volatile.Read(ref _wanted);
            _sender.TrySend(TriggerProtocol.Requests.Wakeup);
        }
        while (Interlocked.CompareExchange(ref _wanted, 0, seen) != seen);
    }
}

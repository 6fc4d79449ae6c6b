using Mta.Text;

namespace Mta.Qmgr.Scheduling;

/// <summary>
/// What is in the active queue, and what may be delivered next. It knows no file and no socket: the owner assigns
/// resolved recipients, asks for transports and entries, and reports results. All calls come from the loop.
/// </summary>
internal sealed class Scheduler
{
    private readonly Dictionary<string, Transport> _transports = [];
    private readonly LinkedList<Transport> _rotation = new();
    private readonly Func<string, TransportSettings> _settings;
    private readonly ISchedulerTimers _timers;
    private readonly JobSelection _selection;

    public Scheduler(Func<string, TransportSettings> settings, SchedulerLimits limits, ISchedulerTimers timers)
    {
        _settings = settings;
        Limits = limits;
        _timers = timers;
        _selection = new JobSelection(() => timers.Now, ConsiderRefill);
    }

    public SchedulerLimits Limits { get; }

    /// <summary>Seconds since 1970.</summary>
    public long Now => _timers.Now;

    public int MessageCount { get; set; }

    /// <summary>Recipients in memory, of all messages.</summary>
    public int RecipientCount { get; private set; }

    public int QueueCount { get; private set; }

    /// <summary>All of a message's recipients in memory are finished.</summary>
    public Action<Message> MessageIdle { get; set; } = static _ => { };

    /// <summary>A message has room for more of its unread recipients.</summary>
    public Action<Message> RefillWanted { get; set; } = static _ => { };

    /// <summary>
    /// Recipients whose destination or transport died, with the reason; the owner routes them anew. Their message is
    /// held until <see cref="Release"/>.
    /// </summary>
    public Action<Message, List<Recipient>, string> Suspended { get; set; } = static (_, _, _) => { };

    /// <summary>An entry joined a destination queue.</summary>
    public Action<DestinationQueue, Entry> EntryAdded { get; set; } = static (_, _) => { };

    /// <summary>A result was counted for its destination: success or not.</summary>
    public Action<DestinationQueue, bool>? ResultCounted { get; set; }

    public IEnumerable<Transport> Transports => _rotation;

    public Transport FindOrAddTransport(string name)
    {
        if (!_transports.TryGetValue(name, out Transport? transport))
        {
            transport = new Transport(name, _settings(name));
            _transports.Add(name, transport);
            _rotation.AddLast(transport.InRotation);
        }

        return transport;
    }

    public DestinationQueue FindOrAddQueue(Transport transport, string name)
    {
        if (!transport.Queues.TryGetValue(name, out DestinationQueue? queue))
        {
            queue = new DestinationQueue(transport, name, transport.Recent.Take(name));
            transport.Queues.Add(name, queue);
            QueueCount++;
        }

        return queue;
    }

    /// <summary>
    /// Bundles resolved recipients, in order, into entries. The caller sorted them so that equal destinations are
    /// neighbours, and has counted nothing yet.
    /// </summary>
    public void Assign(Message message, List<Recipient> recipients)
    {
        foreach (Recipient recipient in recipients)
        {
            DestinationQueue queue = recipient.Queue!; // routed recipients have a queue
            Transport transport = queue.Transport;
            Job job = message.FindOrAddJob(transport);
            Peer peer = job.FindOrAddPeer(queue);
            int limit = message.VerpDelimiters.Length > 0 ? 1 : transport.Settings.DestinationRecipientLimit;
            Entry? entry = peer.Open;
            if (entry is null || (limit > 0 && entry.Recipients.Count >= limit))
            {
                entry = new Entry(peer);
                if (peer.Waiting.Count == 0)
                {
                    job.Peers.AddLast(peer.InJob);
                }

                peer.Waiting.AddLast(entry.InPeer);
                job.Read++;
                message.Outstanding++;
                queue.AddWaiting(entry);
                EntryAdded(queue, entry);
            }

            entry.Recipients.Add(recipient);
            job.RecipientCount++;
            message.RecipientCount++;
            RecipientCount++;
        }

        bool readCompletely = message.UnreadRecipients == 0;
        foreach (Job job in message.Jobs)
        {
            if (job.Peers.Count > 0)
            {
                _selection.Enlist(job);
            }
        }

        if (readCompletely)
        {
            ReadCompletely(message);
        }
    }

    /// <summary>Nothing more will be read of a message: its jobs that wait for more leave the lists.</summary>
    public void ReadCompletely(Message message)
    {
        RecipientSlots.ReadCompletely(message);
        foreach (Job job in message.Jobs)
        {
            if (job.Peers.Count == 0)
            {
                _selection.Retire(job);
            }
        }
    }

    /// <summary>The next transport that wants an agent, round robin; null when none does.</summary>
    public Transport? NextTransport()
    {
        for (LinkedListNode<Transport>? node = _rotation.First; node is not null; node = node.Next)
        {
            if (node.Value.MayAskForAgent)
            {
                _rotation.Remove(node);
                _rotation.AddLast(node);
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>An agent of the transport is ready: what it is to do.</summary>
    public Entry? SelectEntry(Transport transport)
    {
        // Without this an agent that asks once more would make a walk over all the jobs that wait.
        if (transport.DeadReason is not null || transport.Capacity == 0)
        {
            return null;
        }

        Entry? entry = _selection.Select(transport);
        if (entry is null && transport.Capacity > 0)
        {
            // The sum says that something may start: look at every job once more rather than stand still.
            transport.BlockerTag++;
            transport.CurrentJob = transport.Jobs.First?.Value;
            entry = _selection.Select(transport);
        }

        return entry;
    }

    /// <summary>Counts a busy entry's result for its destination: success, or with a reason the whole site looked bad.</summary>
    public void RecordResult(Entry entry, string? siteFailure)
    {
        DestinationQueue queue = entry.Queue;
        if (siteFailure is null)
        {
            if (queue.RecordSuccess())
            {
                CancelTimer(queue);
            }

            ResultCounted?.Invoke(queue, true);
            return;
        }

        bool died = queue.RecordFailure(siteFailure);
        ResultCounted?.Invoke(queue, false);
        if (died)
        {
            queue.Timer = _timers.Start(Limits.DeadDestination, () => Revive(queue));
            SuspendWaiting(queue, siteFailure);
        }
    }

    /// <summary>A busy entry is finished, whatever became of its recipients.</summary>
    public void Finish(Entry entry)
    {
        DestinationQueue queue = entry.Queue;
        Transport transport = queue.Transport;
        queue.Finish(_timers.Now);
        RecipientCount -= entry.Recipients.Count;
        RecipientSlots.Release(entry.Peer.Job, entry.Recipients.Count);
        if (transport.Settings.TransportRateDelay > TimeSpan.Zero)
        {
            transport.IsRateLocked = false;
        }

        if (transport.Settings.DestinationRateDelay > TimeSpan.Zero)
        {
            SuspendForRate(queue);
        }

        JobSelection.Unblock(queue);
        DropIfIdle(queue);
        if (entry.Message.UnreadRecipients > 0)
        {
            ConsiderRefill(entry.Peer.Job, entry.Peer.Job.Peers.Count == 0);
        }

        Release(entry.Message);
    }

    /// <summary>Ends a step that held the message.</summary>
    public void Release(Message message)
    {
        if (--message.Outstanding == 0)
        {
            MessageIdle(message);
        }
    }

    /// <summary>Recipients that never became part of an entry, or whose entry was taken apart, are finished.</summary>
    public void ForgetRecipients(Job job, int count)
    {
        RecipientCount -= count;
        RecipientSlots.Release(job, count);
    }

    public void KillTransport(Transport transport, string reason)
    {
        if (transport.DeadReason is not null)
        {
            return;
        }

        transport.DeadReason = reason;
        transport.DeadTimer = _timers.Start(Limits.TransportRetry, () => ReviveTransport(transport));
        foreach (DestinationQueue queue in transport.Queues.Values.ToArray())
        {
            SuspendWaiting(queue, reason);
            DropIfIdle(queue);
        }
    }

    public void ReviveTransport(Transport transport)
    {
        transport.DeadReason = null;
        if (transport.DeadTimer is not null)
        {
            _timers.Cancel(transport.DeadTimer);
            transport.DeadTimer = null;
        }
    }

    /// <summary>Ends a destination's dead state before its time.</summary>
    public void Revive(DestinationQueue queue)
    {
        if (queue.DeadReason is null)
        {
            return;
        }

        CancelTimer(queue);
        queue.Revive();
        DropIfIdle(queue);
    }

    /// <summary>Forgets every dead transport and destination (trigger F).</summary>
    public void ReviveAll()
    {
        foreach (Transport transport in _rotation)
        {
            ReviveTransport(transport);
            foreach (DestinationQueue queue in transport.Queues.Values.ToArray())
            {
                Revive(queue);
            }
        }
    }

    /// <summary>Drops dead destinations without mail when there are too many of them.</summary>
    public void TrimDeadQueues()
    {
        if (QueueCount <= 2L * Limits.Recipients)
        {
            return;
        }

        foreach (Transport transport in _rotation)
        {
            foreach (DestinationQueue queue in transport.Queues.Values.ToArray())
            {
                if (queue.DeadReason is not null && queue.IsEmpty)
                {
                    CancelTimer(queue);
                    transport.Queues.Remove(queue.Name);
                    QueueCount--;
                }
            }
        }
    }

    // Waiting entries are taken apart, and their recipients given to the owner.
    private void SuspendWaiting(DestinationQueue queue, string reason)
    {
        while (queue.Waiting.First is { Value: Entry entry })
        {
            Peer peer = entry.Peer;
            Job job = peer.Job;
            Message message = entry.Message;
            queue.RemoveWaiting(entry);
            peer.Waiting.Remove(entry.InPeer);
            if (peer.Waiting.Count == 0)
            {
                job.Peers.Remove(peer.InJob);
            }

            job.Selected++;
            ForgetRecipients(job, entry.Recipients.Count);
            if (job.Peers.Count == 0 && message.UnreadRecipients == 0)
            {
                _selection.Retire(job);
            }

            // The entry's hold on the message passes to the owner.
            Suspended(message, entry.Recipients, reason);
        }
    }

    private void SuspendForRate(DestinationQueue queue)
    {
        if (queue.DeadReason is not null)
        {
            CancelTimer(queue);
            queue.Revive();
        }

        queue.Suspend();
        queue.Timer = _timers.Start(queue.Transport.Settings.DestinationRateDelay, () =>
        {
            queue.Timer = null;
            queue.Resume();
            JobSelection.Unblock(queue);
            DropIfIdle(queue);
        });
    }

    private void DropIfIdle(DestinationQueue queue)
    {
        if (queue.IsReady && queue.IsEmpty && queue.Transport.Queues.Remove(queue.Name))
        {
            QueueCount--;
            queue.Transport.Recent.Add(queue.Name, queue.Pace, _timers.Now);
        }
    }

    private void CancelTimer(DestinationQueue queue)
    {
        if (queue.Timer is not null)
        {
            _timers.Cancel(queue.Timer);
            queue.Timer = null;
        }
    }

    private void ConsiderRefill(Job job, bool hasNothingToSelect)
    {
        // When nothing of it is under way the owner decides what comes next, and may be waiting for a service.
        Message message = job.Message;
        if (message.UnreadRecipients == 0 || message.IsRefilling || message.Outstanding == 0)
        {
            return;
        }

        int free = message.RecipientLimit - message.RecipientCount;
        TransportSettings settings = job.Transport.Settings;
        if (free > 0
            && (free >= settings.RefillLimit
                || hasNothingToSelect
                || _timers.Now - message.LastRefill >= settings.RefillDelay.TotalSeconds))
        {
            RefillWanted(message);
        }
    }

    /// <summary>Name of the destination queue for a next hop (and, one recipient at a time, for a recipient).</summary>
    public static string QueueName(Transport transport, string nextHop, ReadOnlySpan<char> localPart)
    {
        string name = Ascii.ToLower(nextHop);
        return transport.Settings.DestinationRecipientLimit == 1 && transport.Name is not ("error" or "retry")
            ? string.Concat(localPart, "@", name)
            : name;
    }
}

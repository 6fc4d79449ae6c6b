namespace Mta.Qmgr.Scheduling;

/// <summary>
/// Chooses the next entry of a transport. Jobs are served in order of arrival; a small job may pre-empt a large
/// one, which collects the slots to pay for it with its own deliveries, so that a message of n requests is delayed
/// by at most about n / cost requests of others.
/// </summary>
internal sealed class JobSelection(Func<long> now, Action<Job, bool> refill)
{
    /// <summary>
    /// Jobs looked at in one search. Behind so many that are blocked the choice is made from the destinations that have
    /// room, so that a hundred thousand messages for a slow destination cost others nothing.
    /// </summary>
    private const int WalkLimit = 64;

    /// <summary>Jobs looked at for one that may pre-empt.</summary>
    private const int CandidateLimit = 1000;

    /// <summary>Takes the next entry off its job, its peer and its destination's waiting list.</summary>
    /// <returns>Null when no destination with room has anything waiting.</returns>
    public Entry? Select(Transport transport)
    {
        if (transport.CurrentJob is null)
        {
            return null;
        }

        TryPreempt(transport, transport.CurrentJob);
        LinkedListNode<Job>? node = transport.CurrentJob?.InJobList;
        int steps = 0;
        while (node is not null)
        {
            Job job = node.Value;
            LinkedListNode<Job>? next = node.Next;
            if (++steps == WalkLimit && SelectByDestination(transport) is { } entry)
            {
                return entry;
            }

            if (!job.IsBlocker)
            {
                refill(job, false);
                Peer? peer = PeerWithRoom(job);
                if (peer is null && job.Message.UnreadRecipients > 0)
                {
                    // Recipients not read yet may be for destinations that have room.
                    refill(job, true);
                    peer = PeerWithRoom(job);
                }

                if (peer is not null)
                {
                    transport.CurrentJob = job;
                    return Take(job, peer);
                }

                if (job.Peers.Count == 0)
                {
                    // Everything read so far is on its way; the job comes back when more was read.
                    Retire(job);
                }
                else
                {
                    MarkBlocked(job);
                }
            }

            node = next;
        }

        transport.CurrentJob = null;
        return null;
    }

    // The oldest job among the first waiting entries of the destinations that have room.
    private Entry? SelectByDestination(Transport transport)
    {
        Entry? best = null;
        int seen = 0;
        foreach (DestinationQueue queue in transport.ReadyQueues)
        {
            Entry first = queue.Waiting.First!.Value; // a queue that is ready has one
            if (best is null || first.Message.EnteredActive < best.Message.EnteredActive)
            {
                best = first;
            }

            if (++seen == WalkLimit)
            {
                break;
            }
        }

        if (best is null || !best.Peer.Job.IsListed)
        {
            return null;
        }

        // Jobs were passed over without a look: the next room anywhere makes the search start at the head.
        transport.HasPassedOver = true;
        transport.CurrentJob = best.Peer.Job;
        refill(best.Peer.Job, false);
        return Take(best.Peer.Job, best.Peer);
    }

    /// <summary>Puts a job in the lists by the time its message was queued; frees it when it was blocked.</summary>
    public void Enlist(Job job)
    {
        Transport transport = job.Transport;
        if (job.IsListed)
        {
            if (job.IsBlocker)
            {
                job.BlockerTag = 0;
                transport.CurrentJob = transport.Jobs.First?.Value;
            }

            return;
        }

        LinkedListNode<Job>? before = transport.Jobs.Last;
        while (before is not null && (before.Value.StackParent is not null || before.Value.Message.EnteredActive > job.Message.EnteredActive))
        {
            before = before.Previous;
        }

        bool isLast = before == transport.Jobs.Last;
        if (before is null)
        {
            transport.Jobs.AddFirst(job.InJobList);
        }
        else
        {
            transport.Jobs.AddAfter(before, job.InJobList);
        }

        if (transport.CurrentJob is null || (!isLast && LiesAfter(transport.CurrentJob, job)))
        {
            transport.CurrentJob = job;
        }

        transport.Candidate = default;
        job.BlockerTag = 0;
        RecipientSlots.Grant(job);
    }

    /// <summary>Takes a job off the lists: it has nothing to select and nothing to read, for now.</summary>
    public void Retire(Job job)
    {
        if (!job.IsListed)
        {
            return;
        }

        Transport transport = job.Transport;
        if (transport.CurrentJob == job)
        {
            transport.CurrentJob = job.InJobList.Next?.Value;
        }

        transport.Jobs.Remove(job.InJobList);
        transport.Candidate = default;
        RecipientSlots.Leave(job);
        LeaveStack(job);
    }

    /// <summary>A destination may take entries again: those that waited for it become eligible.</summary>
    public static void Unblock(DestinationQueue queue)
    {
        Transport transport = queue.Transport;
        if ((transport.HasPassedOver || queue.BlockerTag == transport.BlockerTag) && queue.HasRoom && queue.Waiting.Count > 0)
        {
            transport.HasPassedOver = false;
            queue.BlockerTag = 0;
            transport.BlockerTag++;
            transport.CurrentJob = transport.Jobs.First?.Value;
            transport.Candidate = default;
        }
    }

    private static Peer? PeerWithRoom(Job job)
    {
        for (LinkedListNode<Peer>? node = job.Peers.First; node is not null; node = node.Next)
        {
            if (node.Value.Queue.HasRoom)
            {
                return node.Value;
            }
        }

        return null;
    }

    private static void MarkBlocked(Job job)
    {
        job.BlockerTag = job.Transport.BlockerTag;
        foreach (Peer peer in job.Peers)
        {
            peer.Queue.BlockerTag = job.Transport.BlockerTag;
        }
    }

    private static bool LiesAfter(Job first, Job inserted)
    {
        for (LinkedListNode<Job>? node = inserted.InJobList.Next; node is not null; node = node.Next)
        {
            if (node.Value == first)
            {
                return true;
            }
        }

        return false;
    }

    private Entry Take(Job job, Peer peer)
    {
        Entry entry = peer.Waiting.First!.Value; // a peer stays in the list only while it has entries
        peer.Waiting.RemoveFirst();
        job.Peers.Remove(peer.InJob);
        if (peer.Waiting.Count > 0)
        {
            job.Peers.AddLast(peer.InJob);
        }

        entry.Queue.Start(entry, now());
        job.Selected++;
        job.AvailableSlots++;
        job.UsedSlots++;
        if (job.Peers.Count == 0 && job.Message.UnreadRecipients == 0)
        {
            Retire(job);
        }

        return entry;
    }

    private void TryPreempt(Transport transport, Job current)
    {
        TransportSettings settings = transport.Settings;
        int cost = settings.SlotCost;
        if (cost <= 1 || current.AvailableSlots <= 0 || current.Maximum < (long)settings.MinimumSlots * cost)
        {
            return;
        }

        long time = now();
        PreemptionCandidate candidate = transport.Candidate;
        if (candidate.Current != current || (candidate.Best is not null && candidate.Searched != time))
        {
            candidate = new PreemptionCandidate(current, FindCandidate(current, cost, time), time);
            transport.Candidate = candidate;
        }

        Job? best = candidate.Best;
        if (best is null)
        {
            return;
        }

        long need = best.Maximum - best.Selected;
        long earned = (current.AvailableSlots / cost) + settings.SlotLoan;
        if (earned * 100 < need * (100 - settings.SlotDiscount))
        {
            return;
        }

        transport.Jobs.Remove(best.InJobList);
        transport.Jobs.AddBefore(current.InJobList, best.InJobList);
        best.StackParent = current;
        best.ChargedParent = current;
        (current.StackChildren ??= []).Add(best);
        current.AvailableSlots -= (int)(need * cost);
        best.UsedSlots = -(int)need;
        transport.CurrentJob = best;
        transport.Candidate = default;
        RecipientSlots.GrantExtra(best);
    }

    private static Job? FindCandidate(Job current, int cost, long time)
    {
        int maximumSlots = (current.Read - current.Selected + current.AvailableSlots) / cost;
        Job? best = null;
        double bestScore = 0;
        int seen = 0;
        for (LinkedListNode<Job>? node = current.InJobList.Next; node is not null && seen < CandidateLimit; node = node.Next, seen++)
        {
            Job job = node.Value;
            double age = time - (job.Message.EnteredActive / 1_000_000) + 1;
            if (best is not null && job.StackParent is null && age <= bestScore)
            {
                break;
            }

            if (job.StackChildren is { Count: > 0 } || job.IsBlocker)
            {
                continue;
            }

            int need = job.Maximum - job.Selected;
            if (need <= 0 || need > maximumSlots)
            {
                continue;
            }

            double score = age / job.Maximum;
            if (best is null || score > bestScore)
            {
                best = job;
                bestScore = score;
            }
        }

        return best;
    }

    private static void LeaveStack(Job job)
    {
        // Slots that were paid for and not used go back; extra ones are charged.
        if (job.ChargedParent is { IsListed: true } charged)
        {
            charged.AvailableSlots -= job.UsedSlots * job.Transport.Settings.SlotCost;
        }

        Job? parent = job.StackParent;
        parent?.StackChildren?.Remove(job);
        if (job.StackChildren is not null)
        {
            foreach (Job child in job.StackChildren)
            {
                child.StackParent = parent;
                child.ChargedParent = null;
                if (parent is not null)
                {
                    (parent.StackChildren ??= []).Add(child);
                }
            }

            job.StackChildren.Clear();
        }

        job.StackParent = null;
        job.ChargedParent = null;
    }
}

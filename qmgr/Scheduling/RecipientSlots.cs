namespace Mta.Qmgr.Scheduling;

/// <summary>
/// The accounts that bound recipients in memory. Each transport owns a pool of slots; jobs with unread recipients
/// take from it, and give back what they no longer need. For each transport, the unused slots and the limits of
/// its jobs add up to the pool.
/// </summary>
internal static class RecipientSlots
{
    /// <summary>A job enters the lists: it takes all unused slots, or, read completely, only what it holds.</summary>
    public static void Grant(Job job)
    {
        Transport transport = job.Transport;
        if (job.Message.UnreadRecipients > 0)
        {
            AddToUnread(job);
            if (transport.UnusedRecipientSlots > 0)
            {
                Give(job, transport.UnusedRecipientSlots);
            }
        }
        else
        {
            GiveBack(job);
        }
    }

    /// <summary>A pre-empting job with unread recipients may borrow half of what is left of the extra pool.</summary>
    public static void GrantExtra(Job job)
    {
        if (job.Message.UnreadRecipients > 0)
        {
            int extra = (job.Transport.Settings.ExtraRecipientLimit + job.Transport.UnusedRecipientSlots + 1) / 2;
            if (extra > 0)
            {
                Give(job, extra);
            }
        }
    }

    /// <summary>A job leaves the lists.</summary>
    public static void Leave(Job job)
    {
        if (job.InUnreadList.List is not null)
        {
            job.Transport.UnreadJobs.Remove(job.InUnreadList);
        }

        GiveBack(job);
    }

    /// <summary>All recipients of the message were read: no job of it needs room for more.</summary>
    public static void ReadCompletely(Message message)
    {
        foreach (Job job in message.Jobs)
        {
            if (job.InUnreadList.List is not null)
            {
                job.Transport.UnreadJobs.Remove(job.InUnreadList);
            }

            GiveBack(job);
        }
    }

    /// <summary>Recipients of a job are finished.</summary>
    public static void Release(Job job, int recipients)
    {
        job.RecipientCount -= recipients;
        job.Message.RecipientCount -= recipients;
        if (job.Message.UnreadRecipients == 0 || !job.IsListed)
        {
            GiveBack(job);
        }
    }

    private static void Give(Job job, int slots)
    {
        job.Transport.UnusedRecipientSlots -= slots;
        job.RecipientLimit += slots;
        job.Message.RecipientLimit += slots;
    }

    private static void GiveBack(Job job)
    {
        Give(job, job.RecipientCount - job.RecipientLimit);
        Transport transport = job.Transport;
        if (transport.UnusedRecipientSlots > 0 && transport.UnreadJobs.First is { Value: Job next } && next != job)
        {
            Give(next, transport.UnusedRecipientSlots);
        }
    }

    private static void AddToUnread(Job job)
    {
        LinkedList<Job> list = job.Transport.UnreadJobs;
        if (job.InUnreadList.List is not null)
        {
            return;
        }

        LinkedListNode<Job>? before = list.Last;
        while (before is not null && before.Value.Message.EnteredActive > job.Message.EnteredActive)
        {
            before = before.Previous;
        }

        if (before is null)
        {
            list.AddFirst(job.InUnreadList);
        }
        else
        {
            list.AddAfter(before, job.InUnreadList);
        }
    }
}

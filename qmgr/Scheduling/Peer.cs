namespace Mta.Qmgr.Scheduling;

/// <summary>The entries of one job for one destination queue, first in, first out.</summary>
internal sealed class Peer
{
    public Peer(Job job, DestinationQueue queue)
    {
        Job = job;
        Queue = queue;
        InJob = new LinkedListNode<Peer>(this);
    }

    public Job Job { get; }

    public DestinationQueue Queue { get; }

    /// <summary>Entries not selected yet.</summary>
    public LinkedList<Entry> Waiting { get; } = new();

    /// <summary>Place in the job's round-robin list; in it only while something waits.</summary>
    public LinkedListNode<Peer> InJob { get; }

    /// <summary>The newest entry, which more recipients may still join.</summary>
    public Entry? Open => Waiting.Last?.Value;
}

namespace Mta.Qmgr.Scheduling;

/// <summary>One delivery request: some recipients of one message for one destination. Waits in its peer and its
/// destination queue until it is selected; then it is busy until the agent's answer.</summary>
internal sealed class Entry
{
    public Entry(Peer peer)
    {
        Peer = peer;
        InPeer = new LinkedListNode<Entry>(this);
        InQueue = new LinkedListNode<Entry>(this);
    }

    public Peer Peer { get; }

    public DestinationQueue Queue => Peer.Queue;

    public Message Message => Peer.Job.Message;

    public List<Recipient> Recipients { get; } = new(1);

    public LinkedListNode<Entry> InPeer { get; }

    public LinkedListNode<Entry> InQueue { get; }

    /// <summary>When it was handed to an agent, in seconds; 0 while it waits.</summary>
    public long Started { get; set; }
}

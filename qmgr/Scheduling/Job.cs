namespace Mta.Qmgr.Scheduling;

/// <summary>The work of one message on one transport.</summary>
internal sealed class Job
{
    private Dictionary<DestinationQueue, Peer>? _peers;
    private Peer? _firstPeer;

    public Job(Message message, Transport transport)
    {
        Message = message;
        Transport = transport;
        InJobList = new LinkedListNode<Job>(this);
        InUnreadList = new LinkedListNode<Job>(this);
    }

    public Message Message { get; }

    public Transport Transport { get; }

    /// <summary>Peers with waiting entries, in round-robin order.</summary>
    public LinkedList<Peer> Peers { get; } = new();

    /// <summary>Place in the transport's job list (scheduling order).</summary>
    public LinkedListNode<Job> InJobList { get; }

    /// <summary>Place in the transport's list of jobs whose message has unread recipients (time order).</summary>
    public LinkedListNode<Job> InUnreadList { get; }

    public bool IsListed => InJobList.List is not null;

    /// <summary>Entries created.</summary>
    public int Read { get; set; }

    /// <summary>Entries handed out or taken away.</summary>
    public int Selected { get; set; }

    /// <summary>Entries this job may come to; one for each unread recipient.</summary>
    public int Maximum => Read + Message.UnreadRecipients;

    /// <summary>Deliveries made that no pre-empting job was paid with yet.</summary>
    public int AvailableSlots { get; set; }

    /// <summary>Deliveries made, less those expected when this job pre-empted another.</summary>
    public int UsedSlots { get; set; }

    /// <summary>The job directly below in the stack; null when not stacked.</summary>
    public Job? StackParent { get; set; }

    /// <summary>The job that was charged for this one; null when none, or when it has left the lists.</summary>
    public Job? ChargedParent { get; set; }

    public List<Job>? StackChildren { get; set; }

    /// <summary>Recipients of this job that may be in memory; part of the transport's pool.</summary>
    public int RecipientLimit { get; set; }

    /// <summary>Recipients of this job in memory.</summary>
    public int RecipientCount { get; set; }

    /// <summary>The transport's tag at the moment when no destination of this job could take more.</summary>
    public int BlockerTag { get; set; }

    public bool IsBlocker => BlockerTag == Transport.BlockerTag;

    public Peer FindOrAddPeer(DestinationQueue queue)
    {
        if (_firstPeer is null)
        {
            return _firstPeer = new Peer(this, queue);
        }

        if (_firstPeer.Queue == queue)
        {
            return _firstPeer;
        }

        _peers ??= [];
        if (!_peers.TryGetValue(queue, out Peer? peer))
        {
            peer = new Peer(this, queue);
            _peers.Add(queue, peer);
        }

        return peer;
    }
}

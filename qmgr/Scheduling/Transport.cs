namespace Mta.Qmgr.Scheduling;

/// <summary>One delivery service of master.cf with its destinations and its jobs.</summary>
internal sealed class Transport
{
    public Transport(string name, TransportSettings settings)
    {
        Name = name;
        Settings = settings;
        UnusedRecipientSlots = settings.RecipientLimit;
        InRotation = new LinkedListNode<Transport>(this);
    }

    public string Name { get; }

    public TransportSettings Settings { get; }

    /// <summary>Place in the scheduler's round-robin list.</summary>
    public LinkedListNode<Transport> InRotation { get; }

    public Dictionary<string, DestinationQueue> Queues { get; } = [];

    /// <summary>Destinations that are in <see cref="Queues"/> no more.</summary>
    public RecentDestinations Recent { get; } = new();

    /// <summary>Jobs in the order in which they are to be served.</summary>
    public LinkedList<Job> Jobs { get; } = new();

    /// <summary>Listed jobs whose message has unread recipients, in time order.</summary>
    public LinkedList<Job> UnreadJobs { get; } = new();

    /// <summary>The job from which the next selection starts; null when all jobs are blocked or there are none.</summary>
    public Job? CurrentJob { get; set; }

    /// <summary>Jobs and queues that carry this tag cannot take part now; a new tag frees them all.</summary>
    public int BlockerTag { get; set; } = 1;

    /// <summary>Sum over the destinations of what may be selected now: min(window - busy, waiting).</summary>
    public int Capacity { get; set; }

    /// <summary>Destinations that have a part in <see cref="Capacity"/>, in the order in which they came to it.</summary>
    public LinkedList<DestinationQueue> ReadyQueues { get; } = new();

    /// <summary>The last search chose a job without a look at all before it.</summary>
    public bool HasPassedOver { get; set; }

    /// <summary>Agents asked for that have not announced themselves.</summary>
    public int PendingConnects { get; set; }

    /// <summary>Agents that have announced themselves, or finished a request, and wait for one.</summary>
    public int IdleAgents { get; set; }

    /// <summary>Why the transport is dead (<c>D.S.N text</c>); null when it is not.</summary>
    public string? DeadReason { get; set; }

    /// <summary>What ends the dead state; owned by the scheduler.</summary>
    public object? DeadTimer { get; set; }

    /// <summary>A transport rate delay allows one delivery at a time.</summary>
    public bool IsRateLocked { get; set; }

    /// <summary>Recipient slots no job holds; negative when pre-empting jobs borrowed from the extra pool.</summary>
    public int UnusedRecipientSlots { get; set; }

    /// <summary>The last search for a pre-empting job, which stays good for a second.</summary>
    public PreemptionCandidate Candidate { get; set; }

    /// <summary>An agent of this transport has taken a second request on a connection.</summary>
    public bool ReusesConnections { get; set; }

    /// <summary>Agents of this transport close after one request.</summary>
    public bool OneRequestPerConnection { get; set; }

    /// <summary>
    /// Work may start, and nobody is on the way for it. An agent that is idle does not wait for those that are: a service
    /// may take no further connection before it has lost one.
    /// </summary>
    public bool MayAskForAgent => DeadReason is null && !IsRateLocked
        && (IdleAgents > 0 ? Capacity > 0 : PendingConnects < 2 && Capacity > PendingConnects);
}

/// <summary>Result of a search: who may pre-empt <paramref name="Current"/>, if anyone.</summary>
internal readonly record struct PreemptionCandidate(Job? Current, Job? Best, long Searched);

namespace Mta.Qmgr.Scheduling;

/// <summary>
/// All waiting and running entries of one transport for one destination, with the concurrency window that its
/// results move. Ready: window of 1 or more. Dead: window 0 with a reason. Suspended: window 0 for a rate delay.
/// </summary>
/// <param name="pace">Of the deliveries before, where it had mail a moment ago.</param>
internal sealed class DestinationQueue(Transport transport, string name, DeliveryPace pace = default)
{
    private double _success;
    private double _failure;
    private double _failedCohorts;
    private int _capacity;
    private bool _hasDelivered;
    private LinkedListNode<DestinationQueue>? _inReady;

    public Transport Transport { get; } = transport;

    /// <summary>Lower-cased next hop, or <c>localpart@nexthop</c> for transports that take one recipient at a time.</summary>
    public string Name { get; } = name;

    public int Window { get; private set; } = transport.Settings.InitialWindow;

    /// <summary>Entries not selected yet.</summary>
    public LinkedList<Entry> Waiting { get; } = new();

    /// <summary>Entries with an agent.</summary>
    public int Busy { get; private set; }

    /// <summary>Why the destination is dead (<c>D.S.N text</c>); null when it is not.</summary>
    public string? DeadReason { get; private set; }

    public bool IsSuspended { get; private set; }

    public bool IsReady => Window > 0;

    public bool IsEmpty => Busy == 0 && Waiting.Count == 0;

    /// <summary>An entry may be selected now.</summary>
    public bool HasRoom => Window > Busy;

    /// <summary>When deliveries ended.</summary>
    public DeliveryPace Pace { get; private set; } = pace;

    /// <summary>Connection cache hints for the next request.</summary>
    public bool MayLoadConnection { get; private set; }

    public bool MayStoreConnection { get; private set; }

    public int BlockerTag { get; set; }

    /// <summary>When the "falling behind" warning was last given, in seconds.</summary>
    public long LastClogWarning { get; set; }

    /// <summary>What ends the dead or suspended state in time; owned by the scheduler.</summary>
    public object? Timer { get; set; }

    /// <summary>How much the last result counted; null when it moved nothing. For the log.</summary>
    public double? LastFeedback { get; private set; }

    public (double Success, double Failure, double FailedCohorts) Counters => (_success, _failure, _failedCohorts);

    public void AddWaiting(Entry entry)
    {
        Waiting.AddLast(entry.InQueue);
        UpdateCapacity();
    }

    public void RemoveWaiting(Entry entry)
    {
        Waiting.Remove(entry.InQueue);
        UpdateCapacity();
    }

    public void Start(Entry entry, long now)
    {
        Waiting.Remove(entry.InQueue);
        Busy++;
        entry.Started = now;
        UpdateCacheHints(now);
        UpdateCapacity();
    }

    public void Finish(long now)
    {
        Busy--;
        _hasDelivered = true;
        Pace = Pace.After(now);
        UpdateCapacity();
    }

    /// <summary>The destination answered: the window grows.</summary>
    /// <returns>True when it was dead.</returns>
    public bool RecordSuccess()
    {
        LastFeedback = null;
        _failedCohorts = 0;
        if (DeadReason is not null)
        {
            Revive();
            return true;
        }

        int limit = Transport.Settings.EffectiveConcurrencyLimit;
        if (Window > 0 && (limit == 0 || Window < limit) && Window < Busy + Transport.Settings.InitialDestinationConcurrency)
        {
            double feedback = Transport.Settings.PositiveFeedback.At(Window);
            LastFeedback = feedback;
            _success += feedback;
            while (_success + (feedback / 2) >= 1)
            {
                Window++;
                _success -= 1;
                _failure = 0;
            }

            if (limit > 0 && Window > limit)
            {
                Window = limit;
            }

            UpdateCapacity();
        }

        return false;
    }

    /// <summary>The destination as a whole looked bad: the window shrinks, in the end to nothing.</summary>
    /// <returns>True when this killed the destination.</returns>
    public bool RecordFailure(string reason)
    {
        LastFeedback = null;
        if (!IsReady)
        {
            return false;
        }

        _failedCohorts += 1.0 / Window;
        int cohortLimit = Transport.Settings.FailedCohortLimit;
        if (cohortLimit > 0 && _failedCohorts >= cohortLimit)
        {
            Window = 0;
            DeadReason = reason;
            MayLoadConnection = MayStoreConnection = false;
            Pace = default;
            UpdateCapacity();
            return true;
        }

        double feedback = Transport.Settings.NegativeFeedback.At(Window);
        LastFeedback = feedback;
        _failure -= feedback;
        while (_failure - (feedback / 2) < 0)
        {
            Window--;
            _success = 0;
            _failure += 1;
        }

        Window = Math.Max(1, Window);
        UpdateCapacity();
        return false;
    }

    /// <summary>Ends the dead state.</summary>
    public void Revive()
    {
        DeadReason = null;
        Window = Busy > 0 ? Busy : Transport.Settings.InitialWindow;
        _success = _failure = 0;
        UpdateCapacity();
    }

    /// <summary>Stops selection until <see cref="Resume"/>; for rate delays.</summary>
    public void Suspend()
    {
        IsSuspended = true;
        Window = 0;
        UpdateCapacity();
    }

    public void Resume()
    {
        IsSuspended = false;
        Window = 1;
        UpdateCapacity();
    }

    // The connection cache pays when deliveries follow each other closely. Where no mail waits in between, a few do not count.
    private void UpdateCacheHints(long now)
    {
        bool hot = Pace.IsHot(now) && (_hasDelivered || Pace.Streak >= DeliveryPace.Volume);
        if (!MayStoreConnection)
        {
            if (hot)
            {
                MayLoadConnection = MayStoreConnection = true;
            }
        }
        else if (Busy <= 1 && !hot)
        {
            MayStoreConnection = false;
        }
    }

    // Keeps the transport's sum current, so that choosing a transport does not walk its destinations.
    private void UpdateCapacity()
    {
        int capacity = Math.Clamp(Window - Busy, 0, Waiting.Count);
        if (capacity == _capacity)
        {
            return;
        }

        if (_capacity == 0)
        {
            _inReady ??= new LinkedListNode<DestinationQueue>(this);
            Transport.ReadyQueues.AddLast(_inReady);
        }
        else if (capacity == 0)
        {
            Transport.ReadyQueues.Remove(_inReady!); // made when the capacity rose above 0
        }

        Transport.Capacity += capacity - _capacity;
        _capacity = capacity;
    }
}

using Mta.Mail.Protocols;

namespace Mta.Master;

/// <summary>One process of a service.</summary>
internal sealed class Worker(int processId, uint generation, int share)
{
    public int ProcessId { get; } = processId;

    public uint Generation { get; } = generation;

    /// <summary>Clients it may serve at the same time, if it shares clients; 0 is unlimited.</summary>
    public int Share { get; set; } = share;

    public long StartedAt { get; } = Environment.TickCount64;

    /// <summary>It takes a client now. A new process counts so before it has said anything.</summary>
    public bool IsAvailable { get; set; } = true;

    /// <summary>It understood its share; otherwise it stands for one client.</summary>
    public bool SharesClients { get; set; }

    /// <summary>It accepts no more, by its own word or because its status channel was closed.</summary>
    public bool IsRetiring { get; set; }

    /// <summary>It has said that it served a client.</summary>
    public bool HasServed { get; set; }
}

/// <summary>What the master makes of a status message.</summary>
internal enum StatusOutcome
{
    /// <summary>Its state was recorded.</summary>
    Recorded,

    /// <summary>No such process: it may just have been reaped.</summary>
    Unknown,

    /// <summary>The message is of an earlier process with that number.</summary>
    Stale,
}

/// <summary>
/// Counts the processes of one service and decides when another may start. A process that shares clients has a part
/// of the limit and there are at most <see cref="Workers"/> of them, or has taken all of it; any other process is one
/// client.
/// </summary>
internal sealed class WorkerAccount(int limit, int workers)
{
    private readonly Dictionary<int, Worker> _workers = [];

    /// <summary>Clients at the same time; 0 is unlimited.</summary>
    public int Limit { get; set; } = limit;

    /// <summary>Processes that share clients; at least 1.</summary>
    public int Workers { get; set; } = workers;

    public IReadOnlyCollection<Worker> All => _workers.Values;

    public int Total => _workers.Count;

    /// <summary>A process waits for clients, so the master need not.</summary>
    public bool HasAvailable
    {
        get
        {
            foreach (Worker worker in _workers.Values)
            {
                if (worker.IsAvailable && !worker.IsRetiring)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Nobody takes clients, and the limit lets no other process start.</summary>
    public bool IsFull => !HasAvailable && !HasRoom;

    /// <summary>A client that waits now should get a new process.</summary>
    public bool MaySpawn => !HasAvailable && HasRoom;

    /// <summary>The share of clients for the next process: an equal part, or what is left of the limit.</summary>
    public int NextShare
    {
        get
        {
            if (Limit == 0)
            {
                return 0;
            }

            int part = (Limit + Workers - 1) / Workers;
            return Math.Max(1, Math.Min(part, Limit - Held()));
        }
    }

    private bool HasRoom
    {
        get
        {
            int sharing = 0;
            foreach (Worker worker in _workers.Values)
            {
                sharing += worker.SharesClients && !worker.IsRetiring ? 1 : 0;
            }

            return sharing < Math.Max(1, Workers) && (Limit == 0 || Held() < Limit);
        }
    }

    public void Add(Worker worker) => _workers.Add(worker.ProcessId, worker);

    public Worker? Remove(int processId) => _workers.Remove(processId, out Worker? worker) ? worker : null;

    public StatusOutcome Report(StatusMessage message, out Worker? worker)
    {
        if (!_workers.TryGetValue(message.ProcessId, out worker))
        {
            return StatusOutcome.Unknown;
        }

        if (worker.Generation != message.Generation)
        {
            return StatusOutcome.Stale;
        }

        switch (message.State)
        {
            case WorkerState.Taken:
                worker.IsAvailable = false;
                break;
            case WorkerState.Available:
                // Also when it is no news: that is how a process with a large share says that it served somebody.
                worker.IsAvailable = true;
                worker.HasServed = true;
                break;
            case WorkerState.SharesClients:
                worker.SharesClients = true;
                break;
            case WorkerState.Retiring:
                worker.IsRetiring = true;
                break;
            case WorkerState.TakesLimit:
                worker.Share = Limit;
                break;
        }

        return StatusOutcome.Recorded;
    }

    /// <summary>The status channel is gone: no process of now takes clients any more, nor can say anything.</summary>
    public void RetireAll()
    {
        foreach (Worker worker in _workers.Values)
        {
            worker.IsRetiring = true;
        }
    }

    // Clients that the processes of now may be serving. A sharing process that retires gives its share on at once, so
    // that a reload does not wait for its longest session; only a share of one is kept, since a limit of one means
    // "never two at a time".
    private int Held()
    {
        int held = 0;
        foreach (Worker worker in _workers.Values)
        {
            held += !worker.SharesClients ? 1 : !worker.IsRetiring || worker.Share == 1 ? worker.Share : 0;
        }

        return held;
    }
}

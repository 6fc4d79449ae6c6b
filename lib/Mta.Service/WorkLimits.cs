using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;

namespace Mta.Service;

/// <summary>How much one process does: its share of its service's clients, and after how much it retires.</summary>
internal sealed class WorkLimits
{
    /// <summary>Reads the limits, and tells the context how many clients are served at the same time.</summary>
    public WorkLimits(Daemon daemon, ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        IpcTimeout = configuration.Get(GlobalParameters.IpcTimeout);
        int share = int.MaxValue;
        if (daemon.Model == ServerModel.Single)
        {
            share = TakeShare(daemon, context);
        }
        else
        {
            context.ClientLimit = share;
        }

        int maxUse = configuration.Get(GlobalParameters.MaxUse);
        if (daemon.HasUseLimit && maxUse > 0)
        {
            // A process that stands for many serves as many clients as they would.
            Uses = (long)maxUse * (SharesClients ? Math.Min(share, 100) : 1);
        }

        TimeSpan maxIdle = configuration.Get(GlobalParameters.MaxIdle);
        LongestTurn = (int)Math.Min(daemon.LongestTurn?.Invoke(configuration).TotalSeconds ?? 0, int.MaxValue);
        if (daemon.HasIdleLimit && maxIdle > TimeSpan.Zero)
        {
            Idle = daemon.ShortestIdle?.Invoke(configuration) is TimeSpan shortest && shortest > maxIdle ? shortest : maxIdle;
        }
    }

    /// <summary>The master's agreement: this process may serve many clients.</summary>
    public bool SharesClients { get; private set; }

    /// <summary>This process has taken the whole limit of its service.</summary>
    public bool TakesLimit { get; private set; }

    /// <summary>Clients after which the process retires.</summary>
    public long Uses { get; } = long.MaxValue;

    /// <summary>Time without work after which the process retires; null is no limit.</summary>
    public TimeSpan? Idle { get; }

    /// <summary>Seconds that what has arrived may take; 0 is no limit.</summary>
    public int LongestTurn { get; }

    /// <summary>Longest wait for each read and flush of a connection.</summary>
    public TimeSpan IpcTimeout { get; }

    // How many clients this process stands for; sets how many it serves at the same time.
    private int TakeShare(Daemon daemon, ServiceContext context)
    {
        SharesClients = TryReadLimit(MasterProtocol.ClientsVariable, out int share);
        if (!SharesClients)
        {
            return 1;
        }

        if (daemon.AdmittedPerPlace is not null && TryReadLimit(MasterProtocol.LimitVariable, out int whole))
        {
            TakesLimit = true;
            share = whole;
        }

        int within = ClientsWithinDescriptors(daemon, context.Configuration);
        context.PlaceLimit = Math.Min(share, within);
        context.ClientLimit = (int)Math.Min((long)share * (daemon.AdmittedPerPlace ?? 1), within);
        return context.PlaceLimit;
    }

    // Some descriptors are for tables, logs and what is shared: a client that is taken must get what it needs.
    private static int ClientsWithinDescriptors(Daemon daemon, Configuration configuration)
    {
        const int shared = 256;
        ulong open = Math.Min(Posix.GetLimit(ResourceLimit.OpenFiles).Soft, int.MaxValue);
        return (int)Math.Max(1, ((long)open - shared) / Math.Max(1, daemon.DescriptorsPerClient(configuration)));
    }

    private static bool TryReadLimit(string variable, out int limit)
    {
        bool isGiven = int.TryParse(Environment.GetEnvironmentVariable(variable), out limit) && limit >= 0;
        limit = isGiven && limit == 0 ? int.MaxValue : limit;
        return isGiven;
    }
}

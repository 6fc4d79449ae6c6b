using Mta.Config;
using Mta.Linux;

namespace Mta.Master;

/// <summary>One service and everything the master holds for it.</summary>
internal sealed class Service
{
    private const int SystemsOwn = 65535;

    private Service(MasterEntry entry, Endpoint endpoint, int limit, int workers)
    {
        Entry = entry;
        Endpoint = endpoint;
        Account = new WorkerAccount(limit, workers);
    }

    public MasterEntry Entry { get; private set; }

    public Endpoint Endpoint { get; private set; }

    public WorkerAccount Account { get; }

    /// <summary>Clients (or processes) at the same time; 0 is unlimited.</summary>
    public int Limit => Account.Limit;

    public bool Chroot { get; private set; }

    /// <summary>daemon_directory and the command.</summary>
    public string Path { get; private set; } = "";

    /// <summary>What confines its processes; found at the first start of one.</summary>
    public Confinement Confinement { get; private set; } = new(null, "");

    /// <summary>Connections that may wait to be taken; the system clamps it (<c>net.core.somaxconn</c>).</summary>
    public int Backlog { get; private set; }

    /// <summary>Owned; kept open over reloads.</summary>
    public IReadOnlyList<FileHandle> Listeners { get; set; } = [];

    /// <summary>Our end of the status channel.</summary>
    public FileHandle? StatusReader { get; set; }

    /// <summary>The end that processes get; kept open so that the channel never ends by their leaving.</summary>
    public FileHandle? StatusWriter { get; set; }

    /// <summary>A byte that processes read: '1' while in stress.</summary>
    public FileHandle? StressByte { get; set; }

    /// <summary>The same file, for reading only: what processes get.</summary>
    public FileHandle? StressReader { get; set; }

    public bool IsWatched { get; set; }

    public bool IsThrottled { get; set; }

    public bool InStress { get; set; }

    /// <summary>When the warning about the process limit was last given; null: never.</summary>
    public long? LimitWarningAt { get; set; }

    public LoopTimer? ThrottleTimer { get; set; }

    public LoopTimer? WakeupTimer { get; set; }

    public LoopTimer? StressTimer { get; set; }

    /// <summary>Stress is told to services that strangers can reach and that have room for several clients.</summary>
    public bool AdaptsToStress => Limit > 1 && Endpoint.MayBeRemote;

    /// <exception cref="ConfigurationException">The entry names no usable address.</exception>
    public static Service Create(MasterEntry entry, MasterSettings settings)
    {
        Endpoint endpoint = Endpoint.Find(entry, settings.Configuration, $"{settings.MasterCfPath}: line {entry.Line}");
        var service = new Service(entry, endpoint, 0, 1);
        service.Configure(entry, settings);
        return service;
    }

    /// <summary>Takes over another entry of the same identity (and its addresses stay).</summary>
    public void Configure(MasterEntry entry, MasterSettings settings)
    {
        Entry = entry;
        Account.Limit = entry.ProcessLimit ?? settings.DefaultProcessLimit;
        Account.Workers = Limit == 0 ? settings.WorkerProcessLimit : Math.Min(settings.WorkerProcessLimit, Limit);
        Chroot = (entry.Chroot ?? settings.ChrootByDefault) && settings.MayChroot;
        Path = $"{settings.DaemonDirectory}/{entry.Command}";
        Confinement = new Confinement(entry, settings.Configuration.Directory);
        // A client of the net whose connection finds no room may be forgotten without a word (SYN cookies), and waits for
        // a greeting that never comes: as many as the system allows.
        Backlog = entry.Type == ServiceType.Inet ? SystemsOwn : Math.Max(Limit, settings.DefaultProcessLimit);
    }
}

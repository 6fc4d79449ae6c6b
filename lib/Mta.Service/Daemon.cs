using Mta.Config;
using Mta.Linux;
using Mta.Service.Logging;

namespace Mta.Service;

/// <summary>
/// A daemon under a master: says what it is, what it loads before and after privileges are dropped, and how it
/// serves. The order of start-up is the skeleton's: command line, configuration, logging, checks, lock file, queue
/// directory, <see cref="BeforePrivilegeDrop(Action{ServiceContext})"/>, name services, change of identity and root,
/// <see cref="AfterPrivilegeDrop(Action{ServiceContext})"/>, service.
/// </summary>
/// <example>
/// <code>
/// return await Daemon.Single("smtpd")
///     .NumberedSessions()
///     .BeforePrivilegeDrop(context => Tables.Open(context))
///     .ServeAsync((client, stop) => new SessionLoop(client).RunAsync(stop));
/// </code>
/// </example>
public sealed class Daemon
{
    private Daemon(string name, ServerModel model)
    {
        Name = name;
        Model = model;
    }

    internal string Name { get; }

    internal ServerModel Model { get; }

    internal ProcessLimit Limit { get; private set; }

    internal bool NeedsPrivileges { get; private set; }

    internal bool TakesArguments { get; private set; }

    internal bool HasUseLimit { get; private set; } = true;

    internal bool HasIdleLimit { get; private set; } = true;

    internal Func<Configuration, TimeSpan>? LongestTurn { get; private set; }

    internal bool HasNumberedSessions { get; private set; }

    internal bool ContinuesInPlace { get; private set; }

    internal bool WorksBehindClients { get; private set; }

    internal bool DropsPrivilegesAlways { get; private set; }

    internal bool LogsItself { get; private set; }

    internal int TerminationCode { get; private set; }

    internal Func<Configuration, TimeSpan>? ShortestIdle { get; private set; }

    internal Func<Configuration, int> DescriptorsPerClient { get; private set; } = static _ => 4;

    internal int? AdmittedPerPlace { get; private set; }

    internal List<Func<ServiceContext, Task>> PreJail { get; } = [];

    internal List<Func<ServiceContext, Task>> PostJail { get; } = [];

    internal Action<ServiceContext>? Cleanup { get; private set; }

    internal Func<Task>? HandlerStart { get; private set; }

    internal Action<ReadOnlyMemory<byte>>? TriggerForward { get; private set; }

    internal Func<FileHandle, bool>? TriggerAdoption { get; private set; }

    /// <summary>A session per client; a foreign master gives each process one client at a time.</summary>
    public static Daemon Single(string name) => new(name, ServerModel.Single);

    /// <summary>Persistent clients with one request after another.</summary>
    public static Daemon Multi(string name) => new(name, ServerModel.Multi);

    /// <summary>Many long sessions.</summary>
    public static Daemon Event(string name) => new(name, ServerModel.Event);

    /// <summary>Acts on trigger bytes.</summary>
    public static Daemon Trigger(string name) => new(name, ServerModel.Trigger);

    /// <summary>Acts on datagrams.</summary>
    public static Daemon Dgram(string name) => new(name, ServerModel.Dgram);

    /// <summary>master.cf must say 1, or 0, as process limit.</summary>
    public Daemon RequiresProcessLimit(ProcessLimit limit)
    {
        Limit = limit;
        return this;
    }

    /// <summary>master.cf must leave this daemon its root identity (unprivileged = n).</summary>
    public Daemon RequiresPrivileges()
    {
        NeedsPrivileges = true;
        return this;
    }

    /// <summary>Words behind the options are allowed; see <see cref="ServiceContext.Arguments"/>.</summary>
    public Daemon AcceptsArguments()
    {
        TakesArguments = true;
        return this;
    }

    /// <summary>No client waits for what this daemon does: its threads let others run on (<see cref="ThreadWaking"/>).</summary>
    public Daemon BehindClients()
    {
        WorksBehindClients = true;
        return this;
    }

    /// <summary><c>max_use</c> does not count.</summary>
    public Daemon WithoutUseLimit()
    {
        HasUseLimit = false;
        return this;
    }

    /// <summary><c>max_idle</c> does not count.</summary>
    public Daemon WithoutIdleLimit()
    {
        HasIdleLimit = false;
        return this;
    }

    /// <summary>The idle limit is at least this.</summary>
    public Daemon IdlesAtLeast(Func<Configuration, TimeSpan> shortest)
    {
        ShortestIdle = shortest;
        return this;
    }

    /// <summary>A datagram that takes longer than this to deal with ends the process, by SIGALRM; the master starts another.</summary>
    public Daemon WatchedFor(Func<Configuration, TimeSpan> longest)
    {
        LongestTurn = longest;
        return this;
    }

    /// <summary>
    /// How many descriptors a client costs, its connection included; 4 unless told. A process takes no more clients
    /// than its descriptors are enough for, and leaves the others to the next one.
    /// </summary>
    public Daemon CostsDescriptors(Func<Configuration, int> perClient)
    {
        DescriptorsPerClient = perClient;
        return this;
    }

    /// <summary>
    /// The daemon itself keeps the process limit, as <see cref="ServiceContext.PlaceLimit"/>: not its clients are counted
    /// but something that they need for a part of their time. One process takes the limit whole, and so many times as many clients.
    /// </summary>
    public Daemon KeepsLimitItself(int admittedPerPlace)
    {
        AdmittedPerPlace = admittedPerPlace;
        return this;
    }

    /// <summary>Log lines of a session carry a number of their own (<see cref="LogSession"/>).</summary>
    public Daemon NumberedSessions()
    {
        HasNumberedSessions = true;
        return this;
    }

    /// <summary>
    /// Sessions go on in the thread that saw their data arrive, without a wake-up of another one. For daemons whose
    /// sessions never wait with a thread: neither for a disk, nor for a socket, nor for each other.
    /// </summary>
    public Daemon ContinuesSessionsInPlace()
    {
        ContinuesInPlace = true;
        return this;
    }

    /// <summary>Becomes the mail owner even where master.cf leaves it root (pickup).</summary>
    public Daemon AlwaysUnprivileged()
    {
        DropsPrivilegesAlways = true;
        return this;
    }

    /// <summary>This is the log service: its own lines do not go to its own socket.</summary>
    public Daemon WithOwnLog()
    {
        LogsItself = true;
        return this;
    }

    /// <summary>Runs with the privileges of the start, in the queue directory: opens tables, certificates, libraries.</summary>
    public Daemon BeforePrivilegeDrop(Action<ServiceContext> hook) => BeforePrivilegeDrop(Synchronous(hook));

    /// <inheritdoc cref="BeforePrivilegeDrop(Action{ServiceContext})"/>
    public Daemon BeforePrivilegeDrop(Func<ServiceContext, Task> hook)
    {
        PreJail.Add(hook);
        return this;
    }

    /// <summary>Runs with the final identity and root, before the first client.</summary>
    public Daemon AfterPrivilegeDrop(Action<ServiceContext> hook) => AfterPrivilegeDrop(Synchronous(hook));

    /// <inheritdoc cref="AfterPrivilegeDrop(Action{ServiceContext})"/>
    public Daemon AfterPrivilegeDrop(Func<ServiceContext, Task> hook)
    {
        PostJail.Add(hook);
        return this;
    }

    /// <summary>
    /// Runs once before the process ends by a fatal error or SIGTERM, when sessions have had their time: removes
    /// unfinished files.
    /// </summary>
    /// <param name="terminationCode">Exit code after SIGTERM.</param>
    public Daemon OnExit(Action<ServiceContext> cleanup, int terminationCode = 0)
    {
        Cleanup = cleanup;
        TerminationCode = terminationCode;
        return this;
    }

    /// <summary>
    /// Trigger servers: runs on the handlers' thread before the first trigger. The task it returns may be the daemon's whole
    /// life; when it ends, the process goes on serving triggers.
    /// </summary>
    public Daemon BeforeTriggers(Func<Task> start)
    {
        HandlerStart = start;
        return this;
    }

    /// <summary>Serves clients until this process retires (single, multi and event servers).</summary>
    /// <param name="session">
    /// Serves one client. The token is cancelled when the process cannot wait for it any longer, three seconds after
    /// SIGTERM. The connection is closed when the task ends; an exception closes it and costs one log line.
    /// </param>
    /// <returns>The exit code.</returns>
    public Task<int> ServeAsync(Func<ClientConnection, CancellationToken, Task> session) =>
        new DaemonProcess(this).RunAsync(process => new SessionServer(process, session).RunAsync());

    /// <summary>Serves triggers until this process retires. Handlers run one at a time, on a thread of their own.</summary>
    /// <param name="handler">Is given the bytes of all triggers that came since it ran last.</param>
    public Task<int> ServeTriggersAsync(Func<ServiceContext, ReadOnlyMemory<byte>, CancellationToken, Task> handler) =>
        new DaemonProcess(this).RunAsync(process => new TriggerServer(process, handler).RunAsync());

    /// <summary>
    /// Serves triggers until this process retires, for a daemon with a loop of its own: the handler runs on the thread
    /// that reads triggers, once for all that wait, and only passes the bytes on.
    /// </summary>
    /// <param name="forward">Is given the bytes.</param>
    /// <param name="adopt">
    /// Is offered each connection whose client asks to stay, after its first request, on the same thread; true when it has
    /// taken it over, for more requests to come.
    /// </param>
    public Task<int> ServeTriggersAsync(Action<ReadOnlyMemory<byte>> forward, Func<FileHandle, bool> adopt)
    {
        TriggerForward = forward;
        TriggerAdoption = adopt;
        return ServeTriggersAsync(static (_, _, _) => Task.CompletedTask);
    }

    /// <summary>Serves datagrams until this process retires, on one thread.</summary>
    /// <param name="datagram">Is given each datagram; at most 4096 bytes.</param>
    /// <param name="pause">Runs when no further datagram waits: the place to write what was gathered.</param>
    public Task<int> ServeDatagramsAsync(Action<ServiceContext, ReadOnlyMemory<byte>> datagram, Action<ServiceContext> pause) =>
        new DaemonProcess(this).RunAsync(process => new DatagramServer(process, datagram, pause).RunAsync());

    private static Func<ServiceContext, Task> Synchronous(Action<ServiceContext> hook) => context =>
    {
        hook(context);
        return Task.CompletedTask;
    };
}

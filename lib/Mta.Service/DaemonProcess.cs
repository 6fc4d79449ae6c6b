using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service.Logging;
using Mta.Service.Sandbox;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Service;

/// <summary>
/// One run of a daemon: the start-up order all daemons share, the reaction to SIGTERM, and the place where
/// exceptions that nobody caught end.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class DaemonProcess(Daemon daemon)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan TimeForSessions = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TimeForCancellation = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<(LogSeverity Severity, string Text)> _earlyLines = [];
    private int _terminating;
    private int _cleanedUp;

    public Daemon Daemon => daemon;

    /// <summary>Set by <see cref="StartAsync"/>.</summary>
    public ServiceContext Context { get; private set; } = null!;

    /// <summary>The master's agreement: this process may serve many clients.</summary>
    public bool SharesClients { get; private set; }

    /// <summary>This process has taken the whole limit of its service.</summary>
    public bool TakesLimit { get; private set; }

    public StatusChannel Status { get; private set; } = new(null, 0);

    public int[] Listeners { get; private set; } = [];

    /// <summary>The lock by which idle processes of a service take turns; null when not used.</summary>
    public FileHandle? TurnLock { get; private set; }

    /// <summary>Cancelled when sessions are not waited for any longer.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Tells whether sessions or handlers are at work; the server sets it.</summary>
    public Func<bool> IsBusy { get; set; } = static () => false;

    public TimeSpan? IdleLimit { get; private set; }

    /// <summary>Seconds that what has arrived may take; 0 is no limit.</summary>
    public int LongestTurn { get; private set; }

    public long UseLimit { get; private set; } = long.MaxValue;

    public TimeSpan IpcTimeout { get; private set; }

    public async Task<int> RunAsync(Func<DaemonProcess, Task<int>> serve)
    {
        AppDomain.CurrentDomain.UnhandledException += static (_, e) => MailLog.Panic(Describe(e.ExceptionObject as Exception));
        TaskScheduler.UnobservedTaskException += static (_, e) =>
        {
            e.SetObserved();
            if (!IsOfAbandonedInput(e.Exception))
            {
                MailLog.Panic(Describe(e.Exception.InnerException ?? e.Exception));
            }
        };
        try
        {
            await StartAsync();
            int code = await serve(this);
            RunCleanup();
            return code;
        }
        catch (FatalException failure)
        {
            MailLog.Fatal(failure.Message);
        }
        catch (ConfigurationException failure)
        {
            LogWarningOf(failure);
            MailLog.Fatal(failure.Message);
        }
        catch (LinuxException failure)
        {
            MailLog.Fatal(failure.Message);
        }
        catch (Exception failure)
        {
            MailLog.Panic(Describe(failure));
        }

        return 1;
    }

    /// <summary>One line for an exception that should not have come.</summary>
    public static string Describe(Exception? failure)
    {
        if (failure is null)
        {
            return "unknown exception";
        }

        string where = "";
        if (failure.StackTrace is string trace)
        {
            int end = trace.IndexOf('\n', StringComparison.Ordinal);
            where = " " + (end < 0 ? trace : trace[..end]).Trim();
        }

        return ByteString.FromUnicode($"unexpected {failure.GetType().Name}: {failure.Message}{where}");
    }

    private static void LogWarningOf(ConfigurationException failure)
    {
        if (failure.Warning is { Length: > 0 } warning)
        {
            MailLog.Write(LogSeverity.Warning, warning);
        }
    }

    // A read, write or connect whose connection was given up and closed ends with one of these, and nobody waits for it.
    private static bool IsOfAbandonedInput(AggregateException failure)
    {
        foreach (Exception inner in failure.Flatten().InnerExceptions)
        {
            if (inner is not (SocketException or IOException or OperationCanceledException or ObjectDisposedException or TimeoutException))
            {
                return false;
            }
        }

        return true;
    }

    private async Task StartAsync()
    {
        Posix.IgnoreSignal(Signals.SIGXFSZ);
        SocketStream.ContinuesInPlace = daemon.ContinuesInPlace;
        string name = ProgramArguments.ProgramName;
        string early = Environment.GetEnvironmentVariable("MAIL_LOGTAG") is { Length: > 0 } logTag ? logTag : "postfix";
        if (daemon.LogsItself)
        {
            MailLog.UseObserver(KeepEarlyLine);
        }

        MailLog.Start($"{early}/{name}");
        DaemonOptions options = DaemonOptions.Parse(name, ProgramArguments.Arguments);
        Configuration configuration = LoadConfiguration(options);
        if (!options.Detached && !options.StandardStreams && Posix.IsTerminal(0))
        {
            throw new FatalException("do not run this command by hand");
        }

        ProcessSandbox sandbox = ProcessSandbox.Watch(configuration, options);
        CheckConstraints(options);
        TakeDescriptors(options);
        TableSettings settings = TableSetup.SettingsFor(configuration);
        Context = new ServiceContext(configuration, TableSetup.Registry(configuration, settings), options)
        {
            Flow = new FlowControl(Adopt(MasterProtocol.FlowReader), Adopt(MasterProtocol.FlowWriter)),
            IsPrivileged = Posix.EffectiveUser == 0 && !options.Unprivileged && !daemon.DropsPrivilegesAlways,
            Stress = StressFlag.FromEnvironment(configuration),
        };
        Context.BetweenRequests = daemon.Model == ServerModel.Multi ? Context.Retiring : Context.Terminating;
        MailLog.ExitHook = RunCleanup;

        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        OpenTurnLock(configuration, options);
        SetLimits(configuration, options);
        foreach (Func<ServiceContext, Task> hook in daemon.PreJail)
        {
            await hook(Context);
        }

        foreach ((LogSeverity severity, string text) in _earlyLines)
        {
            MailLog.Write(severity, text);
        }

        if (daemon.HasNumberedSessions)
        {
            LogSession.Prepare();
        }

        if (options.Debug)
        {
            DebuggerStart.Run(configuration);
        }

        OwnImage.Survey(); // /proc is out of reach later.
        Jail.Enter(configuration, options, daemon.DropsPrivilegesAlways);
        foreach (Func<ServiceContext, Task> hook in daemon.PostJail)
        {
            await hook(Context);
        }

        PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
        GC.KeepAlive(registration);
        Registration = registration;
        if (!options.StandardStreams)
        {
            sandbox.Confine();
        }

        if (SharesClients)
        {
            Status.Send(WorkerState.SharesClients);
            if (TakesLimit)
            {
                Status.Send(WorkerState.TakesLimit);
            }
        }
    }

    // Kept so that the handler stays installed for the life of the process.
    private PosixSignalRegistration? Registration { get; set; }

    private Configuration LoadConfiguration(DaemonOptions options)
    {
        string directory = Environment.GetEnvironmentVariable("MAIL_CONFIG") is { Length: > 0 } given
            ? ByteString.FromUnicode(given)
            : Configuration.DefaultDirectory;
        Configuration configuration = Configuration.Load(directory, options.ProcessName, options.ServiceName);
        foreach ((string parameter, string value) in options.Overrides)
        {
            configuration.Override(parameter, value);
        }

        LogSetup.Apply(configuration, options.ProcessName, alsoStderr: options.LogToStderr, isLogService: daemon.LogsItself);
        foreach (string warning in configuration.Warnings)
        {
            Log.Warn(warning);
        }

        if (options.Arguments.Count > 0 && !daemon.TakesArguments)
        {
            throw new FatalException($"unexpected command-line argument: {Printable.Neutralize(options.Arguments[0])}");
        }

        return configuration;
    }

    private void CheckConstraints(DaemonOptions options)
    {
        if (daemon.Limit == ProcessLimit.One && !options.Solitary && !options.StandardStreams)
        {
            throw new FatalException($"service {options.ServiceName} requires a process limit of 1");
        }

        if (daemon.Limit == ProcessLimit.Unlimited && !options.Unlimited && !options.StandardStreams)
        {
            throw new FatalException($"service {options.ServiceName} requires a process limit of 0");
        }

        if (daemon.NeedsPrivileges && options.Unprivileged)
        {
            throw new FatalException($"service {options.ServiceName} requires privileged operation");
        }

        bool isKnown = daemon.Model switch
        {
            ServerModel.Single or ServerModel.Multi or ServerModel.Event => options.Type is "inet" or "unix" or "pass",
            ServerModel.Trigger => options.Type is "unix" or "fifo",
            ServerModel.Dgram => options.Type is "unix-dgram",
        };
        if (options.StandardStreams || isKnown)
        {
            return;
        }

        if (options.Type.Length == 0)
        {
            throw new FatalException("no transport type specified");
        }

        throw new FatalException($"unsupported transport type: {Printable.Neutralize(options.Type)}");
    }

    private void TakeDescriptors(DaemonOptions options)
    {
        if (options.StandardStreams)
        {
            return;
        }

        string generation = Environment.GetEnvironmentVariable(MasterProtocol.GenerationVariable) ?? "";
        uint number = 0;
        try
        {
            number = generation.Length > 0 ? Convert.ToUInt32(generation, 8) : 0;
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            throw new FatalException($"bad generation: {Printable.Neutralize(generation)}", failure);
        }

        Status = new StatusChannel(Adopt(MasterProtocol.Status), number);
        Listeners = new int[options.SocketCount];
        for (int i = 0; i < Listeners.Length; i++)
        {
            int listener = MasterProtocol.FirstListener + i;
            if (!Posix.IsOpen(listener))
            {
                throw new FatalException($"listen socket {listener} is not open: this program is run by the master");
            }

            Posix.SetCloseOnExec(listener);
            Posix.SetNonBlocking(listener);
            Listeners[i] = listener;
        }
    }

    private static FileHandle? Adopt(int descriptor)
    {
        if (!Posix.IsOpen(descriptor))
        {
            return null;
        }

        Posix.SetCloseOnExec(descriptor);
        return new FileHandle(descriptor);
    }

    private void OpenTurnLock(Configuration configuration, DaemonOptions options)
    {
        bool takesTurns = daemon.Model is ServerModel.Single or ServerModel.Trigger or ServerModel.Dgram;
        if (!takesTurns || options.Solitary || options.StandardStreams || Environment.GetEnvironmentVariable(MasterProtocol.ClientsVariable) is not null)
        {
            return;
        }

        string path = $"{configuration.Get(GlobalParameters.ProcessIdDirectory)}/{options.Type}.{options.ServiceName.Replace('/', '_')}";
        int errno = Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, 0x180, out FileHandle file);
        if (errno != 0)
        {
            throw new FatalException($"open lock file {path}: cannot open file: {Errno.Text(errno)}");
        }

        TurnLock = file;
    }

    // Some descriptors are for tables, logs and what is shared: a client that is taken must get what it needs.
    private int ClientsWithinDescriptors(Configuration configuration)
    {
        const int shared = 256;
        ulong open = Math.Min(Posix.GetLimit(ResourceLimit.OpenFiles).Soft, int.MaxValue);
        return (int)Math.Max(1, ((long)open - shared) / Math.Max(1, daemon.DescriptorsPerClient(configuration)));
    }

    private void SetLimits(Configuration configuration, DaemonOptions options)
    {
        IpcTimeout = configuration.Get(GlobalParameters.IpcTimeout);
        int share = int.MaxValue;
        if (daemon.Model == ServerModel.Single)
        {
            share = TakeShare(configuration);
        }
        else
        {
            Context.ClientLimit = share;
        }

        int maxUse = configuration.Get(GlobalParameters.MaxUse);
        if (daemon.HasUseLimit && maxUse > 0)
        {
            // A process that stands for many serves as many clients as they would.
            UseLimit = (long)maxUse * (SharesClients ? Math.Min(share, 100) : 1);
        }

        TimeSpan maxIdle = configuration.Get(GlobalParameters.MaxIdle);
        LongestTurn = (int)Math.Min(daemon.LongestTurn?.Invoke(configuration).TotalSeconds ?? 0, int.MaxValue);
        if (daemon.HasIdleLimit && maxIdle > TimeSpan.Zero)
        {
            IdleLimit = daemon.ShortestIdle?.Invoke(configuration) is TimeSpan shortest && shortest > maxIdle ? shortest : maxIdle;
        }

        if (options.RetireAfter is int seconds && daemon.Model is ServerModel.Single or ServerModel.Event)
        {
            RetirementTimer = new Timer(static context => ((ServiceContext)context!).Retire(), Context, TimeSpan.FromSeconds(options.RetireAfter ?? seconds), Timeout.InfiniteTimeSpan);
        }
    }

    // How many clients this process stands for; sets how many it serves at the same time.
    private int TakeShare(Configuration configuration)
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

        int within = ClientsWithinDescriptors(configuration);
        Context.PlaceLimit = Math.Min(share, within);
        Context.ClientLimit = (int)Math.Min((long)share * (daemon.AdmittedPerPlace ?? 1), within);
        return Context.PlaceLimit;
    }

    private static bool TryReadLimit(string variable, out int limit)
    {
        bool isGiven = int.TryParse(Environment.GetEnvironmentVariable(variable), out limit) && limit >= 0;
        limit = isGiven && limit == 0 ? int.MaxValue : limit;
        return isGiven;
    }

    // Kept so that it is not collected.
    private Timer? RetirementTimer { get; set; }

    private void OnTerminate(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Exchange(ref _terminating, 1) != 0)
        {
            return;
        }

        // The handler's thread is the runtime's; leave it to other signals.
        new Thread(Terminate) { IsBackground = true }.Start();
    }

    private void Terminate()
    {
        Context.Retire();
        Context.TerminationSource.Cancel();
        WaitWhileBusy(TimeForSessions);
        _stop.Cancel();
        WaitWhileBusy(TimeForCancellation);
        RunCleanup();
        Posix.Exit(daemon.TerminationCode);
    }

    private void WaitWhileBusy(TimeSpan limit)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (IsBusy() && Environment.TickCount64 < deadline)
        {
            Thread.Sleep(10);
        }
    }

    private void RunCleanup()
    {
        if (Interlocked.Exchange(ref _cleanedUp, 1) != 0)
        {
            return;
        }

        try
        {
            daemon.Cleanup?.Invoke(Context);
        }
        catch (Exception failure)
        {
            MailLog.Write(LogSeverity.Warning, Describe(failure));
        }
    }

    // The log service has no place for its own lines before it has opened its file.
    private void KeepEarlyLine(LogSeverity severity, string text)
    {
        if (severity is LogSeverity.Fatal or LogSeverity.Panic)
        {
            MailLog.UseSyslog();
            MailLog.WriteAs(MailLog.Tag, severity, text);
            return;
        }

        _earlyLines.Add((severity, text));
    }
}

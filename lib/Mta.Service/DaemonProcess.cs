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

    /// <summary>How much this process may do before it retires; set by <see cref="StartAsync"/>.</summary>
    public WorkLimits Limits { get; private set; } = null!;

    public StatusChannel Status { get; private set; } = new(null, 0);

    public int[] Listeners { get; private set; } = [];

    /// <summary>The lock by which idle processes of a service take turns; null when not used.</summary>
    public FileHandle? TurnLock { get; private set; }

    /// <summary>Cancelled when sessions are not waited for any longer.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Tells whether sessions or handlers are at work; the server sets it.</summary>
    public Func<bool> IsBusy { get; set; } = static () => false;

    public async Task<int> RunAsync(Func<DaemonProcess, Task<int>> serve)
    {
        UnexpectedFailure.Watch();
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
            MailLog.Panic(UnexpectedFailure.Describe(failure));
        }

        return 1;
    }

    private static void LogWarningOf(ConfigurationException failure)
    {
        if (failure.Warning is { Length: > 0 } warning)
        {
            MailLog.Write(LogSeverity.Warning, warning);
        }
    }

    private async Task StartAsync()
    {
        Posix.IgnoreSignal(Signals.SIGXFSZ);
        SocketStream.ContinuesInPlace = daemon.ContinuesInPlace;
        ThreadWaking.IsPatient = daemon.WorksBehindClients;
        ThreadWaking.Follow();
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
        MasterCfDemands.Check(daemon, options);
        if (!options.StandardStreams)
        {
            (Status, Listeners) = InheritedDescriptors.Take(options.SocketCount);
        }

        TableSettings settings = TableSetup.SettingsFor(configuration);
        Context = new ServiceContext(configuration, TableSetup.Registry(configuration, settings), options)
        {
            Flow = new FlowControl(InheritedDescriptors.Adopt(MasterProtocol.FlowReader), InheritedDescriptors.Adopt(MasterProtocol.FlowWriter)),
            IsPrivileged = Posix.EffectiveUser == 0 && !options.Unprivileged && !daemon.DropsPrivilegesAlways,
            Stress = StressFlag.FromEnvironment(configuration),
        };
        Context.BetweenRequests = daemon.Model == ServerModel.Multi ? Context.Retiring : Context.Terminating;
        MailLog.ExitHook = RunCleanup;

        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        OpenTurnLock(configuration, options);
        Limits = new WorkLimits(daemon, Context);
        if (options.RetireAfter is int seconds && daemon.Model is ServerModel.Single or ServerModel.Event)
        {
            RetirementTimer = new Timer(static context => ((ServiceContext)context!).Retire(), Context, TimeSpan.FromSeconds(options.RetireAfter ?? seconds), Timeout.InfiniteTimeSpan);
        }

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

        if (Limits.SharesClients)
        {
            Status.Send(WorkerState.SharesClients);
            if (Limits.TakesLimit)
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
            MailLog.Write(LogSeverity.Warning, UnexpectedFailure.Describe(failure));
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

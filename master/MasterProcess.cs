using System.Runtime.InteropServices;
using Mta.Config;
using Mta.Linux;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Master;

/// <summary>The life of the master: start-up in the order that makes it the only one, the loop, and the end.</summary>
internal sealed class MasterProcess : IDisposable
{
    private readonly MasterOptions _options;
    private readonly MasterSettings _settings;
    private readonly PollLoop _loop = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _terminatedBy;
    private bool _isOver;

    private MasterProcess(MasterOptions options, MasterSettings settings)
    {
        _options = options;
        _settings = settings;
    }

    public static int Run()
    {
        Posix.Umask(0x3F);
        Posix.IgnoreSignal(Signals.SIGPIPE);
        Posix.IgnoreSignal(Signals.SIGXFSZ);
        StandardDescriptors.Secure();
        MailLog.StderrName = "master";
        MailLog.ToStderr = true;
        MailLog.Start($"{Posix.EnvironmentVariable("MAIL_LOGTAG") ?? "postfix"}/master");
        try
        {
            MasterOptions options = MasterOptions.Parse(ProgramArguments.Arguments);
            return Run(options);
        }
        catch (Exception error) when (error is FatalException or ConfigurationException or LinuxException)
        {
            if (error is ConfigurationException { Warning: { Length: > 0 } warning })
            {
                LogLines.Warning(warning);
            }

            MailLog.Fatal(error.Message);
            return 1;
        }
        catch (Exception error)
        {
            MailLog.Panic(ByteString.FromUnicode(error.ToString().ReplaceLineEndings(" ")));
            return 1;
        }
    }

    public void Dispose()
    {
        _signals.ForEach(s => s.Dispose());
        _loop.Dispose();
    }

    private static int Run(MasterOptions options)
    {
        if (Posix.RealUser != Posix.EffectiveUser || Posix.RealGroup != Posix.EffectiveGroup)
        {
            throw new FatalException("the master command must not run as a set-uid process");
        }

        if (options.IsInit && Posix.ProcessId() != 1)
        {
            throw new FatalException("option -i requires that the master runs as process 1");
        }

        if (options.Waits && !Monitor.IsMonitored)
        {
            return Monitor.StartAndWait();
        }

        string directory = options.Directory ?? (Posix.EnvironmentVariable("MAIL_CONFIG") is { Length: > 0 } given ? given : Configuration.DefaultDirectory);
        MasterSettings settings = MasterSettings.Load(directory);
        if (options.TestsLock)
        {
            Posix.Chdir(settings.QueueDirectory);
            return InstanceLock.IsTaken(InstanceLock.PidFile(settings.Configuration)) ? 1 : 0;
        }

        using var master = new MasterProcess(options, settings);
        return master.Serve();
    }

    private int Serve()
    {
        LogSetup.Apply(_settings.Configuration, "master", alsoStderr: false, isLogService: false, mayWriteFile: true);
        foreach (string warning in _settings.Configuration.Warnings)
        {
            LogLines.Warning(warning);
        }

        LiftLimits();
        Posix.Chdir(_settings.QueueDirectory);
        if (!_options.IsInit && !_options.StaysAttached && !_options.KeepsStdout)
        {
            // Fails only for the leader of a process group, which is on its own already.
            Posix.TrySetsid();
        }
        else if (Posix.ProcessGroup() != Posix.ProcessId())
        {
            Posix.TrySetProcessGroup(0, 0);
        }

        FileHandle pidFile = InstanceLock.Take(InstanceLock.PidFile(_settings.Configuration));
        FileHandle dataLock = InstanceLock.Take($"{_settings.DataDirectory}/master.lock", _settings.Owner.Run);
        var supervisor = new Supervisor(_loop, _options, _settings);

        // Whoever started this may have had them ignored (nohup, a background job), which the runtime would respect.
        foreach (int signal in (ReadOnlySpan<int>)[Signals.SIGHUP, Signals.SIGINT, Signals.SIGQUIT])
        {
            Posix.DefaultSignal(signal);
        }

        Watch(PosixSignal.SIGCHLD, supervisor.Reap);
        Watch(PosixSignal.SIGHUP, () => Reload(supervisor));
        Watch(PosixSignal.SIGTERM, () => Terminate(Signals.SIGTERM));
        Watch(PosixSignal.SIGINT, () => Terminate(Signals.SIGINT));
        Watch(PosixSignal.SIGQUIT, () => Terminate(Signals.SIGQUIT));
        if (_options.ExitAfter is { } time)
        {
            _loop.After(time, () => _isOver = true);
        }

        supervisor.StartAll();
        MailLog.ToStderr = false;
        LogLines.Started(_settings.Version, _settings.Configuration.Directory);
        StandardDescriptors.Detach(_options);
        Monitor.ReportReady();
        OwnImage.Survey();
        while (_terminatedBy == 0 && !_isOver)
        {
            _loop.Turn();
            supervisor.Reap();
        }

        int code = _terminatedBy == 0 ? 0 : Shutdown.Run(supervisor, _loop, _terminatedBy, _options.IsInit);
        dataLock.Dispose();
        pidFile.Dispose();
        return code;
    }

    private void Reload(Supervisor supervisor)
    {
        supervisor.Reload();
        try
        {
            LogSetup.Apply(supervisor.Settings.Configuration, "master", alsoStderr: false, isLogService: false, mayWriteFile: true);
        }
        catch (FatalException error)
        {
            LogLines.Warning(error.Message);
        }
    }

    private void Terminate(int signal)
    {
        if (_terminatedBy == 0)
        {
            LogLines.Terminating(signal);
            _terminatedBy = signal;
        }
    }

    private void Watch(PosixSignal signal, Action action) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _loop.Post(action);
    }));

    // Daemons have their own limit on file size where they need one, and serve thousands of clients each.
    private static void LiftLimits()
    {
        (_, ulong hardSize) = Posix.GetLimit(ResourceLimit.FileSize);
        Posix.SetLimit(ResourceLimit.FileSize, Posix.EffectiveUser == 0 ? Posix.Unlimited : hardSize, Posix.EffectiveUser == 0 ? Posix.Unlimited : hardSize);
        (ulong softFiles, ulong hardFiles) = Posix.GetLimit(ResourceLimit.OpenFiles);
        Posix.SetLimit(ResourceLimit.OpenFiles, Math.Max(Math.Min(softFiles, 65536), Math.Min(hardFiles, 65536)), hardFiles);
    }
}

using System.Runtime.InteropServices;
using Mta.Config;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Master;

/// <summary>
/// Keeps the services of master.cf running: listens for them, starts a process when a client waits and nobody takes
/// it, counts processes and clients, wakes services, throttles failing ones, and takes over a changed master.cf.
/// Everything runs on the loop's thread.
/// </summary>
internal sealed class Supervisor(PollLoop loop, MasterOptions options, MasterSettings settings)
{
    // Stress, and the pause between two warnings about the process limit.
    private static readonly TimeSpan StressTime = TimeSpan.FromSeconds(1000);

    // A process that served clients without saying so and lived this long did not fail at its start.
    private const long ProvenMilliseconds = 10_000;

    private readonly Dictionary<(ServiceType, string), Service> _services = [];
    private readonly Dictionary<int, Service> _workers = [];
    private readonly (FileHandle Reader, FileHandle Writer) _flow = Posix.Pipe(nonBlocking: true);
    private MasterSettings _settings = settings;
    private List<string> _environment = settings.CommonEnvironment(namesDirectory: true);
    private uint _generation;

    public MasterSettings Settings => _settings;

    /// <summary>Process numbers of all workers.</summary>
    public IReadOnlyCollection<int> Workers => _workers.Keys;

    /// <summary>Those that write the log: the last to go.</summary>
    public IEnumerable<int> LogWorkers => _workers.Where(w => w.Value.Entry.Type == ServiceType.UnixDatagram).Select(w => w.Key);

    /// <summary>Reads master.cf for the first time.</summary>
    /// <exception cref="ConfigurationException">master.cf is wrong.</exception>
    /// <exception cref="LinuxException">A service cannot listen.</exception>
    public void StartAll()
    {
        Dictionary<(ServiceType, string), Service> services = _settings.ReadServices();
        foreach (Service service in services.Values)
        {
            service.Listeners = Listeners.Open(service.Endpoint, service.Backlog, _settings.Owner);
        }

        foreach (Service service in services.Values)
        {
            Begin(service);
        }
    }

    /// <summary>
    /// Reads main.cf and master.cf anew. Everything that can fail comes first and touches nothing that runs; an error
    /// leaves the running configuration as it was.
    /// </summary>
    public void Reload()
    {
        LogLines.Reloading(_settings.Version, _settings.Configuration.Directory);
        MasterSettings settings;
        Dictionary<(ServiceType, string), Service> wanted;
        var opened = new List<Service>();
        try
        {
            settings = _settings.Reload();
            wanted = settings.ReadServices();
            foreach ((var identity, Service service) in wanted)
            {
                if (!_services.ContainsKey(identity))
                {
                    service.Listeners = OpenAtReload(service, settings);
                    opened.Add(service);
                }
            }
        }
        catch (Exception error) when (error is ConfigurationException or LinuxException or FatalException)
        {
            foreach (FileHandle listener in opened.SelectMany(s => s.Listeners))
            {
                listener.Dispose();
            }

            if (error is ConfigurationException { Warning: { Length: > 0 } warning })
            {
                LogLines.Warning(warning);
            }

            LogLines.ReloadRefused(error.Message);
            return;
        }

        foreach (string warning in settings.Configuration.Warnings)
        {
            LogLines.Warning(warning);
        }

        _settings = settings;
        _environment = settings.CommonEnvironment(namesDirectory: true);
        foreach (Service old in _services.Values.Where(s => !wanted.ContainsKey((s.Endpoint.Type, s.Endpoint.Identity))).ToList())
        {
            End(old);
        }

        foreach ((var identity, Service service) in wanted)
        {
            if (_services.TryGetValue(identity, out Service? running))
            {
                running.Configure(service.Entry, settings);
                PrepareStress(running);
                RenewStatus(running);
                StartWakeup(running);
                Adjust(running);
            }
            else
            {
                Begin(service);
            }
        }
    }

    /// <summary>Takes note of every process that has ended.</summary>
    public void Reap()
    {
        while (Posix.TryWait(-1, wait: false, out ChildStatus status))
        {
            // As process 1 we are also given processes of others.
            if (_workers.Remove(status.ProcessId, out Service? service))
            {
                Ended(service, status);
            }
        }
    }

    /// <summary>No new processes from now on.</summary>
    public void StopListening()
    {
        foreach (Service service in _services.Values)
        {
            Unwatch(service);
            service.WakeupTimer?.Cancel();
            service.ThrottleTimer?.Cancel();
        }

        _services.Clear();
    }

    private static List<FileHandle> OpenAtReload(Service service, MasterSettings settings)
    {
        try
        {
            return Listeners.Open(service.Endpoint, service.Backlog, settings.Owner);
        }
        catch (LinuxException error)
        {
            throw new ConfigurationException($"{settings.MasterCfPath}: line {service.Entry.Line}: {error.Message}", error);
        }
    }

    private void Begin(Service service)
    {
        _services.Add((service.Endpoint.Type, service.Endpoint.Identity), service);
        PrepareStress(service);
        RenewStatus(service);
        StartWakeup(service);
        Adjust(service);
    }

    private static void PrepareStress(Service service)
    {
        if (service.AdaptsToStress && service.StressByte is null)
        {
            service.StressByte = Posix.MemoryFile("stress");
            service.StressReader = Posix.Open($"/proc/self/fd/{service.StressByte.Descriptor}", OpenFlags.ReadOnly);
            Posix.PwriteAll(service.StressByte, "0"u8, 0);
        }
    }

    private void End(Service service)
    {
        _services.Remove((service.Endpoint.Type, service.Endpoint.Identity));
        Unwatch(service);
        service.WakeupTimer?.Cancel();
        service.ThrottleTimer?.Cancel();
        service.StressTimer?.Cancel();
        CloseStatus(service);
        foreach (FileHandle listener in service.Listeners)
        {
            listener.Dispose();
        }

        service.StressByte?.Dispose();
        service.StressReader?.Dispose();
        foreach (Worker worker in service.Account.All)
        {
            Posix.TryKill(worker.ProcessId, Signals.SIGTERM);
        }
    }

    // The old channel ends for the processes that hold it: idle ones exit, busy ones finish and exit.
    private void RenewStatus(Service service)
    {
        CloseStatus(service);
        service.Account.RetireAll();
        (service.StatusReader, service.StatusWriter) = Posix.SocketPair();
        loop.Watch(service.StatusReader.Descriptor, PollEvents.Input, _ => ReadStatus(service));
    }

    private void CloseStatus(Service service)
    {
        if (service.StatusReader is { } reader)
        {
            loop.Unwatch(reader.Descriptor);
            reader.Dispose();
        }

        service.StatusWriter?.Dispose();
        service.StatusReader = service.StatusWriter = null;
    }

    // Watch for clients exactly while nobody else takes them and a process may be started for them.
    private void Adjust(Service service)
    {
        bool wanted = !service.IsThrottled && service.StatusReader is not null && service.Account.MaySpawn;
        if (wanted && !service.IsWatched)
        {
            foreach (FileHandle listener in service.Listeners)
            {
                loop.Watch(listener.Descriptor, PollEvents.Input, _ => ClientWaits(service));
            }

            service.IsWatched = true;
        }
        else if (!wanted)
        {
            Unwatch(service);
        }
    }

    private void Unwatch(Service service)
    {
        if (service.IsWatched)
        {
            foreach (FileHandle listener in service.Listeners)
            {
                loop.Unwatch(listener.Descriptor);
            }

            service.IsWatched = false;
        }
    }

    private void ClientWaits(Service service)
    {
        if (!service.IsWatched)
        {
            return;
        }

        Spawn(service);
        if (service.Limit > 0 && !service.Account.All.Any(w => w.SharesClients) && service.Account.Total >= service.Limit)
        {
            LimitReached(service);
        }

        Adjust(service);
    }

    private void Spawn(Service service)
    {
        _generation++;
        int share = service.Account.NextShare;
        var descriptors = new List<(int, SafeHandle)>
        {
            (MasterProtocol.FlowReader, _flow.Reader),
            (MasterProtocol.FlowWriter, _flow.Writer),
            (MasterProtocol.Status, service.StatusWriter!), // Adjust watches no service without a channel.
        };
        descriptors.AddRange(service.Listeners.Select((listener, i) => (MasterProtocol.FirstListener + i, (SafeHandle)listener)));
        int? stressDescriptor = null;
        if (service is { AdaptsToStress: true, StressReader: { } stressReader })
        {
            stressDescriptor = MasterProtocol.FirstListener + service.Listeners.Count;
            descriptors.Add((stressDescriptor.Value, stressReader));
        }

        List<string> arguments = WorkerCommand.Arguments(service, options, service.Chroot);
        if (options.IsVerbose)
        {
            LogLines.Verbose($"spawn command {service.Path}; {string.Join(' ', arguments)}");
        }

        int errno;
        int process = 0;
        try
        {
            errno = Posix.TrySpawn(
                new SpawnRequest
                {
                    Path = service.Path,
                    Arguments = arguments,
                    Environment = [.. _environment, .. WorkerCommand.OwnVariables(_generation, share, stressDescriptor)],
                    Descriptors = descriptors,
                },
                out process);
        }
        catch (LinuxException error)
        {
            errno = error.Errno;
        }

        switch (errno)
        {
            case 0:
                service.Account.Add(new Worker(process, _generation, share));
                _workers.Add(process, service);
                StartConditionalWakeup(service);
                break;
            case Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE:
                LogLines.NotForked(Errno.Text(errno));
                Throttle(service);
                break;
            default:
                LogLines.NotStarted(service.Path, errno);
                LogLines.Throttled(service.Path);
                Throttle(service);
                break;
        }
    }

    private void ReadStatus(Service service)
    {
        Span<byte> buffer = stackalloc byte[StatusMessage.Size * 64];
        while (service.StatusReader is { } reader)
        {
            int errno = Posix.TryReceive(reader, buffer, wait: false, out int length);
            if (errno != 0 || length == 0)
            {
                break;
            }

            for (int at = 0; at + StatusMessage.Size <= length; at += StatusMessage.Size)
            {
                if (StatusMessage.TryParse(buffer.Slice(at, StatusMessage.Size), out StatusMessage message))
                {
                    Heard(service, message);
                }
                else
                {
                    LogLines.BadStatus(service, length);
                }
            }

            if (length % StatusMessage.Size != 0)
            {
                // Whoever did this has put the stream out of step for everybody on it; a new channel heals that.
                LogLines.BadStatus(service, length);
                RenewStatus(service);
                break;
            }
        }

        Adjust(service);
    }

    private void Heard(Service service, StatusMessage message)
    {
        StatusOutcome outcome = service.Account.Report(message, out Worker? worker);
        if (outcome == StatusOutcome.Stale)
        {
            LogLines.StaleGeneration(message.ProcessId, message.Generation, worker!.Generation); // a stale message has a worker
        }
        else if (outcome == StatusOutcome.Recorded && message.State == WorkerState.Taken && worker!.SharesClients && service.Account.IsFull)
        {
            LimitReached(service);
        }
    }

    private void LimitReached(Service service)
    {
        if (!service.AdaptsToStress)
        {
            return;
        }

        long now = Environment.TickCount64;
        if (service.LimitWarningAt is not { } last || now - last >= StressTime.TotalMilliseconds)
        {
            service.LimitWarningAt = now;
            LogLines.AtProcessLimit(service);
        }

        service.StressTimer?.Cancel();
        service.StressTimer = loop.After(StressTime, () => SetStress(service, false));
        if (!service.InStress)
        {
            SetStress(service, true);

            // A foreign process knows stress only from its arguments: idle ones must make room for new ones.
            if (service.Account.All.Any(w => !w.SharesClients))
            {
                RenewStatus(service);
            }
        }
    }

    private static void SetStress(Service service, bool on)
    {
        service.InStress = on;
        if (service.StressByte is { IsClosed: false } stressByte)
        {
            Posix.PwriteAll(stressByte, on ? "1"u8 : "0"u8, 0);
        }
    }

    private void Ended(Service service, ChildStatus status)
    {
        // What it said last still counts.
        if (service.StatusReader is not null)
        {
            ReadStatus(service);
        }

        Worker? worker = service.Account.Remove(status.ProcessId);
        bool wasRemoved = !_services.ContainsValue(service);
        if (status.Raw != 0 && worker is not null && !wasRemoved)
        {
            LogLines.Ended(service.Path, status);
            bool isProven = worker.HasServed || (worker.SharesClients && Environment.TickCount64 - worker.StartedAt > ProvenMilliseconds);
            if (!isProven && !service.IsThrottled)
            {
                LogLines.Throttled(service.Path);
                Throttle(service);
            }
        }

        if (!wasRemoved)
        {
            Adjust(service);
        }
    }

    private void Throttle(Service service)
    {
        service.IsThrottled = true;
        service.ThrottleTimer?.Cancel();
        service.ThrottleTimer = loop.After(_settings.ThrottleTime, () =>
        {
            service.IsThrottled = false;
            Adjust(service);
        });
    }

    private void StartWakeup(Service service)
    {
        service.WakeupTimer?.Cancel();
        service.WakeupTimer = null;
        if (service.Entry is { Wakeup: > 0, WakeupOnlyIfUsed: false } || (service.Entry.Wakeup > 0 && service.Account.Total > 0))
        {
            Wake(service);
        }
    }

    private void StartConditionalWakeup(Service service)
    {
        if (service.Entry is { Wakeup: > 0, WakeupOnlyIfUsed: true } && service.WakeupTimer is null)
        {
            service.WakeupTimer = loop.After(TimeSpan.FromSeconds(service.Entry.Wakeup.Value), () => Wake(service));
        }
    }

    private void Wake(Service service)
    {
        if (!service.IsThrottled)
        {
            int errno;
            try
            {
                errno = Trigger.Send(service, loop, _settings.Owner);
            }
            catch (LinuxException error)
            {
                errno = error.Errno;
            }

            // A full queue of connections means that the service is being woken anyway.
            if (errno is not (0 or Errno.EAGAIN))
            {
                LogLines.NoWakeup(service, errno);
            }
        }

        service.WakeupTimer = loop.After(TimeSpan.FromSeconds(service.Entry.Wakeup ?? 0), () => Wake(service));
    }
}

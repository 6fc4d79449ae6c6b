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
    // A process that served clients without saying so and lived this long did not fail at its start.
    private const long ProvenMilliseconds = 10_000;

    private readonly Dictionary<(ServiceType, string), Service> _services = [];
    private readonly Dictionary<int, Service> _workers = [];
    private readonly Spawner _spawner = new(options) { Environment = settings.CommonEnvironment() };
    private readonly Stress _stress = new(loop);
    private readonly Wakeups _wakeups = new(loop);
    private MasterSettings _settings = settings;
    private bool _isEnding;

    public MasterSettings Settings => _settings;

    /// <summary>Process numbers of all workers.</summary>
    public IReadOnlyCollection<int> Workers => _workers.Keys;

    /// <summary>Those that write the log: the last to go.</summary>
    public IEnumerable<int> LogWorkers => _workers.Where(w => w.Value.Entry.Type == ServiceType.UnixDatagram).Select(w => w.Key);

    /// <summary>Log lines wait in a socket whose service has a process to read them.</summary>
    public bool HasUnreadLog => _workers.Values.Any(s => s.Entry.Type == ServiceType.UnixDatagram && s.Listeners.Any(l => !l.IsClosed && Posix.BytesWaiting(l) > 0));

    /// <summary>Reads master.cf for the first time.</summary>
    /// <exception cref="ConfigurationException">master.cf is wrong.</exception>
    /// <exception cref="LinuxException">A service cannot listen.</exception>
    public void StartAll()
    {
        Dictionary<(ServiceType, string), Service> services = _settings.ReadServices();
        foreach (Service service in services.Values)
        {
            service.Listeners = Listeners.Open(service.Endpoint, service.Backlog, _settings.Owner, _settings.WindowSize);
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
        _spawner.Environment = settings.CommonEnvironment();
        foreach (Service old in _services.Values.Where(s => !wanted.ContainsKey((s.Endpoint.Type, s.Endpoint.Identity))).ToList())
        {
            End(old);
        }

        foreach ((var identity, Service service) in wanted)
        {
            if (_services.TryGetValue(identity, out Service? running))
            {
                running.Configure(service.Entry, settings);
                Stress.Prepare(running);
                RenewStatus(running);
                _wakeups.Start(running, settings.Owner);
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
        _isEnding = true;
        foreach (Service service in _services.Values)
        {
            Unwatch(service);
            Wakeups.Stop(service);
            service.ThrottleTimer?.Cancel();
        }

        _services.Clear();
    }

    private static List<FileHandle> OpenAtReload(Service service, MasterSettings settings)
    {
        try
        {
            return Listeners.Open(service.Endpoint, service.Backlog, settings.Owner, settings.WindowSize);
        }
        catch (LinuxException error)
        {
            throw new ConfigurationException($"{settings.MasterCfPath}: line {service.Entry.Line}: {error.Message}", error);
        }
    }

    private void Begin(Service service)
    {
        _services.Add((service.Endpoint.Type, service.Endpoint.Identity), service);
        Stress.Prepare(service);
        RenewStatus(service);
        _wakeups.Start(service, _settings.Owner);
        Adjust(service);
    }

    private void End(Service service)
    {
        _services.Remove((service.Endpoint.Type, service.Endpoint.Identity));
        Unwatch(service);
        Wakeups.Stop(service);
        Stress.Release(service);
        service.ThrottleTimer?.Cancel();
        CloseStatus(service);
        foreach (FileHandle listener in service.Listeners)
        {
            listener.Dispose();
        }

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
        bool wanted = !_isEnding && !service.IsThrottled && service.StatusReader is not null && service.Account.MaySpawn;
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
        if (!service.IsWatched || service.StatusWriter is not { } statusWriter)
        {
            return;
        }

        if (_spawner.Start(service, statusWriter, out Worker? worker) == SpawnOutcome.Started)
        {
            service.Account.Add(worker!); // set when started
            _workers.Add(worker!.ProcessId, service);
            _wakeups.Used(service, _settings.Owner);
        }
        else
        {
            Throttle(service);
        }

        if (service.Limit > 0 && !service.Account.All.Any(w => w.SharesClients) && service.Account.Total >= service.Limit)
        {
            LimitReached(service);
        }

        Adjust(service);
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
        // A foreign process knows stress only from its arguments: idle ones must make room for new ones.
        if (_stress.LimitReached(service) && service.Account.All.Any(w => !w.SharesClients))
        {
            RenewStatus(service);
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
}

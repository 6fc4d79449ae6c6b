using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Qmgr.Loop;
using Mta.Service;

namespace Mta.Qmgr;

/// <summary>
/// Builds the queue manager from the configuration and gives it its thread. A loop that does not turn for
/// <c>qmgr_daemon_timeout</c> ends the process, so that the master can start another.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class QueueManagerThread
{
    private readonly EventLoop _loop = new();
    private readonly QueueManager _manager;
    private readonly TimeSpan _stallLimit;
    private long _lastBeat = Environment.TickCount64;

    public QueueManagerThread(ServiceContext context)
    {
        Configuration configuration = context.Configuration;
        QmgrSettings settings = SettingsReader.Read(configuration);
        _stallLimit = configuration.Get(QmgrParameters.QmgrDaemonTimeout);
        LogLines log = new(
            configuration.Get(GlobalParameters.InfoLogAddressFormat) == "external",
            settings.AllowUtf8InLog,
            configuration.Get(GlobalParameters.DelayLoggingResolutionLimit));
        RewriteClient rewrite = RewriteClient.From(configuration, configuration.Get(QmgrParameters.QmgrIpcTimeout));
        _manager = new QueueManager(
            _loop,
            settings,
            new QueueDirectory(QueueSettings.From(configuration)),
            rewrite,
            new BounceClient(BounceServiceNames.From(configuration)),
            AddressExtension.From(configuration),
            log,
            context.Flow,
            TimeProvider.System);
    }

    /// <summary>Starts the thread; the task ends only when the queue manager fails.</summary>
    public Task RunAsync()
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                Beat();
                _manager.Run();
            }
            catch (Exception failure)
            {
                end.SetException(failure);
            }
        })
        {
            Name = "queue manager",
            IsBackground = true,
        };
        thread.Start();
        return Task.WhenAny(end.Task, WatchAsync()).Unwrap();
    }

    /// <summary>Trigger bytes; from any thread.</summary>
    public void Trigger(ReadOnlyMemory<byte> bytes) => _manager.Trigger(bytes);

    /// <inheritdoc cref="TriggerConnections.TryAdopt"/>
    public bool TryAdopt(FileHandle connection) => _manager.TryAdopt(connection);

    private void Beat()
    {
        Volatile.Write(ref _lastBeat, Environment.TickCount64);
        _loop.Schedule(TimeSpan.FromSeconds(5), Beat);
    }

    private async Task WatchAsync()
    {
        while (Environment.TickCount64 - Volatile.Read(ref _lastBeat) < _stallLimit.TotalMilliseconds + 5000)
        {
            await Task.Delay(TimeSpan.FromSeconds(5));
        }

        throw new Text.FatalException("watchdog timeout");
    }
}

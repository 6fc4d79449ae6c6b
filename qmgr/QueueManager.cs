using System.Runtime.ExceptionServices;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Qmgr.Agents;
using Mta.Qmgr.Completion;
using Mta.Qmgr.Feeding;
using Mta.Qmgr.Loop;
using Mta.Qmgr.Scheduling;
using Mta.Service;

namespace Mta.Qmgr;

/// <summary>
/// The parts put together, and the pass that the loop makes after each batch of events: give work to agents, take in
/// mail, keep the flow control. Everything here runs on the loop except <see cref="Trigger"/> and <see cref="TryAdopt"/>.
/// </summary>
internal sealed class QueueManager : IDisposable
{
    /// <summary>Files looked at in one pass: enough to be worth a wake-up, few enough that results do not wait.</summary>
    private const int FilesPerPass = 32;

    /// <summary>Messages whose recipients are being resolved at a time.</summary>
    private const int ResolvingLimit = 50;

    private const int TriggerIncoming = 1;
    private const int TriggerDeferred = 2;
    private const int TriggerForget = 4;
    private const int TriggerIgnoreTimes = 8;

    private readonly EventLoop _loop;
    private readonly QmgrSettings _settings;
    private readonly Scheduler _scheduler;
    private readonly MessageFeeder _feeder;
    private readonly RecipientRouter _router;
    private readonly AgentDispatcher _dispatcher;
    private readonly MessageCompletion _completion;
    private readonly QueueDirectory _directory;
    private readonly LogLines _log;
    private readonly ClogWarning _clog;
    private readonly FlowControl? _flow;
    private readonly QueueScan[] _scans;
    private readonly TimeProvider _clock;
    private readonly TriggerConnections _triggers;
    private int _triggered;
    private int _nextScan;
    private int _resolving;
    private ExceptionDispatchInfo? _failure;

    public QueueManager(EventLoop loop, QmgrSettings settings, QueueDirectory directory, RewriteClient rewrite, BounceClient bounce, AddressExtension extension, LogLines log, FlowControl flow, TimeProvider clock)
    {
        _loop = loop;
        _settings = settings;
        _directory = directory;
        _log = log;
        _clock = clock;
        _scheduler = new Scheduler(settings.Transport, settings.Limits, loop);
        _feeder = new MessageFeeder(directory, settings, _scheduler, log, clock) { RecipientsRead = OnRecipientsRead };
        _router = new RecipientRouter(settings, _scheduler, rewrite, extension)
        {
            DeferDirectly = new DirectDeferral(bounce, _scheduler, log, clock) { Track = Track }.Defer,
            DiscardPostmasterNotice = DiscardPostmasterNotice,
        };
        _dispatcher = new AgentDispatcher(loop, settings, _scheduler) { Track = Track };
        _completion = new MessageCompletion(directory, settings, _scheduler, _feeder, bounce, log, clock) { Track = Track, Left = OnLeft };
        _triggers = new TriggerConnections(loop, Trigger, Track);
        _clog = new ClogWarning(settings, _scheduler);
        _scheduler.MessageIdle = _completion.Complete;
        _scheduler.RefillWanted = OnRefillWanted;
        _scheduler.Suspended = OnSuspended;
        _scheduler.ResultCounted = settings.ConcurrencyFeedbackDebug ? LogLines.Feedback : null;
        _scheduler.EntryAdded = (queue, _) => _clog.Consider(queue);
        _scans = [new QueueScan(directory, QueueName.Incoming), new QueueScan(directory, QueueName.Deferred)];
        _flow = settings.InFlowDelay > TimeSpan.Zero ? flow : null;
    }

    private QueueScan Incoming => _scans[0];

    private QueueScan Deferred => _scans[1];

    /// <summary>Runs on the calling thread until the loop is stopped.</summary>
    public void Run()
    {
        _feeder.MoveActiveToIncoming();
        Incoming.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        ScanDeferred();
        EverySecond();
        _loop.Run(Pass);
        _failure?.Throw();
    }

    /// <summary>Trigger bytes, as a set; from any thread.</summary>
    public void Trigger(ReadOnlyMemory<byte> request)
    {
        ReadOnlySpan<byte> bytes = request.Span;
        int flags = (bytes.IndexOfAny((byte)'I', (byte)'W') >= 0 ? TriggerIncoming : 0)
            | (bytes.Contains((byte)'D') ? TriggerDeferred : 0)
            | (bytes.Contains((byte)'F') ? TriggerForget : 0)
            | (bytes.Contains((byte)'A') ? TriggerIgnoreTimes : 0);
        if (flags != 0 && Interlocked.Or(ref _triggered, flags) == 0)
        {
            _loop.Post(static manager => ((QueueManager)manager!).ActOnTriggers(), this);
        }
    }

    /// <inheritdoc cref="TriggerConnections.TryAdopt"/>
    public bool TryAdopt(FileHandle connection) => _triggers.TryAdopt(connection);

    private void ActOnTriggers()
    {
        int flags = Interlocked.Exchange(ref _triggered, 0);
        bool forget = (flags & TriggerForget) != 0;
        bool ignoreTimes = (flags & TriggerIgnoreTimes) != 0;
        if (forget)
        {
            _scheduler.ReviveAll();
        }

        Incoming.Request((flags & TriggerIncoming) != 0, ignoreTimes, forget);
        Deferred.Request((flags & TriggerDeferred) != 0, ignoreTimes, forget);
    }

    public void Dispose()
    {
        Incoming.Dispose();
        Deferred.Dispose();
    }

    private bool Pass()
    {
        if (_failure is not null)
        {
            _loop.Stop();
            return true;
        }

        _dispatcher.Drain();
        bool found = false;
        int imported = 0;
        int files = 0;
        while (files < FilesPerPass && _scheduler.MessageCount < _settings.Limits.ActiveMessages && _resolving < ResolvingLimit)
        {
            if (!TryImport(ref files, ref imported))
            {
                break;
            }

            found = true;
        }

        if (_scheduler.MessageCount >= _settings.Limits.ActiveMessages)
        {
            _nextScan = 0;
        }

        if (found)
        {
            _dispatcher.Drain();
        }

        BalanceFlow(imported);
        return found;
    }

    // One message from either queue, in turns; a scan without one lets the other try. False when neither has a name.
    private bool TryImport(ref int files, ref int imported)
    {
        bool found = false;
        int asked = _nextScan;
        for (int i = 0; i < _scans.Length; i++)
        {
            asked = (_nextScan + i) % _scans.Length;
            QueueScan scan = _scans[asked];
            if (!scan.TryNext(out QueueId id))
            {
                continue;
            }

            found = true;
            files++;
            if (_feeder.Feed(id, scan) == FeedResult.Accepted)
            {
                imported += asked == 0 ? 1 : 0;
                break;
            }
        }

        _nextScan = (asked + 1) % _scans.Length;
        return found;
    }

    // Cleanup takes a token for each message and pauses when there is none, so that mail does not come in faster than
    // it is taken from incoming.
    private void BalanceFlow(int imported)
    {
        if (_flow is null)
        {
            return;
        }

        int missing = _settings.DefaultProcessLimit - _flow.Available;
        if (missing > 0)
        {
            int give = imported > 0 ? Math.Min(imported, missing) : Incoming.IsRunning ? 0 : missing;
            if (give > 0)
            {
                _flow.Give(give);
            }
        }
        else if (missing < 0)
        {
            _flow.Take(-missing);
        }
    }

    private void ScanDeferred()
    {
        Deferred.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        _loop.Schedule(_settings.QueueRunDelay, ScanDeferred);
    }

    private void EverySecond()
    {
        _dispatcher.CloseIdle();
        _scheduler.TrimDeadQueues();
        _loop.Schedule(TimeSpan.FromSeconds(1), EverySecond);
    }

    // The message is held once for this step.
    private void OnRecipientsRead(Message message, List<Recipient> recipients)
    {
        if (message.IsFirstBatch && (message.TraceFlags & DeliveryFlags.MtaVerify) != 0)
        {
            _router.PendingProbes++;
        }

        message.IsFirstBatch = false;
        ValueTask resolve = _router.ResolveAsync(message, recipients, CancellationToken.None);
        if (resolve.IsCompletedSuccessfully)
        {
            resolve.GetAwaiter().GetResult();
            Assign(message, recipients);
            return;
        }

        _resolving++;
        Track(AssignLaterAsync(resolve, message, recipients));
    }

    private async Task AssignLaterAsync(ValueTask resolve, Message message, List<Recipient> recipients)
    {
        await resolve;
        _resolving--;
        Assign(message, recipients);
    }

    private void Assign(Message message, List<Recipient> recipients)
    {
        _router.Bind(message, recipients);
        _scheduler.Assign(message, recipients);
        message.IsRefilling = false;
        _scheduler.Release(message);
    }

    private void OnRefillWanted(Message message)
    {
        if (!_feeder.ReadMore(message))
        {
            message.UnreadRecipients = 0;
            message.Reader = null;
            message.IsDamaged = true;
            _scheduler.ReadCompletely(message);
        }
    }

    private void OnSuspended(Message message, List<Recipient> recipients, string reason)
    {
        _router.BindToRetry(message, recipients, reason);
        _scheduler.Assign(message, recipients);
        _scheduler.Release(message);
    }

    private void OnLeft(Message message)
    {
        if ((message.TraceFlags & DeliveryFlags.MtaVerify) != 0)
        {
            _router.PendingProbes--;
        }
    }

    private void DiscardPostmasterNotice(Message message, Recipient recipient)
    {
        if (QueueId.TryParse(message.QueueId, out QueueId id)
            && QueueFileReader.TryOpen(_directory, QueueName.Active, id, out QueueFileReader? file) == 0 && file is not null)
        {
            using (file)
            {
                file.MarkDone(recipient.Wire.Offset);
            }
        }

        _log.Recipient(message, recipient, "2.0.0", "sent", "undeliverable postmaster notification discarded", MessageTimes.Now(_clock));
    }

    // A failure anywhere ends the process: master starts a new one, which takes the active queue up again.
    private void Track(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        task.ContinueWith(
            static (failed, state) =>
            {
                QueueManager manager = (QueueManager)state!; // given below
                manager._failure ??= ExceptionDispatchInfo.Capture(failed.Exception!.InnerException!); // a faulted task has one
                manager._loop.Post(static () => { });
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}

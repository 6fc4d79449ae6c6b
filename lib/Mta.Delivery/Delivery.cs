using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using NLog;

namespace Mta.Delivery;

/// <summary>
/// One request under way: the message, and the agent's duties for each recipient's outcome. An outcome is logged and
/// told to the services that want to know; only when they took it may the recipient be marked done
/// (<see cref="Finish"/>). Belongs to one handler; its methods are not called concurrently for one recipient.
/// </summary>
public sealed class Delivery
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly DeliveryAgent _agent;

    internal Delivery(DeliveryAgent agent, DeliveryRequest request, QueueFileReader file)
    {
        _agent = agent;
        Request = request;
        File = file;
        Times = request.Times;
    }

    public DeliveryRequest Request { get; }

    /// <summary>The queue file, open read-write under a shared lock. Owned by the request loop.</summary>
    public QueueFileReader File { get; }

    /// <summary>The moments known so far; agents that connect set <see cref="MessageTimes.Connected"/>.</summary>
    public MessageTimes Times { get; set; }

    /// <summary>Why the destination as a whole cannot be reached; of interest when a recipient was deferred.</summary>
    public Dsn Hop { get; set; } = Dsn.Empty;

    /// <summary>True while every recipient so far is finished for good.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>True for either kind of probe: say what would be done, deliver nothing.</summary>
    public bool IsProbe => (Request.Flags & DeliveryFlags.AnyVerify) != 0;

    public string QueueId => Request.QueueId;

    /// <summary>
    /// Marks a recipient done when its outcome is final, else makes the request report that it must be tried again.
    /// </summary>
    /// <param name="recipient">With offset -1, another agent marks it.</param>
    /// <param name="isFinal">What <see cref="SentAsync"/> and its sisters said.</param>
    /// <param name="always">Mark even when the request does not ask for it (the <c>error</c> agent).</param>
    public void Finish(DeliveryRecipient recipient, bool isFinal, bool always = false)
    {
        if (!isFinal)
        {
            IsComplete = false;
            return;
        }

        if (recipient.Offset < 0 || (!always && !Request.Flags.HasFlag(DeliveryFlags.MarkDone)))
        {
            return;
        }

        if (!File.MarkDone(recipient.Offset))
        {
            // No recipient there: the message must not be delivered for ever, nor be damaged by a wrong offset.
            Log.Warn($"{QueueId}: no recipient record at offset {recipient.Offset}");
            IsComplete = false;
        }
    }

    /// <summary>The queue file is damaged: qmgr will move it away. No outcome is reported for any recipient.</summary>
    public void MarkCorrupt()
    {
        Log.Warn($"corrupted queue file: {_agent.Queue.PathOf(Request.QueueName, _agent.IdOf(Request))}");
        try
        {
            File.MarkCorrupt();
        }
        catch (LinuxException error)
        {
            Log.Warn($"{QueueId}: {error.Message}");
        }

        IsComplete = false;
    }

    /// <summary>The recipient has the message, or would have it (probe).</summary>
    /// <param name="recipient">As it stands now; nested local recipients included.</param>
    /// <param name="relay">Where to, as logged: service name, host, or <c>none</c>.</param>
    /// <param name="dsn">Status of class 2; an empty action means <c>delivered</c>.</param>
    /// <param name="stop">Ends the wait for services.</param>
    /// <returns>False when the outcome could not be recorded: the recipient was deferred instead.</returns>
    public async ValueTask<bool> SentAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        dsn = _agent.Judge(dsn, '2', "sent");
        dsn = await _agent.FilterAsync(dsn, stop) ?? dsn;
        if (IsProbe)
        {
            return await _agent.ReportProbeAsync(this, recipient, relay, dsn, VerifyStatus.Ok, stop);
        }

        if (dsn.Action.Length == 0)
        {
            dsn = dsn with { Action = "delivered" };
        }

        DeliveryFlags flags = Request.Flags;
        bool wantsRecord = flags.HasFlag(DeliveryFlags.Record)
            || (flags.HasFlag(DeliveryFlags.DelayCleared) && (recipient.Notify == DsnNotify.None || recipient.Notify.HasFlag(DsnNotify.Delay)));
        if ((!wantsRecord || await _agent.TraceAsync(this, recipient, relay, dsn, stop))
            && (!recipient.Notify.HasFlag(DsnNotify.Success) || await _agent.TraceAsync(this, recipient, relay, dsn, stop)))
        {
            _agent.LogOutcome(this, recipient, relay, dsn, "sent");
            return true;
        }

        return await DeferredAsync(recipient, relay, new Dsn("4.3.0", "", $"{QueueId}: {_agent.Settings.BounceServices.Trace} service failed"), stop);
    }

    /// <summary>The recipient will never have the message.</summary>
    /// <param name="dsn">Status of class 5.</param>
    /// <inheritdoc cref="SentAsync"/>
    public async ValueTask<bool> BouncedAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        dsn = _agent.Judge(dsn, '5', "bounce_append");
        if (await _agent.FilterAsync(dsn, stop) is { } filtered)
        {
            dsn = filtered;
            if (dsn.Status[0] == '4')
            {
                return await RecordDeferredAsync(recipient, relay, dsn, stop);
            }
        }

        return await RecordBouncedAsync(recipient, relay, dsn, stop);
    }

    /// <summary>The recipient does not have the message now.</summary>
    /// <param name="dsn">Status of class 4.</param>
    /// <inheritdoc cref="SentAsync"/>
    /// <returns>False; true only when a probe's result was recorded, or a status filter made it final.</returns>
    public async ValueTask<bool> DeferredAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        dsn = _agent.Judge(dsn, '4', "defer_append");
        if (await _agent.FilterAsync(dsn, stop) is { } filtered)
        {
            dsn = filtered;
            if (dsn.Status[0] == '5')
            {
                return await RecordBouncedAsync(recipient, relay, dsn, stop);
            }
        }

        return await RecordDeferredAsync(recipient, relay, dsn, stop);
    }

    /// <summary>Bounces or defers by the first digit of the status.</summary>
    /// <inheritdoc cref="SentAsync"/>
    public ValueTask<bool> FailedAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop) =>
        dsn.Status.StartsWith('4') ? DeferredAsync(recipient, relay, dsn, stop) : BouncedAsync(recipient, relay, dsn, stop);

    /// <summary>
    /// A failure under a list owner: a notice about this recipient alone goes to that owner at once
    /// (<c>bounce</c> request "one").
    /// </summary>
    /// <param name="sender">Who gets the notice.</param>
    /// <inheritdoc cref="BouncedAsync"/>
    public async ValueTask<bool> BouncedToAsync(string sender, DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        dsn = _agent.Judge(dsn, '5', "bounce_one");
        if (IsProbe || _agent.Settings.SoftBounce || Request.Flags.HasFlag(DeliveryFlags.Record))
        {
            return await BouncedAsync(recipient, relay, dsn, stop);
        }

        dsn = dsn with { Action = "failed" };
        BounceRequest request = new()
        {
            Kind = BounceRequestKind.One,
            Flags = Request.Flags & DeliveryFlags.TraceMask,
            QueueName = Request.QueueName,
            QueueId = Request.QueueId,
            Encoding = Request.Encoding,
            SmtpUtf8 = Request.SmtpUtf8,
            Sender = sender,
            EnvelopeId = Request.EnvelopeId,
            Ret = Request.Ret,
            Recipient = recipient,
            Dsn = dsn,
        };
        if (await _agent.Bounces.SendAsync(BounceService.Bounce, request, stop) == 0)
        {
            _agent.LogOutcome(this, recipient, relay, dsn, "bounced");
            return true;
        }

        return await RecordDeferredAsync(recipient, relay, Unrecorded, stop);
    }

    /// <summary>Adds a record to the message's trace log, for a sender who asked for one.</summary>
    /// <returns>False when the service failed.</returns>
    public ValueTask<bool> TraceAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop) =>
        _agent.TraceAsync(this, recipient, relay, dsn, stop);

    private Dsn Unrecorded => new("4.3.0", "", $"{_agent.Settings.BounceServices.Bounce} or {_agent.Settings.BounceServices.Trace} service failure");

    private async ValueTask<bool> RecordBouncedAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        if (IsProbe)
        {
            return await _agent.ReportProbeAsync(this, recipient, relay, dsn, VerifyStatus.Bounce, stop);
        }

        bool soft = _agent.Settings.SoftBounce;
        Dsn recorded = soft
            ? dsn with { Status = string.Concat("4", dsn.Status.AsSpan(1)), Action = "delayed" }
            : dsn with { Action = "failed" };
        BounceService service = soft ? BounceService.Defer : BounceService.Bounce;
        if (await _agent.Bounces.AppendAsync(service, Request.Flags & DeliveryFlags.TraceMask, QueueId, recipient, recorded, stop) == 0
            && (!Request.Flags.HasFlag(DeliveryFlags.Record) || await _agent.TraceAsync(this, recipient, relay, recorded, stop)))
        {
            _agent.LogOutcome(this, recipient, relay, recorded, soft ? "SOFTBOUNCE" : "bounced");
            return !soft;
        }

        return await RecordDeferredAsync(recipient, relay, Unrecorded, stop);
    }

    private async ValueTask<bool> RecordDeferredAsync(DeliveryRecipient recipient, string relay, Dsn dsn, CancellationToken stop)
    {
        if (IsProbe)
        {
            return await _agent.ReportProbeAsync(this, recipient, relay, dsn, VerifyStatus.Defer, stop);
        }

        dsn = dsn with { Action = "delayed" };
        if (await _agent.Bounces.AppendAsync(BounceService.Defer, Request.Flags & DeliveryFlags.TraceMask, QueueId, recipient, dsn, stop) != 0)
        {
            Log.Warn($"{QueueId}: {_agent.Settings.BounceServices.Defer} service failure");
        }

        _agent.LogOutcome(this, recipient, relay, dsn, "deferred");
        if (Request.Flags.HasFlag(DeliveryFlags.Record))
        {
            await _agent.TraceAsync(this, recipient, relay, dsn, stop);
        }

        if (_agent.DeferredHook is { } hook)
        {
            await hook(recipient.Address, QueueId, stop);
        }

        return false;
    }
}

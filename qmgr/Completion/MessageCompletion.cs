using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Qmgr.Feeding;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Completion;

/// <summary>
/// What happens when all recipients in memory were tried: notices are asked for, further recipients are read, and in
/// the end the message is deferred or removed. The calls to other services do not hold up the loop: the notices come
/// back through cleanup as new mail.
/// </summary>
internal sealed class MessageCompletion(
    QueueDirectory directory, QmgrSettings settings, Scheduler scheduler, MessageFeeder feeder, BounceClient bounce, LogLines log, TimeProvider clock)
{
    private const DeliveryFlags Reported = DeliveryFlags.UserVerify | DeliveryFlags.Record | DeliveryFlags.DelayCleared;

    private readonly SpareFiles _spares = new();

    /// <summary>Starts a task on the loop; its failure ends the process.</summary>
    public Action<Task> Track { get; set; } = static _ => { };

    /// <summary>The message left the active queue.</summary>
    public Action<Message> Left { get; set; } = static _ => { };

    public void Complete(Message message)
    {
        QueueId id = IdOf(message);
        if (!message.IsDeferred && !message.IsDamaged && message.UnreadRecipients == 0
            && (message.TraceFlags & Reported) == 0 && !message.WantsSuccessReport
            && directory.TryStatus(QueueName.Bounce, id, out _) == Errno.ENOENT)
        {
            Remove(message, id);
            return;
        }

        Track(CompleteAsync(message, id));
    }

    private static QueueId IdOf(Message message) => QueueId.TryParse(message.QueueId, out QueueId id)
        ? id
        : throw new InvalidOperationException("a message in memory has a valid queue ID");

    // The order of the steps is the contract: bounces before the file may vanish, reading on before anything final.
    private async Task CompleteAsync(Message message, QueueId id)
    {
        await FlushBouncesAsync(message, id);
        if (message.IsDamaged || (message.IsDeferred && !IsReady(id)))
        {
            feeder.SaveCorrupt(id);
            Leave(message);
            return;
        }

        if (message.UnreadRecipients > 0)
        {
            if (!feeder.ReadMore(message))
            {
                feeder.SaveCorrupt(id);
                Leave(message);
            }

            return;
        }

        await FlushTraceAsync(message, id);
        if (message.IsDeferred)
        {
            await ReportDelayAsync(message, id);
        }

        if (message.IsDeferred)
        {
            Defer(message, id);
        }
        else
        {
            Remove(message, id);
        }
    }

    private async ValueTask FlushBouncesAsync(Message message, QueueId id)
    {
        if (directory.TryStatus(QueueName.Bounce, id, out FileStatus status) != 0)
        {
            return;
        }

        if (status.Size == 0)
        {
            directory.TryRemove(QueueName.Bounce, id);
            return;
        }

        if (await FlushAsync(BounceService.Bounce, message, DeliveryFlags.None) != 0)
        {
            message.IsDeferred = true;
        }
    }

    private async ValueTask FlushTraceAsync(Message message, QueueId id)
    {
        if ((message.TraceFlags & Reported) == 0 && !message.WantsSuccessReport)
        {
            return;
        }

        BounceRequest request = Request(message, BounceRequestKind.TraceFlush, message.TraceFlags);
        if (await bounce.SendAsync(BounceService.Trace, request, CancellationToken.None) != 0)
        {
            message.IsDeferred = true;
            return;
        }

        if (message.TraceOffset > 0)
        {
            Edit(id, file => file.Kill(message.TraceOffset));
            message.TraceOffset = 0;
            message.TraceFlags &= ~DeliveryFlags.Record;
        }
    }

    private async ValueTask ReportDelayAsync(Message message, QueueId id)
    {
        long now = scheduler.Now;
        long lifetime = message.Sender.Length == 0 ? settings.BounceLifetime : settings.MaximalLifetime;
        if (message.IsForceExpired || now >= message.Created + lifetime)
        {
            log.Expired(message);
            message.IsDeferred = await FlushAsync(BounceService.Defer, message, DeliveryFlags.Bounce) != 0;
        }
        else if (message.WarnTime > 0 && now >= message.WarnTime - 1)
        {
            BounceRequest request = Request(message, BounceRequestKind.Warn, DeliveryFlags.None);
            if (await bounce.SendAsync(BounceService.Defer, request, CancellationToken.None) == 0)
            {
                Edit(id, file => file.RewriteWarnTime(message.WarnOffset, -1));
                message.WarnTime = -1;
            }
        }
    }

    private ValueTask<int> FlushAsync(BounceService service, Message message, DeliveryFlags flags)
    {
        bool asVerp = message.VerpDelimiters.Length > 0 && !settings.DisableVerpBounces;
        return bounce.SendAsync(service, Request(message, asVerp ? BounceRequestKind.Verp : BounceRequestKind.Flush, flags), CancellationToken.None);
    }

    private static BounceRequest Request(Message message, BounceRequestKind kind, DeliveryFlags flags) => new()
    {
        Kind = kind,
        Flags = flags,
        QueueName = QueueName.Active,
        QueueId = message.QueueId,
        Encoding = message.Encoding,
        SmtpUtf8 = message.SmtpUtf8,
        Sender = message.Sender,
        EnvelopeId = message.EnvelopeId,
        Ret = message.Ret,
        VerpDelimiters = message.VerpDelimiters,
    };

    private bool IsReady(QueueId id) =>
        directory.TryStatus(QueueName.Active, id, out FileStatus status) is not 0 || QueueDirectory.IsReady(status);

    private void Edit(QueueId id, Action<QueueFileReader> edit)
    {
        if (QueueFileReader.TryOpen(directory, QueueName.Active, id, out QueueFileReader? file) == 0 && file is not null)
        {
            using (file)
            {
                edit(file);
            }
        }
    }

    private void Defer(Message message, QueueId id)
    {
        // Whole seconds, as everyone reads them: a fraction would cost a whole run of the queue.
        long now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        long delay = Math.Min(Math.Max(now - message.Created, settings.MinimalBackoff), settings.MaximalBackoff);
        Check(directory.TrySetTimes(QueueName.Active, id, DateTime.UnixEpoch.AddSeconds(now + delay)), "update", id);
        Check(directory.TryMove(id, QueueName.Active, QueueName.Deferred), "rename", id);
        Leave(message);
    }

    private void Remove(Message message, QueueId id)
    {
        int errno = settings.KeepsFiles ? directory.TryMove(id, QueueName.Active, QueueName.Saved)
            : _spares.TryKeep(directory.PathOf(QueueName.Active, id)) ? 0
            : directory.TryRemove(QueueName.Active, id);
        if (Check(errno, "remove", id))
        {
            LogLines.Removed(message);
        }

        Leave(message);
    }

    private bool Check(int errno, string call, QueueId id)
    {
        string path = directory.PathOf(QueueName.Active, id);
        switch (errno)
        {
            case 0:
                return true;
            case Errno.ENOENT:
                LogLines.FileTrouble($"{call} {path}: {Errno.Text(errno)}");
                return false;
            default:
                throw new FatalException($"{call} {path}: {Errno.Text(errno)}");
        }
    }

    private void Leave(Message message)
    {
        scheduler.MessageCount--;
        Left(message);
    }
}

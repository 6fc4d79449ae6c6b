using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Qmgr.Scheduling;
using Mta.Text;

namespace Mta.Qmgr.Feeding;

/// <summary>What became of a file that a scan found.</summary>
internal enum FeedResult
{
    /// <summary>Left where it is.</summary>
    Skipped,

    /// <summary>Now in the active queue.</summary>
    Accepted,
}

/// <summary>
/// Takes messages from incoming or deferred into active: moves the file, reads its envelope, and hands the first
/// recipients over to be routed. Later it reads further recipients.
/// </summary>
internal sealed class MessageFeeder(QueueDirectory directory, QmgrSettings settings, Scheduler scheduler, LogLines log, TimeProvider clock)
{
    /// <summary>Most recipients read in one go.</summary>
    private const int MaxBatch = 5000;

    private readonly List<QueueRecipient> _batch = [];

    /// <summary>Recipients were read (or there were none); the message is held once for this step.</summary>
    public Action<Message, List<Recipient>> RecipientsRead { get; set; } = static (_, _) => { };

    /// <summary>Everything in active goes back to incoming, with time stamps of now: a lock protects what still runs.</summary>
    public void MoveActiveToIncoming()
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        foreach (QueueId id in directory.Scan(QueueName.Active))
        {
            int errno = directory.TryMove(id, QueueName.Active, QueueName.Incoming);
            if (errno == 0)
            {
                directory.TrySetTimes(QueueName.Incoming, id, now);
            }
            else if (errno != Errno.ENOENT)
            {
                throw new FatalException($"rename {directory.PathOf(QueueName.Active, id)} to incoming: {Errno.Text(errno)}");
            }
        }
    }

    public FeedResult Feed(QueueId id, QueueScan scan)
    {
        string queue = scan.Queue;
        int errno = directory.TryStatus(queue, id, out FileStatus status);
        if (errno != 0)
        {
            return FeedResult.Skipped;
        }

        if (!status.IsRegular)
        {
            LogLines.FileTrouble($"{directory.PathOf(queue, id)}: uid {status.UserId}: not a regular file");
            return FeedResult.Skipped;
        }

        if (!QueueDirectory.IsReady(status))
        {
            return FeedResult.Skipped;
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (!scan.IgnoresTimes && Seconds(status.ModifyTime) > Seconds(now) + 1)
        {
            return FeedResult.Skipped;
        }

        if (status.Links > 1 && status.ChangeTime < now.AddSeconds(-60))
        {
            LogLines.FileTrouble($"{directory.PathOf(queue, id)}: uid {status.UserId}: file has {status.Links} links");
        }

        errno = directory.TryMove(id, queue, QueueName.Active);
        if (errno == Errno.ENOENT)
        {
            LogLines.FileTrouble($"{id}: not found in queue {queue}");
            return FeedResult.Skipped;
        }

        if (errno != 0)
        {
            throw new FatalException($"rename {directory.PathOf(queue, id)} to {directory.PathOf(QueueName.Active, id)}: {Errno.Text(errno)}");
        }

        return ReadNew(id, status, scan.IgnoresDeferTransports) ? FeedResult.Accepted : FeedResult.Skipped;
    }

    /// <summary>Reads further recipients of a message in memory. The caller looked after the limits.</summary>
    /// <returns>False when the file is gone or damaged.</returns>
    public bool ReadMore(Message message)
    {
        int limit = Math.Clamp(message.RecipientLimit - message.RecipientCount, 1, MaxBatch);
        if (!QueueId.TryParse(message.QueueId, out QueueId id))
        {
            return false;
        }

        int errno = QueueFileReader.TryOpen(directory, QueueName.Active, id, out QueueFileReader? file, writable: false);
        if (errno != 0 || file is null)
        {
            LogLines.FileTrouble($"open {directory.PathOf(QueueName.Active, id)}: {Errno.Text(errno)}");
            return false;
        }

        using (file)
        {
            _batch.Clear();
            QueueEnvelopeReader reader = message.Reader!; // kept as long as recipients are unread
            if (!reader.ReadMore(file.File, limit, _batch))
            {
                LogLines.Damaged(message.QueueId, reader.Problem);
                return false;
            }

            LogWarnings(message, reader);
            message.LastRefill = scheduler.Now;
            CountUnread(message);
            Hand(message);
            return true;
        }
    }

    private static long Seconds(DateTime utc) => utc.Ticks / TimeSpan.TicksPerSecond;

    // The file is in active; whatever fails from here on moves it on.
    private bool ReadNew(QueueId id, FileStatus status, bool ignoreDeferTransports)
    {
        int errno = QueueFileReader.TryOpen(directory, QueueName.Active, id, out QueueFileReader? file);
        if (errno != 0 || file is null)
        {
            if (errno != Errno.ENOENT)
            {
                throw new FatalException($"open {directory.PathOf(QueueName.Active, id)}: {Errno.Text(errno)}");
            }

            LogLines.FileTrouble($"{directory.PathOf(QueueName.Active, id)}: {Errno.Text(errno)}");
            return false;
        }

        Message message = new(id.Value)
        {
            EnteredActive = MessageTimes.Now(clock),
            IsForceExpired = (status.Permissions & 0x8) != 0,
            IsFlushed = (status.Permissions & 0x20) != 0,
            IgnoresDeferTransports = ignoreDeferTransports || (status.Permissions & 0x20) != 0,
            RecipientLimit = scheduler.Limits.RecipientMinimum,
        };
        using (file)
        {
            if (!file.TryLock(FileLock.Exclusive))
            {
                LogLines.StillBeingDelivered(id.Value);
                ReturnToIncoming(id);
                return false;
            }

            QueueEnvelopeReader reader = new();
            _batch.Clear();
            int limit = Math.Min(Math.Max(scheduler.Limits.Recipients - scheduler.RecipientCount, scheduler.Limits.RecipientMinimum), MaxBatch);
            if (!reader.ReadFirst(file.File, limit, _batch))
            {
                if (reader.HasSender)
                {
                    TakeEnvelope(message, reader);
                    log.EnteredActive(message, reader.Envelope.Size.Recipients);
                }

                LogLines.Damaged(id.Value, reader.Problem);
                SaveCorrupt(id);
                return false;
            }

            TakeEnvelope(message, reader);
            log.EnteredActive(message, reader.Envelope.Size.Recipients);
            LogWarnings(message, reader);
            if (message.IsFlushed)
            {
                file.ClearFlushRequest();
            }

            scheduler.MessageCount++;
            CountUnread(message);
            message.LastRefill = scheduler.Now;
            bool hasDeferLog = message.IsForceExpired
                && directory.TryStatus(QueueName.Defer, id, out FileStatus deferLog) == 0
                && deferLog.Size > 0;
            if (hasDeferLog)
            {
                // The old reasons are what is reported: nothing is tried again.
                message.IsDeferred = true;
                _batch.Clear();
                message.UnreadRecipients = 0;
                message.Reader = null;
            }
            else
            {
                directory.TryRemove(QueueName.Defer, id);
            }
        }

        // Only now, with the lock given back: what is handed on may be done at once, and whoever reports on the
        // message or delivers it takes a lock of its own. A notice that finds it locked goes without the original.
        Hand(message);
        return true;
    }

    private void ReturnToIncoming(QueueId id)
    {
        DateTime later = clock.GetUtcNow().UtcDateTime.AddSeconds(60);
        directory.TrySetTimes(QueueName.Active, id, later);
        int errno = directory.TryMove(id, QueueName.Active, QueueName.Incoming);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new FatalException($"rename {directory.PathOf(QueueName.Active, id)} to incoming: {Errno.Text(errno)}");
        }
    }

    public void SaveCorrupt(QueueId id)
    {
        LogLines.Corrupt(id.Value);
        int errno = directory.TryMove(id, QueueName.Active, QueueName.Corrupt);
        if (errno is not (0 or Errno.ENOENT))
        {
            throw new FatalException($"rename {directory.PathOf(QueueName.Active, id)} to corrupt: {Errno.Text(errno)}");
        }
    }

    private void TakeEnvelope(Message message, QueueEnvelopeReader reader)
    {
        QueueEnvelope envelope = reader.Envelope;
        message.ContentOffset = envelope.Size.DataOffset;
        message.ContentLength = envelope.Size.ContentLength;
        message.SmtpUtf8 = envelope.Size.SendOptions & SizeRecord.KnownSendOptions;
        message.WantsSuccessReport = (envelope.Size.Hints & ((int)DsnNotify.Success << 1)) != 0;
        message.Arrival = (envelope.ArrivalTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        message.Created = (envelope.CreateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        message.Sender = envelope.Sender;
        message.Encoding = envelope.Encoding;
        message.EnvelopeId = envelope.DsnEnvelopeId;
        message.Ret = (DsnReturn)envelope.DsnReturn;
        message.WarnTime = envelope.WarnTime;
        message.WarnOffset = envelope.WarnOffset;
        message.ClientName = envelope.ClientName;
        message.ClientAddress = envelope.ClientAddress;
        message.ClientPort = envelope.ClientPort;
        message.ClientProtocol = envelope.ProtocolName;
        message.ClientHelo = envelope.HeloName;
        message.SaslMethod = envelope.SaslMethod;
        message.SaslUsername = envelope.SaslUsername;
        message.SaslSender = envelope.SaslSender;
        message.LogIdent = envelope.LogIdent;
        message.RewriteContext = envelope.RewriteContext.Length > 0 ? envelope.RewriteContext : "local";
        message.ContentFilter = envelope.Filter;
        message.Redirect = envelope.Redirect;
        message.TraceFlags = (DeliveryFlags)envelope.TraceFlags & DeliveryFlags.TraceMask;
        message.TraceOffset = message.TraceFlags == DeliveryFlags.Record ? envelope.TraceOffset : 0;
        if (settings.ConfirmDelayCleared && envelope.WarnTime < 0)
        {
            message.TraceFlags |= DeliveryFlags.DelayCleared;
        }

        TakeVerp(message, envelope.Verp);
        message.Reader = reader.HasUnreadRecipients ? reader : null;
    }

    private static void LogWarnings(Message message, QueueEnvelopeReader reader)
    {
        foreach (string warning in reader.Warnings)
        {
            LogLines.MessageWarning(message.QueueId, warning);
        }

        reader.Warnings.Clear();
    }

    private void TakeVerp(Message message, string delimiters)
    {
        if (delimiters.Length == 0)
        {
            return;
        }

        if (message.Sender.Length == 0)
        {
            LogLines.MessageWarning(message.QueueId, "ignoring VERP request for null sender");
        }
        else if (delimiters.Length != 2 || !settings.VerpDelimiterFilter.Contains(delimiters[0]) || !settings.VerpDelimiterFilter.Contains(delimiters[1]))
        {
            LogLines.MessageWarning(message.QueueId, $"ignoring bad VERP request: \"{delimiters}\"");
        }
        else
        {
            message.VerpDelimiters = delimiters;
        }
    }

    // The size record's count is an upper bound; when the file was read to its end the truth is known.
    private void CountUnread(Message message)
    {
        QueueEnvelopeReader? reader = message.Reader;
        if (reader is null || !reader.HasUnreadRecipients)
        {
            message.UnreadRecipients = 0;
            message.Reader = null;
            return;
        }

        message.ReadRecipients += _batch.Count;
        message.UnreadRecipients = Math.Max(1, reader.Envelope.Size.Recipients - message.ReadRecipients - reader.Envelope.DoneRecipients);
    }

    private void Hand(Message message)
    {
        List<Recipient> recipients = new(_batch.Count);
        foreach (QueueRecipient recipient in _batch)
        {
            recipients.Add(new Recipient(new DeliveryRecipient(
                recipient.OriginalAddress,
                recipient.Address,
                recipient.Offset,
                recipient.DsnOriginalRecipient,
                (DsnNotify)recipient.Notify)));
        }

        _batch.Clear();
        message.Outstanding++;
        message.IsRefilling = true;
        RecipientsRead(message, recipients);
    }
}

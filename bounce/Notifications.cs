using Mta.Mail.Addresses;
using Mta.Mail.Dsn;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using DeliveryStatus = Mta.Mail.Protocols.Dsn;

namespace Mta.Bounce;

/// <summary>
/// Decides who is told what. The sender hears of failure unless it is the null sender, whose mail is never answered;
/// the postmaster gets copies as <c>notify_classes</c> says; and what goes wrong with a copy ends here.
/// </summary>
internal sealed class Notifications(QueueDirectory directory, LogStore logs, NoticeSender notices, BounceSettings settings, TimeProvider clock)
{
    private const string NonDelivery = "non-delivery";
    private const string Delay = "delay";

    /// <summary>A non-delivery notice from the log; then the log goes.</summary>
    public ValueTask<int> ReturnAsync(BounceRequest request, QueueId id, CancellationToken stop) =>
        ReturnAsync(request, id, logs.Exists(id) ? notify => logs.Read(id, notify) : null, stop);

    /// <summary>A non-delivery notice about one recipient, without a log.</summary>
    public async ValueTask<int> ReturnOneAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        BounceLogEntry entry = EntryOf(request);
        using Subject subject = Open(request, id);
        return await SendFailureAsync(subject, notify => LogStore.IsWanted(entry.Notify, notify) ? [entry] : [], stop) ? 0 : -1;
    }

    /// <summary>A delay notice; the log stays.</summary>
    public async ValueTask<int> WarnAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        if (IsDoubleBounce(request.Sender))
        {
            return 0;
        }

        using Subject subject = Open(request, id);
        Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries = logs.Exists(id) ? notify => logs.Read(id, notify) : null;
        if (request.Sender.Length == 0)
        {
            return !settings.Notifies("delay")
                || await notices.SendAsync(subject, NoticeClass.Delay, Delay, settings.DelayNoticeRecipient, isPostmasterCopy: true, headersOnly: false, entries, DsnNotify.None, stop)
                ? 0
                : -1;
        }

        if (!await notices.SendAsync(subject, NoticeClass.Delay, Delay, request.Sender, isPostmasterCopy: false, headersOnly: true, entries, DsnNotify.Delay, stop))
        {
            return -1;
        }

        if (settings.Notifies("delay")
            && !await notices.SendAsync(subject, NoticeClass.Delay, Delay, settings.DelayNoticeRecipient, isPostmasterCopy: true, headersOnly: true, entries, DsnNotify.None, stop))
        {
            LogLines.PostmasterFailed(id.Value, "warning", request.Sender);
        }

        return 0;
    }

    /// <summary>One non-delivery notice for each recipient, to an address that names it; then the log goes.</summary>
    public async ValueTask<int> ReturnVerpAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        if (request.Sender.Length == 0 || IsDoubleBounce(request.Sender))
        {
            LogLines.VerpOfNullSender(id.Value);
            return await ReturnAsync(request, id, stop);
        }

        using Subject subject = Open(request, id);
        IEnumerable<BounceLogEntry> all = logs.Exists(id) ? logs.Read(id, DsnNotify.None) : [MissingEntry];
        foreach (BounceLogEntry entry in all)
        {
            string recipient = VerpAddress(request, entry);
            Func<DsnNotify, IEnumerable<BounceLogEntry>> one = notify => LogStore.IsWanted(entry.Notify, notify) ? [entry] : [];
            if (!await notices.SendAsync(subject, NoticeClass.Failure, NonDelivery, recipient, isPostmasterCopy: false, HeadersOnly(subject), one, DsnNotify.Failure, stop))
            {
                return -1;
            }

            await CopyFailureAsync(subject, one, stop);
        }

        Finish(request, id, subject);
        return 0;
    }

    /// <summary>A report of what was done (success, -v, -bv); then the log goes.</summary>
    public async ValueTask<int> ReportAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        if (!logs.Exists(id))
        {
            return 0;
        }

        if (IsDoubleBounce(request.Sender))
        {
            LogLines.NotTracing(id.Value, "double");
        }
        else if (request.Sender.Length == 0 && !settings.Notifies("2bounce"))
        {
            LogLines.NotTracing(id.Value, "single");
        }
        else
        {
            bool toPostmaster = request.Sender.Length == 0;
            NoticeClass kind = (request.Flags & (DeliveryFlags.UserVerify | DeliveryFlags.Record)) != 0 ? NoticeClass.Verify : NoticeClass.Success;
            string recipient = toPostmaster ? settings.DoubleBounceNoticeRecipient : request.Sender;
            using Subject subject = Open(request, id);
            if (!await notices.SendAsync(subject, kind, "delivery status", recipient, toPostmaster, headersOnly: true, notify => logs.Read(id, notify), DsnNotify.None, stop))
            {
                return -1;
            }
        }

        logs.Remove(id);
        return 0;
    }

    private static BounceLogEntry MissingEntry { get; } = new(
        "recipient address unavailable", "", 0, "", DsnNotify.None, new DeliveryStatus("5.0.0", "failed", "error report unavailable"));

    private static BounceLogEntry EntryOf(BounceRequest request)
    {
        DeliveryRecipient recipient = request.Recipient;
        bool isSame = Ascii.EqualsIgnoreCase(recipient.OriginalRecipient, recipient.Address);
        return new BounceLogEntry(
            recipient.Address.Length == 0 ? "(MAILER-DAEMON)" : Printable.Neutralize(AddressSyntax.ToExternal(recipient.Address), allowUtf8: true),
            isSame ? "" : Printable.Neutralize(AddressSyntax.ToExternal(recipient.OriginalRecipient), allowUtf8: true),
            recipient.Offset,
            Printable.Neutralize(recipient.DsnOriginalRecipient, allowUtf8: true),
            recipient.Notify,
            request.Dsn);
    }

    private async ValueTask<int> ReturnAsync(BounceRequest request, QueueId id, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop)
    {
        using Subject subject = Open(request, id);
        if (!await SendFailureAsync(subject, entries, stop))
        {
            return -1;
        }

        Finish(request, id, subject);
        return 0;
    }

    private async ValueTask<bool> SendFailureAsync(Subject subject, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop)
    {
        string sender = subject.Request.Sender;
        if (IsDoubleBounce(sender))
        {
            LogLines.Discarded(subject.QueueId);
            return true;
        }

        if (sender.Length == 0)
        {
            return (!settings.Notifies("2bounce") && !settings.Notifies("bounce"))
                || await notices.SendAsync(subject, NoticeClass.Failure, NonDelivery, settings.DoubleBounceNoticeRecipient, isPostmasterCopy: true, headersOnly: false, entries, DsnNotify.None, stop);
        }

        if (!await notices.SendAsync(subject, NoticeClass.Failure, NonDelivery, sender, isPostmasterCopy: false, HeadersOnly(subject), entries, DsnNotify.Failure, stop))
        {
            return false;
        }

        await CopyFailureAsync(subject, entries, stop);
        return true;
    }

    private async ValueTask CopyFailureAsync(Subject subject, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop)
    {
        if (settings.Notifies("bounce")
            && !await notices.SendAsync(subject, NoticeClass.Failure, NonDelivery, settings.BounceNoticeRecipient, isPostmasterCopy: true, headersOnly: true, entries, DsnNotify.None, stop))
        {
            LogLines.PostmasterFailed(subject.QueueId, "bouncing to", subject.Request.Sender);
        }
    }

    // The notices are safe: what they say must not be said again.
    private void Finish(BounceRequest request, QueueId id, Subject subject)
    {
        if (request.Flags.HasFlag(DeliveryFlags.Bounce) && subject.Original is { } original)
        {
            foreach (BounceLogEntry entry in logs.Read(id, DsnNotify.None))
            {
                original.MarkDone(entry.Offset);
            }
        }

        logs.Remove(id);
    }

    private bool HeadersOnly(Subject subject) =>
        subject.Request.Ret == DsnReturn.Headers
        || (settings.SizeLimit > 0 && (subject.Original is null || subject.Original.ContentLength > settings.SizeLimit));

    private bool IsDoubleBounce(string sender) => Ascii.EqualsIgnoreCase(sender, settings.DoubleBounceSender);

    private Subject Open(BounceRequest request, QueueId id) =>
        new(request, OriginalMessage.TryOpen(directory, request.QueueName, id, lockFile: request.QueueName == QueueName.Active), (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond);

    private static string VerpAddress(BounceRequest request, BounceLogEntry entry)
    {
        // Quotes of the recipient stay: they are part of the name that comes back.
        string address = entry.OriginalRecipient.Length > 0 ? entry.OriginalRecipient : entry.Recipient;
        AddressSyntax.Split(request.Sender, out string prefix, out string? origin);
        AddressSyntax.Split(address, out string local, out string? domain);
        string encoded = $"{prefix}{request.VerpDelimiters[0]}{local}";
        encoded = domain is null ? encoded : $"{encoded}{request.VerpDelimiters[1]}{domain}";
        return origin is null ? encoded : $"{encoded}@{origin}";
    }
}

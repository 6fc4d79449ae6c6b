using Mta.Mail.Addresses;
using Mta.Mail.Dsn;
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
        return await SendFailureAsync(subject, notify => LogStore.IsWanted(entry.Notify, notify) ? [entry] : [], stop);
    }

    /// <summary>A delay notice; the log stays.</summary>
    public async ValueTask<int> WarnAsync(BounceRequest request, QueueId id, CancellationToken stop)
    {
        if (IsDoubleBounce(request.Sender))
        {
            LogLines.Discarded(id.Value);
            return 0;
        }

        using Subject subject = Open(request, id);
        Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries = logs.Exists(id) ? notify => logs.Read(id, notify) : null;
        if (request.Sender.Length == 0)
        {
            return settings.Notifies("delay")
                ? await CopyAsync(subject, NoticeClass.Delay, Delay, settings.DelayNoticeRecipient, headersOnly: false, entries, stop)
                : 0;
        }

        int status = await TellAsync(subject, NoticeClass.Delay, Delay, request.Sender, headersOnly: true, entries, DsnNotify.Delay, stop);
        if (status != 0)
        {
            return status;
        }

        if (settings.Notifies("delay")
            && await CopyAsync(subject, NoticeClass.Delay, Delay, settings.DelayNoticeRecipient, headersOnly: true, entries, stop) != 0)
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
            LogLines.VerpOfNullSender();
            return await ReturnAsync(request, id, stop);
        }

        using Subject subject = Open(request, id);
        bool hasLog = logs.Exists(id);
        foreach (BounceLogEntry entry in hasLog ? logs.Read(id, DsnNotify.None) : [MissingEntry])
        {
            string recipient = hasLog ? VerpAddress(request, entry) : request.Sender;
            Func<DsnNotify, IEnumerable<BounceLogEntry>> one = notify => LogStore.IsWanted(entry.Notify, notify) ? [entry] : [];
            int status = await TellAsync(subject, NoticeClass.Failure, NonDelivery, recipient, HeadersOnly(subject), one, DsnNotify.Failure, stop);
            if (status != 0)
            {
                return status;
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
            bool isSingleBounce = request.Sender.Length == 0;
            NoticeClass kind = (request.Flags & (DeliveryFlags.UserVerify | DeliveryFlags.Record)) != 0 ? NoticeClass.Verify : NoticeClass.Success;
            string recipient = isSingleBounce ? settings.DoubleBounceNoticeRecipient : request.Sender;
            using Subject subject = Open(request, id);
            int status = await notices.SendAsync(
                subject, kind, "delivery status", recipient, isPostmasterCopy: false, isSingleBounce ? settings.DoubleBounceSender : "", headersOnly: true, notify => logs.Read(id, notify), DsnNotify.None, stop);
            if (status != 0)
            {
                return status;
            }
        }

        logs.Remove(id);
        return 0;
    }

    private static BounceLogEntry MissingEntry { get; } = new(
        "(recipient address unavailable)", "", 0, "", DsnNotify.None, new DeliveryStatus("5.0.0", "failed", "(error report unavailable)"));

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
        int status = await SendFailureAsync(subject, entries, stop);
        if (status == 0)
        {
            Finish(request, id, subject);
        }

        return status;
    }

    private async ValueTask<int> SendFailureAsync(Subject subject, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop)
    {
        string sender = subject.Request.Sender;
        if (IsDoubleBounce(sender))
        {
            LogLines.Discarded(subject.QueueId);
            return 0;
        }

        if (sender.Length == 0)
        {
            return settings.Notifies("2bounce") || settings.Notifies("bounce")
                ? await CopyAsync(subject, NoticeClass.Failure, NonDelivery, settings.DoubleBounceNoticeRecipient, headersOnly: false, entries, stop)
                : 0;
        }

        int status = await TellAsync(subject, NoticeClass.Failure, NonDelivery, sender, HeadersOnly(subject), entries, DsnNotify.Failure, stop);
        if (status == 0)
        {
            await CopyFailureAsync(subject, entries, stop);
        }

        return status;
    }

    private async ValueTask CopyFailureAsync(Subject subject, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop)
    {
        if (settings.Notifies("bounce")
            && await CopyAsync(subject, NoticeClass.Failure, NonDelivery, settings.BounceNoticeRecipient, headersOnly: true, entries, stop) != 0)
        {
            LogLines.PostmasterFailed(subject.QueueId, "bouncing to", subject.Request.Sender);
        }
    }

    // To the sender, from the null sender: nobody answers it.
    private ValueTask<int> TellAsync(
        Subject subject, NoticeClass noticeClass, string kind, string recipient, bool headersOnly, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, DsnNotify notify, CancellationToken stop) =>
        notices.SendAsync(subject, noticeClass, kind, recipient, isPostmasterCopy: false, noticeSender: "", headersOnly, entries, notify, stop);

    // To a postmaster, about all recipients, from the address whose mail is never returned.
    private ValueTask<int> CopyAsync(
        Subject subject, NoticeClass noticeClass, string kind, string recipient, bool headersOnly, Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries, CancellationToken stop) =>
        notices.SendAsync(subject, noticeClass, kind, recipient, isPostmasterCopy: true, settings.DoubleBounceSender, headersOnly, entries, DsnNotify.None, stop);

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
        || (settings.RedactsRequireTls && (subject.Request.SmtpUtf8 & SendOptions.RequireTls) != 0)
        || (settings.SizeLimit > 0 && subject.Original is { } original && original.ContentLength > settings.SizeLimit);

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

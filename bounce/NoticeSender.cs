using Mta.Mail.Dsn;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Bounce;

/// <summary>Composes a notice and hands it to cleanup as new mail.</summary>
internal sealed class NoticeSender(
    CleanupClient cleanup, NoticeComposer composer, Lazy<NoticeTemplates> templates, NoticeTemplateText text, NoticeSettings noticeSettings, BounceSettings settings)
{
    /// <summary>Sends a notice, unless none of its recipients is to be reported.</summary>
    /// <param name="kind">For the log: <c>non-delivery</c>, <c>delay</c>, <c>delivery status</c>.</param>
    /// <param name="entries">Gives the recipients for a NOTIFY bit; null when their log is gone.</param>
    /// <param name="notify">The bit that lets a recipient in; none lets all in.</param>
    /// <returns>0, or the status of the notice that was not accepted.</returns>
    public async ValueTask<int> SendAsync(
        Subject subject,
        NoticeClass noticeClass,
        string kind,
        string recipient,
        bool isPostmasterCopy,
        string noticeSender,
        bool headersOnly,
        Func<DsnNotify, IEnumerable<BounceLogEntry>>? entries,
        DsnNotify notify,
        CancellationToken stop)
    {
        IEnumerable<BounceLogEntry>? reported = entries?.Invoke(notify);
        if (reported is not null && !reported.Any())
        {
            return 0;
        }

        BounceRequest request = subject.Request;
        NoticeTemplate template = templates.Value[noticeClass];
        string who = (isPostmasterCopy ? "postmaster " : "sender ") + kind;
        Notice notice = new()
        {
            Template = template,
            Text = isPostmasterCopy ? [] : [.. text.Expand(template)],
            IsPostmasterCopy = isPostmasterCopy,
            QueueId = subject.QueueId,
            EnvelopeId = request.EnvelopeId,
            Encoding = request.Encoding,
            SmtpUtf8 = request.SmtpUtf8,
            Recipient = recipient,
            Original = subject.Original,
            HeadersOnly = headersOnly,
            Entries = reported,
            Seconds = subject.Seconds,
            ThreadId = noticeSettings.ThreadedBounces && subject.Original is { } original ? ThreadIdOf(original, subject.QueueId) : "",
        };
        CleanupFlags flags = settings.CleanupFlags | ((request.SmtpUtf8 & 1) != 0 ? CleanupFlags.SmtpUtf8 : CleanupFlags.None);
        flags |= settings.KeepsRequireTls && (request.SmtpUtf8 & SendOptions.RequireTls) != 0 ? CleanupFlags.RequireTls : CleanupFlags.None;
        try
        {
            using CleanupSession session = await cleanup.OpenAsync(flags, stop);
            await composer.WriteAsync(session, notice, noticeSender, stop);
            CleanupResult result = await session.FinishAsync(stop);
            if (result.Status != CleanupStatus.Ok)
            {
                // Cleanup has said why, in the name of the notice.
                return (int)result.Status;
            }

            LogLines.Sent(subject.QueueId, who, session.Id);
            return 0;
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            LogLines.Failed(subject.QueueId, who, recipient, error.Message);
            return -1;
        }
    }

    // The Message-ID of the original, when it is one that may stand in a header.
    private static string ThreadIdOf(OriginalMessage original, string queueId)
    {
        string id = original.Envelope.MessageId;
        bool isFound = id.Length > 0;
        using ContentReader content = original.Content();
        while (id.Length == 0 && content.ReadChunk(out ReadOnlySpan<byte> line, out _))
        {
            bool isHeader = HeaderSyntax.TryParseName(line, out int nameLength, out int colon);
            if (!isHeader && !HeaderSyntax.IsContinuation(line))
            {
                return "";
            }

            if (isHeader && Ascii.EqualsIgnoreCase(line[..nameLength], "message-id"u8))
            {
                id = ByteString.FromBytes(line[(colon + 1)..]).Trim();
                isFound = true;
                break;
            }
        }

        if (!isFound)
        {
            return "";
        }

        if (id.Length < 5 || id[0] != '<' || id[^1] != '>' || !id.Contains('@') || id.AsSpan(1, id.Length - 2).IndexOfAny(" \t<>") >= 0 || Printable.Neutralize(id, allowUtf8: true) != id)
        {
            LogLines.MalformedThreadId(queueId);
            return "";
        }

        return id;
    }
}

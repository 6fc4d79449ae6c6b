using Mta.Mail.Headers;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using DeliveryStatus = Mta.Mail.Protocols.Dsn;

namespace Mta.Mail.Dsn;

/// <summary>
/// Writes notices: a multipart/report (RFC 6522) of text for humans, the delivery status (RFC 3464), and the message
/// or its headers. The text goes into a message on its way to cleanup, as records; the original is streamed.
/// </summary>
public sealed class NoticeComposer(NoticeSettings settings, TimeProvider clock)
{
    private const int Flush = 16 << 10;

    /// <summary>Writes envelope, content and end of a notice.</summary>
    /// <param name="sender">Reverse-path of the notice.</param>
    /// <exception cref="IOException">The cleanup service is gone.</exception>
    public async ValueTask WriteAsync(CleanupSession session, Notice notice, string sender, CancellationToken stop)
    {
        BufferedOutput output = session.Output;
        DateTime now = clock.GetUtcNow().UtcDateTime;
        RecordWriter.Write(output, RecordType.Time, RecordText.Time(now));
        RecordWriter.WriteAttribute(output, QueueAttribute.LogMessageOrigin, "local");
        RecordWriter.WriteAttribute(output, QueueAttribute.TraceFlags, 0);
        RecordWriter.Write(output, RecordType.Sender, sender);
        RecordWriter.Write(output, RecordType.Recipient, notice.Recipient);
        RecordWriter.Write(output, RecordType.Message);
        Line(output, $"Received: by {settings.MyHostname} ({settings.MailName})");
        Line(output, $"\tid {session.Id}; {HeaderDate.Format(now)}");
        Line(output, $"Date: {HeaderDate.Format(now)}");
        WriteHeader(output, notice);
        WriteText(output, notice);
        foreach (BounceLogEntry entry in notice.Entries ?? [])
        {
            WriteRecipientText(output, entry);
            await FlushIfFullAsync(session, stop);
        }

        if (notice.Entries is null)
        {
            Line(output, "");
            Line(output, "\t--- Delivery report unavailable ---");
        }

        WriteStatusHeader(output, notice);
        foreach (BounceLogEntry entry in notice.Entries ?? [])
        {
            WriteStatus(output, notice, entry);
            await FlushIfFullAsync(session, stop);
        }

        await WriteOriginalAsync(session, notice, stop);
        RecordWriter.Write(output, RecordType.Extracted);
        RecordWriter.Write(output, RecordType.End);
    }

    private static ValueTask FlushIfFullAsync(CleanupSession session, CancellationToken stop) =>
        session.Output.Pending >= Flush ? session.Output.FlushAsync(stop) : ValueTask.CompletedTask;

    private string Boundary(Notice notice) => $"{notice.QueueId}.{notice.Seconds}/{settings.MyHostname}";

    // The encoding of the parts; empty when nothing is said.
    private string Encoding(Notice notice) => settings.SmtpUtf8Enabled ? "8bit" : notice.Encoding;

    private static bool IsUtf8Message(Notice notice) => (notice.SmtpUtf8 & 1) != 0;

    private void Line(BufferedOutput output, string text) =>
        RecordWriter.WriteText(output, ByteString.ToBytes(text), settings.LineLengthLimit);

    private void Wrapped(BufferedOutput output, string text)
    {
        foreach (string line in TextWrap.Lines(text))
        {
            Line(output, line);
        }
    }

    private void WriteHeader(BufferedOutput output, Notice notice)
    {
        NoticeTemplate template = notice.Template;
        Line(output, $"From: {template.From}");
        Line(output, $"Subject: {(notice.IsPostmasterCopy ? template.PostmasterSubject ?? template.Subject : template.Subject)}");
        Line(output, $"To: {AddressSyntax.ToExternal(notice.Recipient)}");
        if (notice.ThreadId.Length > 0)
        {
            Line(output, $"References: {notice.ThreadId}");
            Line(output, $"In-Reply-To: {notice.ThreadId}");
        }

        Line(output, notice.IsPostmasterCopy ? "Auto-Submitted: auto-generated" : "Auto-Submitted: auto-replied");
        Line(output, "MIME-Version: 1.0");
        Line(output, "Content-Type: multipart/report; report-type=delivery-status;");
        Line(output, $"\tboundary=\"{Boundary(notice)}\"");
        string encoding = Encoding(notice);
        if (encoding.Length > 0)
        {
            Line(output, $"Content-Transfer-Encoding: {(encoding == "7bit" ? template.Encoding : encoding)}");
        }

        Line(output, "");
        Line(output, "This is a MIME-encapsulated message.");
    }

    private void WriteText(BufferedOutput output, Notice notice)
    {
        bool isEightBit = Encoding(notice) == "8bit";
        string charset = Ascii.EqualsIgnoreCase(notice.Template.Charset, "us-ascii") && Encoding(notice) == "8bit" ? "utf-8" : notice.Template.Charset;
        StartPart(output, notice, "Notification", $"text/plain; charset={charset}", isEightBit);
        foreach (string line in notice.Text)
        {
            Line(output, line);
        }
    }

    private void StartPart(BufferedOutput output, Notice notice, string description, string type, bool isEightBit)
    {
        Line(output, "");
        Line(output, $"--{Boundary(notice)}");
        Line(output, $"Content-Description: {description}");
        Line(output, $"Content-Type: {type}");
        if (isEightBit)
        {
            Line(output, "Content-Transfer-Encoding: 8bit");
        }

        Line(output, "");
    }

    private void WriteRecipientText(BufferedOutput output, BounceLogEntry entry)
    {
        Line(output, "");
        Wrapped(output, entry.OriginalRecipient.Length > 0
            ? $"<{entry.Recipient}> (expanded from <{entry.OriginalRecipient}>): {entry.Status.Reason}"
            : $"<{entry.Recipient}>: {entry.Status.Reason}");
    }

    private void WriteStatusHeader(BufferedOutput output, Notice notice)
    {
        bool isGlobal = IsUtf8Message(notice);
        StartPart(output, notice, "Delivery report", isGlobal ? "message/global-delivery-status" : "message/delivery-status", isGlobal);
        Line(output, $"Reporting-MTA: dns; {settings.MyHostname}");
        if (notice.EnvelopeId.Length > 0)
        {
            Line(output, $"Original-Envelope-Id: {notice.EnvelopeId}");
        }

        Line(output, $"X-{settings.HeaderMailName}-Queue-ID: {notice.QueueId}");
        if (notice.Original is { } original)
        {
            string sender = SenderText(original);
            Line(output, $"X-{settings.HeaderMailName}-Sender: {AddressType(notice, sender)}; {sender}");
            Line(output, $"Arrival-Date: {HeaderDate.Format(original.Envelope.ArrivalTime)}");
        }
    }

    private void WriteStatus(BufferedOutput output, Notice notice, BounceLogEntry entry)
    {
        DeliveryStatus status = entry.Status;
        Line(output, "");
        Line(output, $"Final-Recipient: {AddressType(notice, entry.Recipient)}; {entry.Recipient}");
        if (entry.DsnOriginalRecipient.Length > 0)
        {
            Line(output, $"Original-Recipient: {entry.DsnOriginalRecipient}");
        }
        else if (entry.OriginalRecipient.Length > 0)
        {
            Line(output, $"Original-Recipient: {AddressType(notice, entry.OriginalRecipient)}; {entry.OriginalRecipient}");
        }

        Line(output, $"Action: {(notice.Template.Class == NoticeClass.Failure ? "failed" : status.Action)}");
        Line(output, $"Status: {status.Status}");
        if (status.MtaType.Length > 0 && status.MtaName.Length > 0)
        {
            Wrapped(output, $"Remote-MTA: {status.MtaType}; {status.MtaName}");
        }

        Wrapped(output, status.DiagnosticType.Length > 0 && status.DiagnosticText.Length > 0
            ? $"Diagnostic-Code: {status.DiagnosticType}; {status.DiagnosticText}"
            : $"Diagnostic-Code: X-{settings.HeaderMailName}; {status.Reason}");
        if (notice.Template.Class == NoticeClass.Delay && notice.Original is { } original)
        {
            Line(output, $"Will-Retry-Until: {HeaderDate.Format(original.Envelope.ArrivalTime + settings.MaximalQueueLifetime)}");
        }
    }

    // The original is copied record by record; nothing in it is changed.
    private async ValueTask WriteOriginalAsync(CleanupSession session, Notice notice, CancellationToken stop)
    {
        BufferedOutput output = session.Output;
        bool isGlobal = IsUtf8Message(notice);
        string type = (notice.HeadersOnly, isGlobal) switch
        {
            (true, true) => "message/global-headers",
            (true, false) => "text/rfc822-headers",
            (false, true) => "message/global",
            (false, false) => "message/rfc822",
        };
        string description = $"{notice.Template.ContentPrefix}Message{(notice.HeadersOnly ? " Headers" : "")}";
        StartPart(output, notice, description, type, Encoding(notice) == "8bit");
        if (notice.Original is not { } original)
        {
            Line(output, "\t--- Undelivered message unavailable ---");
            return;
        }

        Line(output, $"Return-Path: <{SenderText(original)}>");
        using (ContentReader content = original.Content())
        {
            bool startsLine = true;
            while (TryCopyChunk(content, output, notice.HeadersOnly, ref startsLine))
            {
                await FlushIfFullAsync(session, stop);
            }
        }

        Line(output, "");
        Line(output, $"--{Boundary(notice)}--");
    }

    private static bool TryCopyChunk(ContentReader content, BufferedOutput output, bool headersOnly, ref bool startsLine)
    {
        if (!content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine)
            || (headersOnly && startsLine && !HeaderSyntax.IsContinuation(text) && !HeaderSyntax.TryParseName(text, out _, out _)))
        {
            return false;
        }

        RecordWriter.Write(output, endsLine ? RecordType.Text : RecordType.ContinuedText, text);
        startsLine = endsLine;
        return true;
    }

    // What the message's own file says, whatever the request said.
    private string SenderText(OriginalMessage original) => original.Envelope.Sender.Length > 0
        ? Printable.Neutralize(AddressSyntax.ToExternal(original.Envelope.Sender), settings.SmtpUtf8Enabled)
        : $"MAILER-DAEMON@{settings.MyHostname}";

    private static string AddressType(Notice notice, string address) =>
        IsUtf8Message(notice) && !Ascii.IsAscii(address) && ByteString.TryToUnicode(address, out _) ? "utf-8" : "rfc822";
}

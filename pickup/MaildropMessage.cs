using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Pickup;

/// <summary>
/// One maildrop file on its way to cleanup: records that are allowed in their segment are copied, a Received header is
/// put before the content. A requeued file is a former queue file; a submitted one comes from postdrop.
/// </summary>
internal sealed class MaildropMessage(PickupSettings settings, QueueId id, string path, QueueFileReader file, bool requeued)
{
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromHours(2);
    private static readonly TimeSpan OldAge = TimeSpan.FromDays(1);

    private enum Segment
    {
        Envelope,
        Content,
        Extracted,
        Ended,
    }

    /// <summary>What is wrong with the file, after <see cref="CopyAsync"/> said false.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>What cleanup shall do; a requeued message has been through the Milters already.</summary>
    public CleanupFlags Flags()
    {
        CleanupFlags flags = CleanupFlags.External | CleanupFlags.Bounce;
        if (requeued)
        {
            flags &= ~CleanupFlags.Milter;
            flags |= RequestedBySender();
        }
        else if (settings.DetectUtf8)
        {
            flags |= CleanupFlags.AutoUtf8;
        }

        if (settings.NoFilter)
        {
            flags &= ~CleanupFlags.Filter;
        }

        if (settings.NoMilters)
        {
            flags &= ~CleanupFlags.Milter;
        }

        return settings.NoMapping ? flags & ~(CleanupFlags.Map | CleanupFlags.Bcc) : flags;
    }

    /// <summary>Copies the file up to and with its end record.</summary>
    /// <returns>False when the file is malformed; see <see cref="Problem"/>.</returns>
    /// <exception cref="IOException">The file cannot be read, or cleanup is gone.</exception>
    public async ValueTask<bool> CopyAsync(CleanupSession session, CancellationToken stop)
    {
        BufferedOutput output = session.Output;
        if (settings.ContentFilter.Length > 0)
        {
            RecordWriter.Write(output, RecordType.Filter, settings.ContentFilter);
        }

        DateTime arrival = ArrivalTime();
        bool timeSeen = false;
        bool senderSeen = false;
        bool firstText = true;
        Segment segment = Segment.Envelope;
        using RecordFileReader records = file.Records(0, followPointers: requeued);
        while (segment != Segment.Ended)
        {
            if (records.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record)
            {
                return Malformed("file is damaged or cut off");
            }

            switch (segment)
            {
                case Segment.Envelope when type == RecordType.Message:
                    if (!senderSeen)
                    {
                        return Malformed("no sender record");
                    }

                    RecordWriter.Write(output, type);
                    (string first, string second) = GeneratedHeaders.ReceivedFromUser(settings.MyHostname, settings.MailName, file.Status.UserId, session.Id, arrival);
                    RecordWriter.Write(output, RecordType.Text, first);
                    RecordWriter.Write(output, RecordType.Text, second);
                    segment = Segment.Content;
                    break;
                case Segment.Envelope:
                    if (!IsEnvelopeType(type))
                    {
                        return Malformed($"unexpected record type {(int)type} in the envelope");
                    }

                    if (type == RecordType.Sender && !senderSeen)
                    {
                        senderSeen = true;
                        if (!timeSeen)
                        {
                            RecordWriter.Write(output, RecordType.Time, RecordText.Time(arrival));
                        }

                        LogSender(session.Id, ByteString.FromBytes(data));
                    }

                    timeSeen |= type == RecordType.Time;
                    if (type is not (RecordType.Filter or RecordType.Redirect))
                    {
                        RecordWriter.Write(output, type, data);
                    }

                    break;
                case Segment.Content when type is RecordType.Text or RecordType.ContinuedText:
                    // Text that looks like a continuation must not become part of our header.
                    if (firstText && HeaderSyntax.IsContinuation(data))
                    {
                        RecordWriter.Write(output, RecordType.Text);
                    }

                    firstText = false;
                    RecordWriter.Write(output, type, data);
                    break;
                case Segment.Content when type == RecordType.Extracted:
                    RecordWriter.Write(output, type);
                    segment = Segment.Extracted;
                    break;
                case Segment.Content:
                    return Malformed($"unexpected record type {(int)type} in the content");
                case Segment.Extracted when type == RecordType.End:
                    RecordWriter.Write(output, type);
                    segment = Segment.Ended;
                    break;
                default:
                    if (!IsExtractedType(type))
                    {
                        return Malformed($"unexpected record type {(int)type} in the extracted segment");
                    }

                    if (IsKeptFromExtracted(type, data))
                    {
                        RecordWriter.Write(output, type, data);
                    }

                    break;
            }

            if (output.IsFull)
            {
                await session.FlushIfFullAsync(stop);
            }
        }

        return true;
    }

    private static bool IsEnvelopeType(RecordType type) => (char)type is 'C' or 'T' or 'c' or 'F' or 'I' or 'L' or 'S' or 'D' or 'R'
        or 'O' or '/' or 'W' or 'V' or 'A' or '>' or 'K' or '<' or 'i' or 'o' or 'n' or 'f';

    private static bool IsExtractedType(RecordType type) => (char)type is 'D' or 'R' or 'O' or '/' or 'P' or 'r' or 'e' or 'A' or 'F'
        or 'I' or 'L' or '>' or 'K' or 'o' or 'n';

    // What cleanup found out about the old content it finds out again.
    private static bool IsKeptFromExtracted(RecordType type, ReadOnlySpan<byte> data)
    {
        if (type is RecordType.Filter or RecordType.Redirect or RecordType.ReturnReceipt or RecordType.ErrorsTo)
        {
            return false;
        }

        return type != RecordType.Attribute || (QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out _) && QueueAttribute.Map(name) != RecordType.Attribute);
    }

    private void LogSender(QueueId newId, string sender)
    {
        if (requeued)
        {
            LogLines.Requeued(newId, file.Status.UserId, sender, id);
        }
        else
        {
            LogLines.Submitted(newId, file.Status.UserId, sender);
        }
    }

    // The file's own time says when the message was submitted, within reason.
    private DateTime ArrivalTime()
    {
        DateTime now = DateTime.UtcNow;
        DateTime time = file.Status.ModifyTime;
        if (time > now + FutureTolerance)
        {
            LogLines.TimeInFuture(path);
            return now;
        }

        if (time < now - OldAge)
        {
            LogLines.TimeInPast(path);
        }

        return time;
    }

    private CleanupFlags RequestedBySender()
    {
        using RecordFileReader records = file.Records();
        if (records.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record || type != RecordType.Size
            || !SizeRecord.TryParse(data, out SizeRecord size))
        {
            return CleanupFlags.None;
        }

        return ((size.SendOptions & SendOptions.SmtpUtf8Requested) != 0 ? CleanupFlags.SmtpUtf8 : CleanupFlags.None)
            | ((size.SendOptions & SendOptions.RequireTls) != 0 ? CleanupFlags.RequireTls : CleanupFlags.None);
    }

    private bool Malformed(string problem)
    {
        Problem = problem;
        return false;
    }
}

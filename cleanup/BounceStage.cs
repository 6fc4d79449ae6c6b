using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Mail;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// Bad mail from a client that cannot return it (pickup): every recipient in the unfinished file gets an entry in the
/// bounce log, then the bounce service notifies the sender.
/// </summary>
internal static class BounceStage
{
    public static async ValueTask<bool> BounceAsync(CleanupContext context, Message message, CancellationToken stop)
    {
        List<DeliveryRecipient> recipients;
        try
        {
            message.File.Flush();
            recipients = Recipients(message.File.File);
        }
        catch (LinuxException error)
        {
            message.WriteFailed(error);
            return false;
        }

        Dsn dsn = Reason(message);
        string id = message.Id.Value;
        foreach (DeliveryRecipient recipient in recipients)
        {
            if (await context.Bounce.AppendAsync(BounceService.Bounce, DeliveryFlags.MarkDone, id, recipient, dsn, stop) != 0)
            {
                return false;
            }

            LogLines.Bounced(message.Id, recipient, DelayText.Format(message.Age, context.Settings.DelayDecimals), dsn);
        }

        bool headersOnly = (message.Status & (CleanupStatus.Content | CleanupStatus.Size)) != 0;
        return await context.Bounce.SendAsync(
            BounceService.Bounce,
            new BounceRequest
            {
                Kind = BounceRequestKind.Flush,
                Flags = DeliveryFlags.MarkDone,
                QueueName = message.File.Queue,
                QueueId = id,
                Encoding = message.Encoding,
                SmtpUtf8 = message.SendOptions,
                Sender = message.Sender ?? "",
                EnvelopeId = message.EnvelopeId,
                Ret = headersOnly ? DsnReturn.Headers : message.Ret,
            },
            stop) == 0;
    }

    private static Dsn Reason(Message message)
    {
        (int _, string status, string text) = CleanupStatusReply.Of(message.Status);
        if (message.Reason.Length > 0 && Mail.EnhancedStatus.TryParsePrefix(message.Reason, out Mail.EnhancedStatus own, out int length))
        {
            return new Dsn(own.ToString(), "failed", message.Reason[length..].TrimStart());
        }

        return new Dsn(status, "failed", message.Reason.Length > 0 ? message.Reason : text);
    }

    // The file may end anywhere: what was written is what is bounced.
    private static List<DeliveryRecipient> Recipients(FileHandle file)
    {
        List<DeliveryRecipient> recipients = [];
        string original = "";
        string dsnOriginal = "";
        DsnNotify notify = DsnNotify.None;
        using RecordFileReader records = new(file);
        while (records.Read(out RecordType type, out ReadOnlySpan<byte> data) == RecordRead.Record)
        {
            if (type == RecordType.Attribute && QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
            {
                switch (QueueAttribute.Map(name))
                {
                    case RecordType.DsnOriginalRecipient:
                        dsnOriginal = ByteString.FromBytes(value);
                        break;
                    case RecordType.DsnNotify when RecordText.TryParseNumber(value, out long mask):
                        notify = (DsnNotify)mask;
                        break;
                }
            }
            else if (type == RecordType.OriginalRecipient)
            {
                original = ByteString.FromBytes(data);
            }
            else if (type == RecordType.Recipient)
            {
                recipients.Add(new DeliveryRecipient(original, ByteString.FromBytes(data), records.RecordOffset, dsnOriginal, notify));
                original = dsnOriginal = "";
                notify = DsnNotify.None;
            }
        }

        return recipients;
    }
}

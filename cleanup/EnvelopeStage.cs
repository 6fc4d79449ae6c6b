using System.Globalization;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// The envelope before the content and the extracted segment behind it: the records that are allowed there, what each
/// sets, and what cleanup adds. Recipients go to <see cref="RecipientStage"/>.
/// </summary>
internal sealed class EnvelopeStage(Message message, RecipientStage recipients)
{
    private bool _timeSeen;
    private bool _warnTimeSeen;
    private bool _recipientsSeen;
    private bool _extractedRecipientsSeen;
    private int _attributes = 1;

    /// <summary>Takes a record of the initial envelope.</summary>
    /// <returns>True when the content follows.</returns>
    public ValueTask<bool> TakeAsync(RecordType type, ReadOnlySpan<byte> data, CancellationToken stop)
    {
        if (!TryMap(ref type, ref data))
        {
            return new ValueTask<bool>(false);
        }

        if (_recipientsSeen && !IsRecipientClass(type) && type != RecordType.Message)
        {
            message.IsMixed = true;
        }

        if (!_recipientsSeen && IsRecipientClass(type) && type != RecordType.Killed)
        {
            BeginRecipients();
        }

        switch (type)
        {
            case RecordType.Sender:
                return SenderAsync(ByteString.FromBytes(data), stop);
            case RecordType.Recipient:
                return RecipientAsync(ByteString.FromBytes(data), stop);
            case RecordType.Message:
                if (!_recipientsSeen)
                {
                    BeginRecipients();
                }

                recipients.ForgetPending();
                if (message.Milters is { } milters && message.Recipients > 0)
                {
                    milters.Slots.Recipients = milters.Slots.Write();
                }

                message.Write(RecordType.Message);
                message.DataOffset = message.File.Position;
                return new ValueTask<bool>(true);
            case RecordType.Time:
                Time(data);
                break;
            case RecordType.FullName:
                if (message.FullName.Length == 0)
                {
                    message.FullName = ByteString.FromBytes(data);
                    message.Write(type, data);
                }

                break;
            case RecordType.WarnTime:
                if (!_warnTimeSeen)
                {
                    _warnTimeSeen = true;
                    message.Write(type, data);
                }

                break;
            case RecordType.Verp:
                Verp(data);
                break;
            case RecordType.Size or RecordType.DelayAction:
                break;
            default:
                TakeEither(type, data, isExtracted: false);
                break;
        }

        return new ValueTask<bool>(false);
    }

    /// <summary>Takes a record of the extracted segment.</summary>
    /// <returns>True when the message has ended.</returns>
    public ValueTask<bool> TakeExtractedAsync(RecordType type, ReadOnlySpan<byte> data, CancellationToken stop)
    {
        if (!TryMap(ref type, ref data))
        {
            return new ValueTask<bool>(false);
        }

        if (!_extractedRecipientsSeen && (IsRecipientClass(type) || type == RecordType.End) && type != RecordType.Killed)
        {
            _extractedRecipientsSeen = true;
            WriteFindings();
        }
        else if (_extractedRecipientsSeen && !IsRecipientClass(type) && type != RecordType.End)
        {
            message.IsMixed = true;
        }

        switch (type)
        {
            case RecordType.Recipient:
                return RecipientAsync(ByteString.FromBytes(data), stop);
            case RecordType.End:
                return EndAsync(stop);
            case RecordType.ReturnReceipt or RecordType.ErrorsTo or RecordType.Priority:
                break;
            default:
                TakeEither(type, data, isExtracted: true);
                break;
        }

        return new ValueTask<bool>(false);
    }

    private static bool IsRecipientClass(RecordType type) => type is RecordType.Recipient or RecordType.Done or RecordType.Canceled
        or RecordType.OriginalRecipient or RecordType.DsnOriginalRecipient or RecordType.DsnNotify or RecordType.Killed;

    // Attributes that stand for a record type become one; false when there is nothing to do.
    private bool TryMap(ref RecordType type, ref ReadOnlySpan<byte> data)
    {
        if (type != RecordType.Attribute)
        {
            return true;
        }

        if (!QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            message.Reject($"malformed attribute: {(data.Contains((byte)'=') ? "missing attribute name" : "missing '=' after attribute name")}: {Shown(data)}");
            return false;
        }

        if (value.IsEmpty)
        {
            LogLines.Warning(message.Id, $"spurious null attribute value for \"{ByteString.FromBytes(name)}\" -- ignored");
            return false;
        }

        RecordType mapped = QueueAttribute.Map(name);
        if (mapped != RecordType.Attribute)
        {
            type = mapped;
            data = value;
        }

        return true;
    }

    private void TakeEither(RecordType type, ReadOnlySpan<byte> data, bool isExtracted)
    {
        switch (type)
        {
            case RecordType.Attribute:
                Attribute(data);
                break;
            case RecordType.OriginalRecipient:
                recipients.SetOriginal(ByteString.FromBytes(data));
                break;
            case RecordType.DsnOriginalRecipient:
                recipients.SetDsnOriginal(ByteString.FromBytes(data));
                break;
            case RecordType.DsnNotify:
                recipients.SetNotify(data);
                break;
            case RecordType.Done or RecordType.Canceled:
                recipients.ForgetPending();
                break;
            case RecordType.DsnEnvelopeId:
                EnvelopeId(data);
                break;
            case RecordType.DsnReturn:
                Return(data);
                break;
            case RecordType.Flags:
                ExtraFlags(data);
                break;
            case RecordType.CreateTime or RecordType.Killed:
                break;
            case RecordType.Filter:
            case RecordType.Inspector:
            case RecordType.Redirect:
                message.Write(type, data);
                break;
            case RecordType.FullName when isExtracted:
                message.Write(type, data);
                break;
            default:
                message.Reject($"unexpected record type {(int)type} in {(isExtracted ? "extracted envelope" : "envelope")}");
                break;
        }
    }

    private static string Shown(ReadOnlySpan<byte> data) => Printable.Neutralize(ByteString.FromBytes(data.Length > 200 ? data[..200] : data));

    // Everything about the message as a whole must be known before the first recipient.
    private void BeginRecipients()
    {
        _recipientsSeen = true;
        if (message.Sender is null)
        {
            message.Reject("missing sender envelope record");
        }
        else if (!_timeSeen)
        {
            message.Reject("missing time envelope record");
        }
        else if (!_warnTimeSeen && message.Settings.DelayWarningTime > TimeSpan.Zero && message.Sender.Length > 0)
        {
            _warnTimeSeen = true;
            Span<byte> text = stackalloc byte[RecordText.Columns];
            long seconds = (message.ArrivalTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
            RecordText.WriteColumns(text, seconds + (long)message.Settings.DelayWarningTime.TotalSeconds);
            message.Write(RecordType.WarnTime, text);
        }
    }

    private void Time(ReadOnlySpan<byte> data)
    {
        if (_timeSeen)
        {
            return;
        }

        if (!RecordText.TryParseTime(data, out DateTime time))
        {
            message.Reject("bad arrival time record");
            return;
        }

        _timeSeen = true;
        message.ArrivalTime = time;
        message.Write(RecordType.Time, data);
        long now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        message.WriteAttribute(QueueAttribute.CreateTime, now.ToString(CultureInfo.InvariantCulture));
    }

    private async ValueTask<bool> SenderAsync(string sender, CancellationToken stop)
    {
        if (message.Sender is not null)
        {
            message.Reject("multiple envelope sender records");
            return false;
        }

        if (!message.MayWrite)
        {
            message.Sender = sender;
            return false;
        }

        sender = await message.Context.Addresses.SenderAsync(message, sender, stop);
        message.Sender = sender;
        if (message.Milters is { } milters)
        {
            milters.Recipients = recipients;
            milters.Slots.WriteSender(sender);
            await milters.SenderAsync(sender, stop);
        }
        else
        {
            message.Write(RecordType.Sender, sender);
        }

        if (message.Settings.SmtpUtf8Enable && !Ascii.IsAscii(sender) && ByteString.TryToUnicode(sender, out _))
        {
            message.SendOptions |= SendOptions.Utf8Sender;
            if ((message.Flags & CleanupFlags.AutoUtf8) != 0)
            {
                message.SendOptions |= SendOptions.SmtpUtf8Requested;
            }
        }

        // As in Postfix, these recipients do not count as the beginning of the list (see IsMixed).
        await recipients.SenderBccAsync(sender, stop);
        return false;
    }

    private async ValueTask<bool> RecipientAsync(string recipient, CancellationToken stop)
    {
        if (message.MayWrite)
        {
            if (message.Milters is { IsEmulated: true } milters)
            {
                await milters.RecipientAsync(recipient, stop);
            }

            await recipients.AddAsync(recipient, stop);
        }

        return false;
    }

    private void Verp(ReadOnlySpan<byte> data)
    {
        if (message.Sender is null or "")
        {
            LogLines.Warning(message.Id, "ignoring VERP request for null sender");
        }
        else if (data.Length != 2 || !message.Settings.VerpDelimiterFilter.Contains((char)data[0]) || !message.Settings.VerpDelimiterFilter.Contains((char)data[1]))
        {
            LogLines.Warning(message.Id, $"ignoring bad VERP request: \"{ByteString.FromBytes(data)}\"");
        }
        else
        {
            message.Write(RecordType.Verp, data);
        }
    }

    private void ExtraFlags(ReadOnlySpan<byte> data)
    {
        if (!RecordText.TryParseNumber(data, out long flags) || (flags & ~(long)CleanupFlags.Extra) != 0)
        {
            LogLines.Warning(message.Id, $"ignoring bad extra flags: 0x{flags:x}");
            return;
        }

        message.AddFlags((CleanupFlags)flags);
    }

    private void EnvelopeId(ReadOnlySpan<byte> value)
    {
        foreach (byte b in value)
        {
            if (!Ascii.IsPrintable(b) && b != '\t')
            {
                message.Reject("bad DSN envelope ID record");
                return;
            }
        }

        message.EnvelopeId = ByteString.FromBytes(value);
        message.WriteAttribute(QueueAttribute.EnvelopeId, message.EnvelopeId);
    }

    private void Return(ReadOnlySpan<byte> value)
    {
        if (!RecordText.TryParseNumber(value, out long ret) || ret is not (1 or 2))
        {
            message.Reject($"bad DSN RET record <ret_flags={Shown(value)}>");
            return;
        }

        message.Ret = (DsnReturn)ret;
        message.WriteAttribute(QueueAttribute.ReturnFlags, ByteString.FromBytes(value));
    }

    private void Attribute(ReadOnlySpan<byte> data)
    {
        QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);

        // The origin, which every message has, is counted from the start.
        if (_attributes >= message.Settings.AttributeCountLimit)
        {
            message.Reject($"attribute count exceeds limit {message.Settings.AttributeCountLimit}");
            return;
        }

        _attributes += name.SequenceEqual(QueueAttribute.LogMessageOrigin) ? 0 : 1;

        if (name.SequenceEqual(QueueAttribute.RewriteContext))
        {
            if (value.SequenceEqual("local"u8))
            {
                message.HeaderContext = RewriteContext.Local;
            }
            else if (value.SequenceEqual("remote"u8))
            {
                message.HeaderContext = message.Settings.RemoteHeaderRewriteDomain.Length > 0 ? RewriteContext.Remote : null;
            }
            else
            {
                message.Reject($"bad rewriting context: {Shown(value)}");
                return;
            }
        }
        else if (name.SequenceEqual(QueueAttribute.TraceFlags))
        {
            if (!RecordText.TryParseNumber(value, out long flags) || flags is < 0 or > int.MaxValue)
            {
                message.Reject($"bad TFLAG record <trace_flags={Shown(value)}>");
                return;
            }

            message.TraceFlags = (DeliveryFlags)flags;
        }
        else if (name.SequenceEqual(QueueAttribute.Encoding))
        {
            message.Encoding = ByteString.FromBytes(value);
        }
        else if (name.SequenceEqual(QueueAttribute.LogMessageOrigin))
        {
            message.Origin = ByteString.FromBytes(value);
        }
        else if (name.SequenceEqual(QueueAttribute.LogProtocolName))
        {
            message.Protocol = ByteString.FromBytes(value);
        }
        else if (name.SequenceEqual(QueueAttribute.LogHeloName))
        {
            message.Helo = ByteString.FromBytes(value);
        }

        message.Milters?.TakeAttribute(name, value);
        message.Write(RecordType.Attribute, data);
    }

    // Results of the content, before the extracted recipients.
    private void WriteFindings()
    {
        if (message.Filter.Length > 0)
        {
            message.Write(RecordType.Filter, message.Filter);
        }

        if (message.Redirect.Length > 0)
        {
            message.Write(RecordType.Redirect, message.Redirect);
        }

        if (message.Encoding.Length > 0)
        {
            message.WriteAttribute(QueueAttribute.Encoding, message.Encoding);
        }

        if (message.Milters is { } milters)
        {
            milters.Slots.Meta = milters.Slots.Write();
        }
    }

    private async ValueTask<bool> EndAsync(CancellationToken stop)
    {
        if (message.MayWrite)
        {
            await recipients.FinishAsync(stop);
        }

        if (message.Milters is { } milters && !milters.Slots.Recipients.Exists)
        {
            milters.Slots.Recipients = milters.Slots.Write();
        }

        message.Write(RecordType.End);
        return true;
    }
}

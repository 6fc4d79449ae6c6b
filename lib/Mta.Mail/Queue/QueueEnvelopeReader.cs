using System.Buffers.Text;
using Mta.Linux;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// Reads the envelope of a queue file, recipients in batches: the first batch with everything else the file says, later
/// ones from where the last ended. A later batch may be read through another descriptor of the same file.
/// </summary>
public sealed class QueueEnvelopeReader
{
    private bool _timeSeen;
    private bool _createTimeSeen;
    private bool _senderSeen;
    private bool _sizeSeen;
    private bool _logClientSeen;
    private long _unreadOffset;
    private int _recipientsRead;

    // No file has more of them than bytes for the shortest records: pointers in a circle would give them for ever.
    private long _mostRecipients;

    // Of the recipient to come.
    private string _original = "";
    private string _dsnOriginal = "";
    private int _notify;

    public QueueEnvelope Envelope { get; } = new();

    /// <summary>Whether recipients were left for a later batch.</summary>
    public bool HasUnreadRecipients => _unreadOffset != 0;

    /// <summary>Whether a sender was found, be the file corrupt or not.</summary>
    public bool HasSender => _senderSeen;

    /// <summary>What is wrong with the file, after a read said false.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>What was odd and passed over, for the log; the caller clears it.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Reads all records that are no recipients, and the first <paramref name="limit"/> recipients.</summary>
    /// <returns>False when the file is corrupt; see <see cref="Problem"/>.</returns>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public bool ReadFirst(FileHandle file, int limit, List<QueueRecipient> recipients)
    {
        _mostRecipients = Posix.Fstat(file).Size / 2;
        using RecordFileReader records = new(file);
        if (!Read(records, first: true, limit, recipients))
        {
            return false;
        }

        if (!_createTimeSeen)
        {
            Envelope.CreateTime = Envelope.ArrivalTime;
        }

        return _timeSeen switch
        {
            false => Corrupt("message rejected: missing arrival time record"),
            true when !_senderSeen => Corrupt("message rejected: missing sender record"),
            true when !_sizeSeen => Corrupt("message rejected: missing size record"),
            true => true,
        };
    }

    /// <summary>Reads up to <paramref name="limit"/> further recipients.</summary>
    /// <inheritdoc cref="ReadFirst"/>
    public bool ReadMore(FileHandle file, int limit, List<QueueRecipient> recipients)
    {
        long offset = _unreadOffset;
        if (offset == 0)
        {
            return true;
        }

        _unreadOffset = 0;
        using RecordFileReader records = new(file, offset);
        return Read(records, first: false, limit, recipients);
    }

    private bool Read(RecordFileReader records, bool first, int limit, List<QueueRecipient> recipients)
    {
        int taken = 0;
        long extractedOffset = _sizeSeen ? Envelope.Size.DataOffset + Envelope.Size.DataSize : long.MaxValue;
        bool extracted = !first && records.Position >= extractedOffset;
        while (true)
        {
            if (records.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record)
            {
                return Corrupt("envelope is damaged or cut off");
            }

            if (type == RecordType.Attribute && !TryMapAttribute(ref type, ref data))
            {
                return Corrupt("bad attribute record");
            }
            else if (type == RecordType.Attribute)
            {
                if (first)
                {
                    TakeAttribute(records, data);
                }

                continue;
            }

            switch (type)
            {
                case RecordType.End:
                    CompareCount();
                    return extracted || Corrupt("message end record in the envelope");
                case RecordType.Message when !extracted:
                    if (!_sizeSeen || Envelope.Size.DataOffset <= 0)
                    {
                        return Corrupt("missing size record");
                    }

                    if (!EnterExtracted(records))
                    {
                        return Corrupt("extracted segment is not where the size record says");
                    }

                    extracted = true;
                    break;
                case RecordType.Recipient:
                    if (_unreadOffset != 0)
                    {
                        ForgetRecipient();
                        break;
                    }

                    if (_recipientsRead >= _mostRecipients)
                    {
                        return Corrupt("more recipients than the file has room for");
                    }

                    recipients.Add(new QueueRecipient(records.RecordOffset, ByteString.FromBytes(data), _original, _dsnOriginal, _notify));
                    ForgetRecipient();
                    _recipientsRead++;
                    if (++taken >= limit)
                    {
                        _unreadOffset = records.Position;
                        if (!first)
                        {
                            return true;
                        }

                        // Nothing but recipients up to the content: go where the rest is.
                        if (!extracted && (Envelope.Size.Hints & SizeRecord.MixedHint) == 0)
                        {
                            if (!EnterExtracted(records))
                            {
                                return Corrupt("extracted segment is not where the size record says");
                            }

                            extracted = true;
                        }
                    }

                    break;
                case RecordType.Done or RecordType.Canceled:
                    if (_unreadOffset == 0 && type == RecordType.Done)
                    {
                        Envelope.DoneRecipients++;
                    }

                    ForgetRecipient();
                    break;
                case RecordType.OriginalRecipient:
                    Note(_original.Length > 0, "ignoring out-of-order original recipient");
                    _original = ByteString.FromBytes(data);
                    break;
                case RecordType.DsnOriginalRecipient:
                    Note(_dsnOriginal.Length > 0, "ignoring out-of-order DSN original recipient address");
                    _dsnOriginal = ByteString.FromBytes(data);
                    break;
                case RecordType.DsnNotify:
                    Note(_notify != 0, "ignoring out-of-order DSN notify flags");
                    _notify = RecordText.TryParseNumber(data, out long mask) && mask is > 0 and <= 15 ? (int)mask : 0;
                    break;
                default:
                    if (!TakeRecord(records, first, extracted, type, data))
                    {
                        return false;
                    }

                    break;
            }
        }
    }

    private bool TakeRecord(RecordFileReader records, bool first, bool extracted, RecordType type, ReadOnlySpan<byte> data)
    {
        QueueEnvelope envelope = Envelope;
        switch (type)
        {
            case RecordType.Size when !extracted:
                if (!SizeRecord.TryParse(data, out SizeRecord size) || size.DataSize <= 0 || size.DataOffset <= 0
                    || (size.Hints & ~SizeRecord.KnownHints) != 0)
                {
                    return Corrupt("bad size record");
                }

                if (!_sizeSeen)
                {
                    envelope.Size = size with { SendOptions = size.SendOptions & SizeRecord.KnownSendOptions };
                    _sizeSeen = true;
                }

                return true;
            case RecordType.Time when !extracted:
                if (!RecordText.TryParseTime(data, out DateTime time))
                {
                    return Corrupt("bad arrival time record");
                }

                if (!_timeSeen)
                {
                    envelope.ArrivalTime = time;
                    _timeSeen = true;
                }

                return true;
            case RecordType.CreateTime:
                if (!_createTimeSeen && RecordText.TryParseTime(data, out DateTime created))
                {
                    envelope.CreateTime = created;
                    _createTimeSeen = true;
                }

                return true;
            case RecordType.Sender when !extracted:
                if (!_senderSeen)
                {
                    envelope.Sender = ByteString.FromBytes(data);
                    envelope.SenderOffset = records.RecordOffset;
                    _senderSeen = true;
                }

                return true;
            case RecordType.WarnTime when !extracted:
                if (first && RecordText.TryParseNumber(data, out long warn))
                {
                    envelope.WarnTime = warn;
                    envelope.WarnOffset = records.RecordOffset;
                }

                return true;
            case RecordType.FullName:
                envelope.FullName = envelope.FullName.Length > 0 ? envelope.FullName : ByteString.FromBytes(data);
                return true;
            case RecordType.Verp when !extracted:
                envelope.Verp = envelope.Verp.Length > 0 ? envelope.Verp : ByteString.FromBytes(data);
                return true;
            case RecordType.Filter:
                envelope.Filter = ByteString.FromBytes(data);
                return true;
            case RecordType.Inspector:
                envelope.Inspector = ByteString.FromBytes(data);
                return true;
            case RecordType.Redirect:
                envelope.Redirect = ByteString.FromBytes(data);
                return true;
            case RecordType.DsnEnvelopeId:
                envelope.DsnEnvelopeId = ByteString.FromBytes(data);
                return true;
            case RecordType.DsnReturn:
                envelope.DsnReturn = RecordText.TryParseNumber(data, out long ret) && ret is 1 or 2 ? (int)ret : 0;
                return true;
            case RecordType.Killed or RecordType.Flags:
            case RecordType.ReturnReceipt or RecordType.ErrorsTo or RecordType.Priority when extracted:
                return true;
            default:
                return Corrupt($"unexpected record type {(int)type} at offset {records.RecordOffset}");
        }
    }

    private void TakeAttribute(RecordFileReader records, ReadOnlySpan<byte> data)
    {
        if (!QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            return;
        }

        QueueEnvelope envelope = Envelope;
        string text = ByteString.FromBytes(value);
        if (name.SequenceEqual(QueueAttribute.Encoding))
        {
            envelope.Encoding = text;
        }
        else if (name.SequenceEqual(QueueAttribute.RewriteContext))
        {
            envelope.RewriteContext = text;
        }
        else if (name.SequenceEqual(QueueAttribute.LogIdent))
        {
            envelope.LogIdent = text;
        }
        else if (name.SequenceEqual(QueueAttribute.TraceFlags))
        {
            if (Utf8Parser.TryParse(value, out int flags, out int used) && used == value.Length)
            {
                envelope.TraceFlags = flags;
                envelope.TraceOffset = records.RecordOffset;
            }
        }
        else if (name.SequenceEqual(QueueAttribute.MessageId))
        {
            envelope.MessageId = text;
        }
        else if (name.StartsWith("sasl_"u8))
        {
            TakeSasl(name, text);
        }
        else
        {
            TakeClient(name, text);
        }
    }

    private void TakeSasl(ReadOnlySpan<byte> name, string text)
    {
        QueueEnvelope envelope = Envelope;
        if (name.SequenceEqual(QueueAttribute.SaslMethod))
        {
            Note(envelope.SaslMethod.Length > 0, "ignoring multiple SASL method attributes");
            envelope.SaslMethod = envelope.SaslMethod.Length > 0 ? envelope.SaslMethod : text;
        }
        else if (name.SequenceEqual(QueueAttribute.SaslUsername))
        {
            Note(envelope.SaslUsername.Length > 0, "ignoring multiple SASL username attributes");
            envelope.SaslUsername = envelope.SaslUsername.Length > 0 ? envelope.SaslUsername : text;
        }
        else if (name.SequenceEqual(QueueAttribute.SaslSender))
        {
            Note(envelope.SaslSender.Length > 0, "ignoring multiple SASL sender attributes");
            envelope.SaslSender = envelope.SaslSender.Length > 0 ? envelope.SaslSender : text;
        }
    }

    // What is to be logged (XFORWARD) overrides the real client.
    private void TakeClient(ReadOnlySpan<byte> name, string text)
    {
        bool isLog = name.StartsWith("log_"u8) && !name.SequenceEqual(QueueAttribute.LogMessageOrigin);
        if (isLog && !_logClientSeen)
        {
            _logClientSeen = true;
            Envelope.ClientName = Envelope.ClientAddress = Envelope.ClientPort = Envelope.HeloName = Envelope.ProtocolName = "";
        }
        else if (!isLog && _logClientSeen)
        {
            return;
        }

        ReadOnlySpan<byte> field = isLog ? name[4..] : name;
        if (field.SequenceEqual(QueueAttribute.ClientName))
        {
            Envelope.ClientName = text;
        }
        else if (field.SequenceEqual(QueueAttribute.ClientAddress))
        {
            Envelope.ClientAddress = text;
        }
        else if (field.SequenceEqual(QueueAttribute.ClientPort))
        {
            Envelope.ClientPort = text;
        }
        else if (field.SequenceEqual(QueueAttribute.HeloName))
        {
            Envelope.HeloName = text;
        }
        else if (field.SequenceEqual(QueueAttribute.ProtocolName))
        {
            Envelope.ProtocolName = text;
        }
    }

    private bool EnterExtracted(RecordFileReader records)
    {
        records.Seek(Envelope.Size.DataOffset + Envelope.Size.DataSize);
        return records.Read(out RecordType type, out _) == RecordRead.Record && type == RecordType.Extracted;
    }

    // Attributes that stand for a record become one.
    private static bool TryMapAttribute(ref RecordType type, ref ReadOnlySpan<byte> data)
    {
        bool isKnown = QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
        if (isKnown)
        {
            type = QueueAttribute.Map(name);
            data = type == RecordType.Attribute ? data : value;
        }

        return isKnown;
    }

    // A wrong count does no harm; it tells of a program that edits queue files carelessly.
    private void CompareCount()
    {
        int counted = _recipientsRead + Envelope.DoneRecipients;
        Note(_unreadOffset == 0 && counted != Envelope.Size.Recipients, $"rcpt count mismatch ({Envelope.Size.Recipients - counted})");
    }

    private void ForgetRecipient()
    {
        _original = _dsnOriginal = "";
        _notify = 0;
    }

    private void Note(bool condition, string text)
    {
        if (condition)
        {
            Warnings.Add(text);
        }
    }

    private bool Corrupt(string problem)
    {
        Problem = problem;
        return false;
    }
}

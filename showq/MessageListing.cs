using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Showq;

/// <summary>
/// The listing of one message, record by record: what the file says up to the sender, the recipients of the defer log
/// with their reasons, then the file's other undelivered recipients.
/// </summary>
internal sealed class MessageListing
{
    private const int ForcedExpire = 0x08;

    private readonly QueueDirectory _directory;
    private readonly ListingSettings _settings;
    private readonly string _queue;
    private readonly QueueId _id;
    private readonly FileStatus _status;
    private readonly RecordFileReader _records;
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private BounceLogReader? _log;
    private SizeRecord _sizes;
    private bool _hasSizes;
    private long? _arrival;
    private bool _isOpen;

    public MessageListing(QueueDirectory directory, ListingSettings settings, string queue, QueueId id, QueueFileReader file)
    {
        _directory = directory;
        _settings = settings;
        _queue = queue;
        _id = id;
        _status = file.Status;
        _records = file.Records();
    }

    /// <summary>Writes a little more of the listing.</summary>
    /// <returns>False when there is no more.</returns>
    /// <exception cref="LinuxException">The file or its log cannot be read.</exception>
    public bool WriteNext(AttributeWriter writer)
    {
        if (_log is not null)
        {
            WriteLogged(writer);
            return true;
        }

        if (_records.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record)
        {
            return false;
        }

        switch (type)
        {
            case RecordType.Size when !_hasSizes:
                _hasSizes = SizeRecord.TryParse(data, out _sizes);
                break;
            case RecordType.Time when _arrival is null && RecordText.TryParseTime(data, out DateTime arrival):
                _arrival = (arrival - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
                break;
            case RecordType.Sender:
                if (_isOpen)
                {
                    return false;
                }

                Begin(writer, ByteString.FromBytes(data));
                break;
            case RecordType.Recipient:
                WriteRecipient(writer, ByteString.FromBytes(data));
                break;
            case RecordType.Message:
                if (_hasSizes && _sizes.DataOffset > 0 && _sizes.DataSize > 0)
                {
                    _records.Seek(_sizes.DataOffset + _sizes.DataSize);
                }

                break;
            case RecordType.End:
                return false;
        }

        return true;
    }

    /// <summary>Ends what was begun, and closes the files.</summary>
    public void Close(AttributeWriter writer)
    {
        if (_isOpen)
        {
            ShowqProtocol.WriteEnd(writer);
        }

        _log?.Dispose();
        _records.Dispose();
    }

    private void Begin(AttributeWriter writer, string sender)
    {
        _isOpen = true;
        bool isMaildrop = _queue == QueueName.Maildrop;
        long size = _hasSizes && !isMaildrop ? _sizes.DataSize : _status.Size;
        long arrival = _arrival ?? (_status.ModifyTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        ShowqProtocol.WriteMessage(writer, new ShowqMessage(_queue, _id.Value, arrival, size, (_status.Permissions & ForcedExpire) != 0, Shown(sender)));
        BounceLogReader.TryOpen(_directory, _settings.DeferService, _id, out _log);
    }

    private void WriteLogged(AttributeWriter writer)
    {
        BounceLogEntry? entry = _log!.Next(); // asked for only while a log is open
        if (entry is null)
        {
            _log.Dispose();
            _log = null;
            return;
        }

        string recipient = entry.Recipient is "(MAILER-DAEMON)" or "<>" or "" ? _settings.EmptyAddress : entry.Recipient;
        Remember(recipient);
        ShowqProtocol.WriteRecipient(writer, recipient, entry.Status.Reason);
    }

    private void WriteRecipient(AttributeWriter writer, string recipient)
    {
        string shown = Shown(recipient);
        if (_isOpen && !_listed.Contains(shown))
        {
            ShowqProtocol.WriteRecipient(writer, shown, "");
        }
    }

    private void Remember(string recipient)
    {
        if (_settings.DuplicateLimit <= 0 || _listed.Count < _settings.DuplicateLimit)
        {
            _listed.Add(recipient);
        }
    }

    private string Shown(string address) =>
        address.Length == 0 ? _settings.EmptyAddress : Printable.Neutralize(AddressSyntax.ToExternal(address), _settings.AllowUtf8);
}

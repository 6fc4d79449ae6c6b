using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Postdrop;

/// <summary>
/// Copies records from the submitter into the maildrop file. Everything is checked as if from a stranger: which record
/// may stand where, no line break inside a record, attributes by name. After an error the rest of the input is read and
/// dropped, so that the submitter hears the reason instead of a broken pipe.
/// </summary>
internal sealed class MaildropReceiver(QueueFileWriter file, BufferedInput input, LoginSenders loginSenders, uint user)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly RecordReader _records = new(input);
    private bool _hasSender;
    private bool _hasRecipient;

    public CleanupResult Result { get; private set; } = new(CleanupStatus.Ok, "");

    /// <summary>Reads up to the end record.</summary>
    /// <returns>False when the input ended before it: the submitter withdrew the message.</returns>
    /// <exception cref="FatalException">A record that may not stand there, or broken framing.</exception>
    public bool Receive()
    {
        MaildropSegment segment = MaildropSegment.Envelope;
        while (true)
        {
            RecordParse parse = _records.TryRead(out RecordType type, out ReadOnlySpan<byte> data);
            if (parse == RecordParse.NeedMore)
            {
                if (_records.FillAsync().AsTask().GetAwaiter().GetResult())
                {
                    continue;
                }

                if (!input.Available.IsEmpty)
                {
                    Log.Warn($"stdin: {RecordFormat.DescribeDamage(input.Available)}");
                    throw new FatalException($"uid={user}: malformed input");
                }

                return false;
            }

            if (parse == RecordParse.Malformed)
            {
                Log.Warn($"stdin: {RecordFormat.DescribeDamage(input.Available)}");
                throw new FatalException($"uid={user}: malformed input");
            }

            if (!MaildropSyntax.IsAllowed(segment, type))
            {
                throw new FatalException($"uid={user}: unexpected record type: {(int)type}");
            }

            if (segment != MaildropSegment.Content && data.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') >= 0)
            {
                throw new FatalException($"uid={user}: null or line break in '{MaildropSyntax.NameOf(type)}' record type: {Printable.Neutralize(ByteString.FromBytes(data))}");
            }

            if (Result.Status == CleanupStatus.Ok)
            {
                Take(segment, type, data);
            }

            switch (type)
            {
                case RecordType.Message:
                    segment = MaildropSegment.Content;
                    break;
                case RecordType.Extracted:
                    segment = MaildropSegment.Extracted;
                    break;
                case RecordType.End when segment == MaildropSegment.Extracted:
                    if (Result.Status == CleanupStatus.Ok && !(_hasSender && _hasRecipient))
                    {
                        Result = new CleanupResult(CleanupStatus.Bad, "");
                    }

                    return true;
            }
        }
    }

    /// <summary>The status for a failed write.</summary>
    public static CleanupResult WriteError(LinuxException error, uint user)
    {
        Log.Warn($"uid={user}: {error.Reason}");
        return new CleanupResult(error.Errno == Errno.EFBIG ? CleanupStatus.Size : CleanupStatus.Write, "");
    }

    private void Take(MaildropSegment segment, RecordType type, ReadOnlySpan<byte> data)
    {
        if (segment != MaildropSegment.Content)
        {
            switch (type)
            {
                // What the file's size is, its maker says; nobody else.
                case RecordType.Size:
                    return;
                case RecordType.Attribute when !MaildropSyntax.MayPass(data, user, Log):
                    return;
                case RecordType.Sender:
                    _hasSender = true;
                    Result = loginSenders.Check(ByteString.FromBytes(data), user);
                    if (Result.Status != CleanupStatus.Ok)
                    {
                        return;
                    }

                    break;
                case RecordType.Recipient:
                    _hasRecipient = true;
                    break;
            }
        }

        try
        {
            file.Write(type, data);
        }
        catch (LinuxException error)
        {
            Result = WriteError(error, user);
        }
    }
}

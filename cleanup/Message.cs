using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// One message on its way into a queue file: what its stages share. Used by one session. Writes stop silently once an
/// error has made the file useless, or when the message is to be discarded.
/// </summary>
internal sealed class Message(CleanupContext context, QueueFileWriter file)
{
    private const CleanupStatus AllErrors = (CleanupStatus)0x1FFFF;
    private const CleanupStatus UnbounceableErrors = CleanupStatus.Bad | CleanupStatus.Write | CleanupStatus.Size | CleanupStatus.Defer;

    private CleanupStatus _errorMask = AllErrors;

    public CleanupContext Context { get; } = context;

    public CleanupSettings Settings => Context.Settings;

    public QueueFileWriter File { get; } = file;

    public QueueId Id => File.Id;

    public CleanupFlags Flags { get; private set; }

    public CleanupStatus Status { get; private set; }

    /// <summary>Text for the client in place of the status's own; the first one stays.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Nothing has gone wrong that makes further records pointless.</summary>
    public bool MayWrite => (Status & _errorMask) == 0 && (Flags & CleanupFlags.Discard) == 0;

    public bool MayMap => (Flags & CleanupFlags.Map) != 0;

    /// <summary>Rewritten envelope sender, internal form; null before the sender record.</summary>
    public string? Sender { get; set; }

    /// <summary>The latest recipient, for log lines.</summary>
    public string? Recipient { get; set; }

    public string FullName { get; set; } = "";

    public DateTime ArrivalTime { get; set; }

    /// <summary>Microseconds since its arrival.</summary>
    public long Age => (DateTime.UtcNow - ArrivalTime).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Which origin completes header addresses; null = headers are left alone. Local unless the client says otherwise.</summary>
    public RewriteContext? HeaderContext { get; set; } = RewriteContext.Local;

    /// <summary>From the client, then from the MIME headers, which override it.</summary>
    public string Encoding { get; set; } = "";

    public string EnvelopeId { get; set; } = "";

    public DsnReturn Ret { get; set; }

    public DeliveryFlags TraceFlags { get; set; }

    /// <summary>Name of the client, its protocol and greeting, for log lines.</summary>
    public string Origin { get; set; } = "";

    public string Protocol { get; set; } = "";

    public string Helo { get; set; } = "";

    public int Recipients { get; set; }

    /// <summary>A probe was answered here: that no recipient is left is no error.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>All NOTIFY masks.</summary>
    public int NotifyMasks { get; set; }

    /// <summary>Recipients are mixed with other records.</summary>
    public bool IsMixed { get; set; }

    public int SendOptions { get; set; }

    public long DataOffset { get; set; }

    public long DataSize { get; set; }

    /// <summary>Bytes of content records when a filter has replaced the body; else 0.</summary>
    public long ContentLength { get; set; }

    /// <summary>The filters of this message; null without any.</summary>
    public MilterStage? Milters { get; set; }

    /// <summary>Content filter and redirect that header or body checks asked for.</summary>
    public string Filter { get; set; } = "";

    public string Redirect { get; set; } = "";

    /// <summary>Recipients that header or body checks added.</summary>
    public List<string> CheckBccs { get; } = [];

    /// <summary>A trace log exists that dies with the message.</summary>
    public bool HasTrace { get; set; }

    public void SetFlags(CleanupFlags flags)
    {
        Flags = flags;
        if ((flags & CleanupFlags.Bounce) != 0)
        {
            _errorMask = UnbounceableErrors;
        }

        if ((flags & CleanupFlags.SmtpUtf8) != 0)
        {
            SendOptions |= Mail.Queue.SendOptions.SmtpUtf8Requested;
        }

        if ((flags & CleanupFlags.RequireTls) != 0)
        {
            SendOptions |= Mail.Queue.SendOptions.RequireTls;
        }
    }

    public void AddFlags(CleanupFlags flags) => Flags |= flags;

    public void RemoveFlags(CleanupFlags flags) => Flags &= ~flags;

    public void Fail(CleanupStatus status, string reason = "")
    {
        Status |= status;
        if (Reason.Length == 0)
        {
            Reason = reason;
        }
    }

    /// <summary>A reason in place of the first one.</summary>
    public void FailFor(CleanupStatus status, string reason)
    {
        Status |= status;
        Reason = reason;
    }

    /// <summary>For a discarded message, which is a success.</summary>
    public void ForgetErrors()
    {
        Status = CleanupStatus.Ok;
        Reason = "";
    }

    public void Reject(string why)
    {
        LogLines.Rejected(Id, why);
        Fail(CleanupStatus.Bad);
    }

    public void LookupFailed(string title, string address, string reason = "")
    {
        LogLines.LookupProblem(Id, title, address);
        Fail(CleanupStatus.Write, reason);
    }

    public void LookupFailed(string title)
    {
        LogLines.LookupProblem(Id, title);
        Fail(CleanupStatus.Write);
    }

    /// <summary>Cleanup may return the message to its sender; the other errors go to the client.</summary>
    public bool IsBounceable => (Status & (CleanupStatus.Bad | CleanupStatus.Write | CleanupStatus.Defer | CleanupStatus.NoRecipients)) == 0;

    /// <summary>The size record before anything is known.</summary>
    public void WriteZeroSize() => WriteSize(default);

    /// <summary>The size record when all else is written.</summary>
    public void WriteFinalSize() => WriteSize(new SizeRecord(
        DataSize,
        DataOffset,
        Recipients,
        (IsMixed ? SizeRecord.MixedHint : 0) | (NotifyMasks << 1),
        ContentLength > 0 ? ContentLength : DataSize,
        SendOptions));

    /// <summary>Removes the trace log of a message that will not be delivered.</summary>
    public void RemoveTrace()
    {
        if (HasTrace)
        {
            Context.Queue.TryRemove(QueueName.Trace, Id);
        }
    }

    public void Write(RecordType type, ReadOnlySpan<byte> data)
    {
        if (!MayWrite)
        {
            return;
        }

        try
        {
            File.Write(type, data);
        }
        catch (LinuxException error)
        {
            WriteFailed(error);
        }
    }

    public void Write(RecordType type, string data)
    {
        if (!MayWrite)
        {
            return;
        }

        try
        {
            File.Write(type, data);
        }
        catch (LinuxException error)
        {
            WriteFailed(error);
        }
    }

    public void Write(RecordType type) => Write(type, default(ReadOnlySpan<byte>));

    public void WriteAttribute(ReadOnlySpan<byte> name, string value) => Write(RecordType.Attribute, $"{ByteString.FromBytes(name)}={value}");

    /// <summary>A line of content; longer ones become several records.</summary>
    public void WriteText(RecordType type, ReadOnlySpan<byte> text)
    {
        int limit = Settings.LineLengthLimit;
        while (text.Length > limit)
        {
            Write(RecordType.ContinuedText, text[..limit]);
            text = text[limit..];
        }

        Write(type, text);
    }

    /// <summary>The first line of a header, with room for a pointer where filters may edit.</summary>
    public void WriteHeaderStart(ReadOnlySpan<byte> line)
    {
        WriteText(RecordType.Text, line);
        if (Milters is { Slots.PadsHeaders: true } milters)
        {
            milters.Slots.PadHeader(line.Length);
        }
    }

    public void WriteFailed(LinuxException error)
    {
        if (error.Errno == Errno.EFBIG)
        {
            LogLines.TooLarge(Id);
            Fail(CleanupStatus.Size);
        }
        else
        {
            LogLines.WriteFailed(Id, error.Message);
            Fail(CleanupStatus.Write);
        }
    }

    private void WriteSize(SizeRecord size)
    {
        try
        {
            File.WriteSize(size);
        }
        catch (LinuxException error)
        {
            WriteFailed(error);
        }
    }

    /// <summary>The envelope as log lines show it.</summary>
    public string LogTail()
    {
        System.Text.StringBuilder tail = new();
        if (Sender is not null)
        {
            tail.Append(" from=").Append(Mail.Addresses.AddressSyntax.Bracketed(Sender));
        }

        if (Recipient is not null)
        {
            tail.Append(" to=").Append(Mail.Addresses.AddressSyntax.Bracketed(Recipient));
        }

        if (Protocol.Length > 0)
        {
            tail.Append(" proto=").Append(Protocol);
        }

        if (Helo.Length > 0)
        {
            tail.Append(" helo=<").Append(Helo).Append('>');
        }

        return tail.ToString();
    }
}

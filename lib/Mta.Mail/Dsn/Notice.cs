using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Mail.Dsn;

/// <summary>One notice to be composed: about which message, for whom, with what in it. Addresses in internal form.</summary>
public sealed class Notice
{
    public required NoticeTemplate Template { get; init; }

    /// <summary>The expanded text of the template; empty in copies to the postmaster.</summary>
    public IReadOnlyList<string> Text { get; init; } = [];

    public bool IsPostmasterCopy { get; init; }

    /// <summary>Of the message the notice is about.</summary>
    public required string QueueId { get; init; }

    public string EnvelopeId { get; init; } = "";

    /// <summary><c>7bit</c>, <c>8bit</c> or empty.</summary>
    public string Encoding { get; init; } = "";

    /// <summary>Bit 1: SMTPUTF8 was requested for the message.</summary>
    public int SmtpUtf8 { get; init; }

    /// <summary>Who gets the notice.</summary>
    public required string Recipient { get; init; }

    /// <summary>The message's file; null when it is gone.</summary>
    public OriginalMessage? Original { get; init; }

    public bool HeadersOnly { get; init; }

    /// <summary>The recipients to report, read twice; null when their log is gone.</summary>
    public required IEnumerable<BounceLogEntry>? Entries { get; init; }

    /// <summary>Part of the boundary; the same for a notice and its copy.</summary>
    public required long Seconds { get; init; }

    /// <summary>Value of the References and In-Reply-To headers; empty for none.</summary>
    public string ThreadId { get; init; } = "";
}

/// <summary>The file of the message that a notice is about, open and locked. Owns it.</summary>
public sealed class OriginalMessage : IDisposable
{
    private readonly QueueFileReader _file;

    private OriginalMessage(QueueFileReader file, QueueEnvelope envelope)
    {
        _file = file;
        Envelope = envelope;
    }

    public QueueEnvelope Envelope { get; }

    public long ContentLength => Envelope.Size.ContentLength;

    /// <summary>Opens a message for reporting.</summary>
    /// <param name="lockFile">Take a shared lock without waiting, as for a file in the active queue.</param>
    /// <returns>Null when it is gone, locked by another, or damaged.</returns>
    /// <exception cref="LinuxException">
    /// It cannot be opened or read just now: a notice that leaves the original out would tell its reader nothing.
    /// </exception>
    public static OriginalMessage? TryOpen(QueueDirectory directory, string queue, QueueId id, bool lockFile = true)
    {
        int errno = QueueFileReader.TryOpen(directory, queue, id, out QueueFileReader? file);
        if (errno is not (0 or Errno.ENOENT or Errno.EACCES or Errno.ELOOP))
        {
            throw new LinuxException(errno, "open", directory.PathOf(queue, id));
        }

        if (errno != 0 || file is null)
        {
            return null;
        }

        OriginalMessage? message = null;
        try
        {
            QueueEnvelopeReader reader = new();
            if ((!lockFile || file.TryLock(FileLock.Shared)) && reader.ReadFirst(file.File, 1, []))
            {
                message = new OriginalMessage(file, reader.Envelope);
            }

            return message;
        }
        finally
        {
            if (message is null)
            {
                // Its lock too: nobody could deliver the message while it is held.
                file.Dispose();
            }
        }
    }

    /// <summary>Reads the content. The caller disposes.</summary>
    public ContentReader Content() => _file.Content(Envelope.Size.DataOffset);

    /// <summary>Marks a recipient as finished.</summary>
    /// <returns>False when there is none at that offset.</returns>
    public bool MarkDone(long offset) => _file.MarkDone(offset);

    public void Dispose() => _file.Dispose();
}

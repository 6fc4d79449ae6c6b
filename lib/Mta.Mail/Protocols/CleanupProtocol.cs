using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The cleanup service takes new mail: it announces itself and the queue ID, reads flags, then a stream of records
/// exactly as in a queue file up to <see cref="RecordType.End"/>, and answers with a status and a reason.
/// </summary>
public static class CleanupProtocol
{
    public const string Name = "cleanup_protocol";

    /// <summary>How long the service waits for another message.</summary>
    public static readonly TimeSpan AnotherWait = TimeSpan.FromSeconds(2);

    private const string Another = "another";

    /// <summary>Writes the server's first list; nothing is sent before the output is flushed.</summary>
    public static void WriteGreeting(AttributeWriter writer, QueueId id) =>
        writer.String("protocol"u8, Name).String("queue_id"u8, id.Value).End();

    /// <summary>Reads the server's first list.</summary>
    /// <exception cref="AttributeFormatException">The server closed, or sent something else.</exception>
    public static async ValueTask<QueueId> ReadGreetingAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("connection closed before the protocol announcement");
        }

        string announced = reader.String("protocol"u8);
        if (announced != Name)
        {
            throw new AttributeFormatException($"unexpected protocol {Printable.Neutralize(announced)} (expecting: {Name})");
        }

        string text = reader.String("queue_id"u8);
        reader.End();
        reader.Leave();
        return QueueId.TryParse(text, out QueueId id)
            ? id
            : throw new AttributeFormatException($"bad queue id {Printable.Neutralize(text)}");
    }

    /// <summary>Writes the client's list; the records follow.</summary>
    public static void WriteFlags(AttributeWriter writer, CleanupFlags flags) => writer.Int("flags"u8, (int)flags).End();

    /// <summary>Reads the client's list; afterwards the input stands at the first record.</summary>
    /// <returns>Null when the client closed instead.</returns>
    /// <exception cref="AttributeFormatException">The list is malformed.</exception>
    public static async ValueTask<CleanupFlags?> ReadFlagsAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        CleanupFlags flags = (CleanupFlags)reader.Int("flags"u8);
        reader.End();
        reader.Leave();
        return flags;
    }

    /// <summary>Writes the list with which a client begins another message on a connection whose last one was answered.</summary>
    public static void WriteAnother(AttributeWriter writer) => writer.String("request"u8, Another).End();

    /// <summary>
    /// Waits for another message. Ours alone: a client of Postfix closes after the answer, and so does a service of Postfix.
    /// </summary>
    /// <returns>False when the client closed, or nothing came within the input's timeout.</returns>
    /// <exception cref="AttributeFormatException">The client wants something else.</exception>
    public static async ValueTask<bool> ReadAnotherAsync(AttributeReader reader, CancellationToken stop)
    {
        try
        {
            if (!await reader.ReadListAsync(stop))
            {
                return false;
            }
        }
        catch (TimeoutException)
        {
            return false;
        }

        string request = reader.String("request"u8);
        reader.End();
        reader.Leave();
        return request == Another ? true : throw new AttributeFormatException($"unexpected request {Printable.Neutralize(request)}");
    }

    public static void WriteResult(AttributeWriter writer, CleanupResult result) =>
        writer.Int("status"u8, (int)result.Status).String("reason"u8, result.Reason).End();

    /// <summary>Reads the answer.</summary>
    /// <exception cref="AttributeFormatException">The server closed, or sent something else.</exception>
    public static async ValueTask<CleanupResult> ReadResultAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("connection closed before the status");
        }

        CleanupResult result = new((CleanupStatus)reader.Int("status"u8), reader.String("reason"u8));
        reader.Leave();
        return result;
    }
}

/// <summary>What the client asks of cleanup.</summary>
[Flags]
public enum CleanupFlags
{
    None = 0,

    /// <summary>Cleanup bounces bad mail itself instead of reporting the error.</summary>
    Bounce = 1,

    /// <summary>Header and body checks apply.</summary>
    Filter = 2,
    Hold = 4,

    /// <summary>Report success, store nothing.</summary>
    Discard = 8,

    /// <summary>Automatic BCC is allowed.</summary>
    Bcc = 16,

    /// <summary>Canonical, masquerade and virtual mapping are allowed.</summary>
    Map = 32,
    Milter = 64,

    /// <summary>The reason may be a complete SMTP reply.</summary>
    SmtpReply = 128,

    /// <summary>The sender asked for SMTPUTF8.</summary>
    SmtpUtf8 = 256,

    /// <summary>Find the need for SMTPUTF8 from the content.</summary>
    AutoUtf8 = 512,

    /// <summary>The sender asked for REQUIRETLS.</summary>
    RequireTls = 1024,

    /// <summary>What a flags record may add.</summary>
    Extra = Hold | Discard,

    /// <summary>Mail from outside.</summary>
    External = Filter | Bcc | Map | Milter,
}

/// <summary>What became of a message; several bits may be set, <see cref="CleanupStatusReply"/> picks one.</summary>
[Flags]
public enum CleanupStatus
{
    Ok = 0,
    Bad = 1,
    Write = 2,
    Size = 4,
    Content = 8,
    Hops = 16,
    NoRecipients = 64,
    Proxy = 128,
    Defer = 256,
    NoPermission = 512,

    /// <summary>Between parts of smtpd only.</summary>
    BareNewline = 0x10000,
}

/// <summary>The answer of cleanup.</summary>
/// <param name="Reason">Text in place of the default one, perhaps with its own <c>D.S.N </c>; empty on success.</param>
public readonly record struct CleanupResult(CleanupStatus Status, string Reason);

/// <summary>How a status reads towards an SMTP client.</summary>
public static class CleanupStatusReply
{
    /// <summary>The reply for the most important bit.</summary>
    public static (int Code, string Dsn, string Text) Of(CleanupStatus status) => status switch
    {
        CleanupStatus.Ok => (250, "2.0.0", "success"),
        _ when status.HasFlag(CleanupStatus.Defer) => (451, "4.7.1", "service unavailable"),
        _ when status.HasFlag(CleanupStatus.Proxy) => (451, "4.3.0", "queue file write error"),
        _ when status.HasFlag(CleanupStatus.Bad) => (451, "4.3.0", "internal protocol error"),
        _ when status.HasFlag(CleanupStatus.NoRecipients) => (550, "5.1.0", "no recipients specified"),
        _ when status.HasFlag(CleanupStatus.Hops) => (554, "5.4.0", "too many hops"),
        _ when status.HasFlag(CleanupStatus.Size) => (552, "5.3.4", "message file too big"),
        _ when status.HasFlag(CleanupStatus.Content) => (550, "5.7.1", "message content rejected"),
        _ when status.HasFlag(CleanupStatus.Write) => (451, "4.3.0", "queue file write error"),
        _ when status.HasFlag(CleanupStatus.NoPermission) => (550, "5.7.1", "service denied"),
        _ when status.HasFlag(CleanupStatus.BareNewline) => (521, "5.5.2", "bare newline received"),
        _ => (451, "4.3.0", "internal protocol error"),
    };
}

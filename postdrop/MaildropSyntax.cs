using System.Buffers.Text;
using Mta.Mail.Queue;
using Mta.Text;
using NLog;

namespace Mta.Postdrop;

/// <summary>Parts of a maildrop file, in their order.</summary>
internal enum MaildropSegment
{
    Envelope,
    Content,
    Extracted,
}

/// <summary>Which records a submitter may send, and where.</summary>
internal static class MaildropSyntax
{
    public static bool IsAllowed(MaildropSegment segment, RecordType type) => segment switch
    {
        MaildropSegment.Envelope => type is RecordType.Message or RecordType.Size or RecordType.FullName or RecordType.Sender
            or RecordType.Recipient or RecordType.Verp or RecordType.Attribute or RecordType.DsnEnvelopeId or RecordType.DsnNotify,
        MaildropSegment.Content => type is RecordType.Extracted or RecordType.ContinuedText or RecordType.Text,
        MaildropSegment.Extracted => type is RecordType.End or RecordType.Attribute or RecordType.Recipient,
    };

    /// <summary>Name of a record type as log lines show it.</summary>
    public static string NameOf(RecordType type) => type switch
    {
        RecordType.Message => "message",
        RecordType.Size => "message_size",
        RecordType.FullName => "full_name",
        RecordType.Sender => "sender",
        RecordType.Recipient => "recipient",
        RecordType.Verp => "verp_delimiters",
        RecordType.Attribute => "named_attribute",
        RecordType.DsnEnvelopeId => "dsn_envelope_id",
        RecordType.DsnNotify => "dsn_notify_flags",
        RecordType.Extracted => "extracted_info",
        RecordType.End => "message_end",
        _ => "unknown",
    };

    /// <summary>Only attributes that a user may set for his own mail pass; the rest is dropped with a warning.</summary>
    public static bool MayPass(ReadOnlySpan<byte> data, uint user, Logger log)
    {
        if (!QueueAttribute.TryParse(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            log.Warn($"uid={user}: ignoring malformed record: missing '=' after attribute name: {Shown(data)}");
            return false;
        }

        bool passes = QueueAttribute.Map(name) != RecordType.Attribute
            || (name.SequenceEqual(QueueAttribute.Encoding) && (value.IsEmpty || value.SequenceEqual("7bit"u8) || value.SequenceEqual("8bit"u8)))
            || (name.SequenceEqual(QueueAttribute.RewriteContext) && (value.SequenceEqual("local"u8) || value.SequenceEqual("remote"u8)));
        if (passes)
        {
            return true;
        }

        if (!name.SequenceEqual(QueueAttribute.TraceFlags))
        {
            log.Warn($"uid={user}: ignoring attribute record: {Shown(data)}");
            return false;
        }

        // Requests for a report (sendmail -v and -bv); the other bits are the mail system's own.
        if (Utf8Parser.TryParse(value, out int flags, out int used) && used == value.Length && flags is 512 or 1024)
        {
            return true;
        }

        log.Warn($"uid={user}: ignoring unexpected trace flags: {Shown(value)}");
        return false;
    }

    private static string Shown(ReadOnlySpan<byte> data) => Printable.Neutralize(ByteString.FromBytes(data.Length > 200 ? data[..200] : data));
}

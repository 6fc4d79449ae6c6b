using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>Attribute records: their names, their syntax, and the pseudo record types that some of them map to.</summary>
public static class QueueAttribute
{
    public static ReadOnlySpan<byte> CreateTime => "create_time"u8;

    public static ReadOnlySpan<byte> RewriteContext => "rewrite_context"u8;

    public static ReadOnlySpan<byte> LogClientName => "log_client_name"u8;

    public static ReadOnlySpan<byte> LogClientAddress => "log_client_address"u8;

    public static ReadOnlySpan<byte> LogClientPort => "log_client_port"u8;

    public static ReadOnlySpan<byte> LogHeloName => "log_helo_name"u8;

    public static ReadOnlySpan<byte> LogProtocolName => "log_protocol_name"u8;

    public static ReadOnlySpan<byte> LogMessageOrigin => "log_message_origin"u8;

    public static ReadOnlySpan<byte> LogIdent => "log_ident"u8;

    public static ReadOnlySpan<byte> ClientName => "client_name"u8;

    public static ReadOnlySpan<byte> ReverseClientName => "reverse_client_name"u8;

    public static ReadOnlySpan<byte> ClientAddress => "client_address"u8;

    public static ReadOnlySpan<byte> ClientPort => "client_port"u8;

    public static ReadOnlySpan<byte> ClientAddressType => "client_address_type"u8;

    public static ReadOnlySpan<byte> HeloName => "helo_name"u8;

    public static ReadOnlySpan<byte> ProtocolName => "protocol_name"u8;

    public static ReadOnlySpan<byte> ServerAddress => "server_address"u8;

    public static ReadOnlySpan<byte> ServerPort => "server_port"u8;

    public static ReadOnlySpan<byte> SaslMethod => "sasl_method"u8;

    public static ReadOnlySpan<byte> SaslUsername => "sasl_username"u8;

    public static ReadOnlySpan<byte> SaslSender => "sasl_sender"u8;

    public static ReadOnlySpan<byte> EnvelopeId => "envelope_id"u8;

    public static ReadOnlySpan<byte> ReturnFlags => "ret_flags"u8;

    public static ReadOnlySpan<byte> NotifyFlags => "notify_flags"u8;

    public static ReadOnlySpan<byte> DsnOriginalRecipient => "dsn_orig_rcpt"u8;

    public static ReadOnlySpan<byte> Encoding => "encoding"u8;

    public static ReadOnlySpan<byte> TraceFlags => "trace_flags"u8;

    public static ReadOnlySpan<byte> MessageId => "message_id"u8;

    /// <summary>Splits <c>name=value</c>; blanks around both are trimmed. The value may be empty.</summary>
    public static bool TryParse(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int equals = data.IndexOf((byte)'=');
        if (equals < 0)
        {
            name = value = default;
            return false;
        }

        name = Trim(data[..equals]);
        value = Trim(data[(equals + 1)..]);
        return !name.IsEmpty;
    }

    /// <summary>The pseudo type an attribute stands for; <see cref="RecordType.Attribute"/> for all others.</summary>
    public static RecordType Map(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(NotifyFlags))
        {
            return RecordType.DsnNotify;
        }

        if (name.SequenceEqual(DsnOriginalRecipient))
        {
            return RecordType.DsnOriginalRecipient;
        }

        if (name.SequenceEqual(CreateTime))
        {
            return RecordType.CreateTime;
        }

        if (name.SequenceEqual(EnvelopeId))
        {
            return RecordType.DsnEnvelopeId;
        }

        return name.SequenceEqual(ReturnFlags) ? RecordType.DsnReturn : RecordType.Attribute;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && Ascii.IsSpace(text[0]))
        {
            text = text[1..];
        }

        while (!text.IsEmpty && Ascii.IsSpace(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }
}

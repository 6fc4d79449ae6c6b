using System.Buffers.Binary;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// Delivery requests: the queue manager asks a delivery agent (<c>private/TRANSPORT</c>) to deliver one message to
/// some recipients. The agent announces, reads a request, and answers with a final list; then the queue manager
/// closes or, when it knows that the agent allows it, sends the next request on the same stream.
/// </summary>
public static class DeliveryProtocol
{
    public const string Name = "delivery_request_protocol";

    /// <summary>Most recipients accepted in one request.</summary>
    public const int MaxRecipients = 1_000_000;

    /// <summary>Writes a request with its recipients; nothing is sent before the output is flushed.</summary>
    public static void WriteRequest(AttributeWriter writer, DeliveryRequest request)
    {
        Span<byte> times = stackalloc byte[MessageTimes.Size];
        request.Times.Encode(times);
        writer.Int("flags"u8, (int)request.Flags)
            .String("queue_name"u8, request.QueueName)
            .String("queue_id"u8, request.QueueId)
            .Long("offset"u8, request.ContentOffset)
            .Long("size"u8, request.ContentLength)
            .String("nexthop"u8, request.NextHop)
            .String("encoding"u8, request.Encoding)
            .Int("smtputf8"u8, request.SmtpUtf8)
            .String("sender"u8, request.Sender)
            .String("envelope_id"u8, request.EnvelopeId)
            .Int("ret_flags"u8, (int)request.Ret)
            .Data("time"u8, times)
            .String("log_client_name"u8, request.ClientName)
            .String("log_client_address"u8, request.ClientAddress)
            .String("log_client_port"u8, request.ClientPort)
            .String("log_protocol_name"u8, request.ClientProtocol)
            .String("log_helo_name"u8, request.ClientHelo)
            .String("sasl_method"u8, request.SaslMethod)
            .String("sasl_username"u8, request.SaslUsername)
            .String("sasl_sender"u8, request.SaslSender)
            .String("log_ident"u8, request.LogIdent)
            .String("rewrite_context"u8, request.RewriteContext)
            .Int("recipient_count"u8, request.Recipients.Count)
            .End();
        foreach (DeliveryRecipient recipient in request.Recipients)
        {
            recipient.Write(writer);
            writer.End();
        }
    }

    /// <summary>Reads a request with its recipients.</summary>
    /// <returns>Null when the queue manager closed instead: an orderly end.</returns>
    /// <exception cref="AttributeFormatException">The request is malformed or cut off.</exception>
    public static async ValueTask<DeliveryRequest?> ReadRequestAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        DeliveryRequest request = ReadEnvelope(reader, out int count);
        request.Recipients.Capacity = Math.Min(count, 1000);
        for (int i = 0; i < count; i++)
        {
            if (!await reader.ReadListAsync(stop))
            {
                throw new AttributeFormatException("premature end of file in a recipient list");
            }

            request.Recipients.Add(DeliveryRecipient.Read(reader));
            reader.End();
        }

        return request;
    }

    /// <summary>Writes the final list.</summary>
    /// <param name="writer">Where to; nothing is sent before its output is flushed.</param>
    /// <param name="hop">Why the destination as a whole is unreachable; <see cref="Dsn.Empty"/> normally.</param>
    /// <param name="status">0: every recipient is finished. Else (-1) at least one must be tried again.</param>
    public static void WriteFinal(AttributeWriter writer, Dsn hop, int status)
    {
        hop.Write(writer);
        writer.Int("status"u8, status).End();
    }

    /// <summary>Reads the final list.</summary>
    /// <returns>Null when the agent closed without one.</returns>
    /// <exception cref="AttributeFormatException">The list is malformed or cut off.</exception>
    public static async ValueTask<DeliveryResult?> ReadFinalAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        Dsn hop = Dsn.Read(reader);
        DeliveryResult result = new(hop, reader.Int("status"u8));
        reader.End();
        return result;
    }

    private static DeliveryRequest ReadEnvelope(AttributeReader reader, out int count)
    {
        DeliveryRequest request = new()
        {
            Flags = (DeliveryFlags)reader.Int("flags"u8),
            QueueName = reader.String("queue_name"u8),
            QueueId = reader.String("queue_id"u8),
            ContentOffset = reader.Long("offset"u8),
            ContentLength = reader.Long("size"u8),
            NextHop = reader.String("nexthop"u8),
            Encoding = reader.String("encoding"u8),

            // Postfix 3.10 and later say sendopts; the bits are the same.
            SmtpUtf8 = reader.Int(reader.PeekName.SequenceEqual("sendopts"u8) ? "sendopts"u8 : "smtputf8"u8),
            Sender = reader.String("sender"u8),
            EnvelopeId = reader.String("envelope_id"u8),
            Ret = (DsnReturn)reader.Int("ret_flags"u8),
            Times = MessageTimes.Decode(reader.Data("time"u8)),
            ClientName = reader.String("log_client_name"u8),
            ClientAddress = reader.String("log_client_address"u8),
            ClientPort = reader.String("log_client_port"u8),
            ClientProtocol = reader.String("log_protocol_name"u8),
            ClientHelo = reader.String("log_helo_name"u8),
            SaslMethod = reader.String("sasl_method"u8),
            SaslUsername = reader.String("sasl_username"u8),
            SaslSender = reader.String("sasl_sender"u8),
            LogIdent = reader.String("log_ident"u8),
            RewriteContext = reader.String("rewrite_context"u8),
        };
        count = reader.Int("recipient_count"u8);
        reader.End();
        if (count is < 0 or > MaxRecipients || request.ContentOffset < 0 || request.ContentLength < 0)
        {
            throw new AttributeFormatException("a number in the delivery request is out of range");
        }

        return request;
    }
}

/// <summary>One message for some recipients, as the queue manager hands it to an agent. All text is byte strings.</summary>
public sealed class DeliveryRequest
{
    public DeliveryFlags Flags { get; set; }

    public string QueueName { get; set; } = "active";

    public string QueueId { get; set; } = "";

    /// <summary>Offset in the queue file of the first content record.</summary>
    public long ContentOffset { get; set; }

    /// <summary>Length of the content segment in bytes, record headers included.</summary>
    public long ContentLength { get; set; }

    public string NextHop { get; set; } = "";

    /// <summary><c>7bit</c>, <c>8bit</c> or empty.</summary>
    public string Encoding { get; set; } = "";

    /// <summary>1 requested, 2 a header is UTF-8, 4 the sender is, 8 a recipient is.</summary>
    public int SmtpUtf8 { get; set; }

    /// <summary>Reverse-path in internal form; empty for the null sender.</summary>
    public string Sender { get; set; } = "";

    public string EnvelopeId { get; set; } = "";

    public DsnReturn Ret { get; set; }

    public MessageTimes Times { get; set; }

    public string ClientName { get; set; } = "";

    public string ClientAddress { get; set; } = "";

    public string ClientPort { get; set; } = "";

    public string ClientProtocol { get; set; } = "";

    public string ClientHelo { get; set; } = "";

    public string SaslMethod { get; set; } = "";

    public string SaslUsername { get; set; } = "";

    public string SaslSender { get; set; } = "";

    /// <summary>Queue ID at the first hop of a content filter chain.</summary>
    public string LogIdent { get; set; } = "";

    /// <summary><c>local</c> or <c>remote</c>.</summary>
    public string RewriteContext { get; set; } = "local";

    public List<DeliveryRecipient> Recipients { get; init; } = [];
}

/// <summary>A recipient in a delivery request or in a bounce call; addresses in internal form.</summary>
/// <param name="OriginalRecipient">Before aliasing; may be empty.</param>
/// <param name="Address">The forward-path now.</param>
/// <param name="Offset">Offset in the queue file of the recipient's record; -1 when the caller marks it.</param>
/// <param name="DsnOriginalRecipient">ORCPT as <c>type;address</c>, or empty.</param>
public sealed record DeliveryRecipient(string OriginalRecipient, string Address, long Offset, string DsnOriginalRecipient = "", DsnNotify Notify = DsnNotify.None)
{
    /// <summary>Writes the five fields, without ending the list.</summary>
    public void Write(AttributeWriter writer) => writer
        .String("original_recipient"u8, OriginalRecipient)
        .String("recipient"u8, Address)
        .Long("offset"u8, Offset)
        .String("dsn_orig_rcpt"u8, DsnOriginalRecipient)
        .Int("notify_flags"u8, (int)Notify);

    /// <summary>Reads the five fields.</summary>
    /// <exception cref="AttributeFormatException">They are not there.</exception>
    public static DeliveryRecipient Read(AttributeReader reader)
    {
        string original = reader.String("original_recipient"u8);
        string address = reader.String("recipient"u8);
        long offset = reader.Long("offset"u8);
        string dsnOriginal = reader.String("dsn_orig_rcpt"u8);
        return new DeliveryRecipient(original, address, offset, dsnOriginal, (DsnNotify)reader.Int("notify_flags"u8));
    }
}

/// <summary>An agent's final list.</summary>
/// <param name="Hop">Of interest only when <paramref name="Status"/> is not 0.</param>
/// <param name="Status">0: every recipient is finished.</param>
public sealed record DeliveryResult(Dsn Hop, int Status);

/// <summary>
/// Moments in a message's life, in microseconds since 1970; 0 is "not set". On the wire 88 bytes: five pairs of
/// 64-bit seconds and microseconds, the reuse count (32 bits), padding; little-endian.
/// </summary>
/// <param name="Incoming">The message arrived.</param>
/// <param name="Active">It entered the active queue.</param>
/// <param name="HandOff">An agent got it.</param>
/// <param name="Connected">The agent's connection was ready; 0 for agents that do not connect.</param>
/// <param name="Done">Delivery ended.</param>
/// <param name="ConnectionUse">How often the connection was used, this time included; logged from 2 on.</param>
public readonly record struct MessageTimes(long Incoming, long Active, long HandOff = 0, long Connected = 0, long Done = 0, int ConnectionUse = 0)
{
    public const int Size = 88;

    private const long Second = 1_000_000;

    /// <summary>The time as the fields hold it.</summary>
    public static long Now(TimeProvider clock) => (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Encode(Span<byte> target)
    {
        target[..Size].Clear();
        EncodeOne(target, Incoming);
        EncodeOne(target[16..], Active);
        EncodeOne(target[32..], HandOff);
        EncodeOne(target[48..], Connected);
        EncodeOne(target[64..], Done);
        BinaryPrimitives.WriteInt32LittleEndian(target[80..], ConnectionUse);
    }

    /// <exception cref="AttributeFormatException">The length is not <see cref="Size"/>.</exception>
    public static MessageTimes Decode(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new MessageTimes(
            DecodeOne(bytes),
            DecodeOne(bytes[16..]),
            DecodeOne(bytes[32..]),
            DecodeOne(bytes[48..]),
            DecodeOne(bytes[64..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[80..]))
        : throw new AttributeFormatException("attribute time has a bad length");

    private static void EncodeOne(Span<byte> target, long time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, time / Second);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], time % Second);
    }

    private static long DecodeOne(ReadOnlySpan<byte> bytes)
    {
        long seconds = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        long micros = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        return seconds is >= 0 and < long.MaxValue / Second && micros is >= 0 and < Second
            ? (seconds * Second) + micros
            : throw new AttributeFormatException("attribute time is out of range");
    }
}

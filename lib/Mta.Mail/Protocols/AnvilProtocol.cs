using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>What a client address did, as told to the anvil service.</summary>
public enum AnvilRequestKind
{
    /// <summary>It connected; the count holds until the disconnect report or the end of the stream.</summary>
    Connect,

    /// <summary>It disconnected.</summary>
    Disconnect,

    /// <summary>It asked for a message delivery (MAIL).</summary>
    Message,

    /// <summary>It named a recipient.</summary>
    Recipient,

    /// <summary>It made a TLS session anew.</summary>
    NewTls,

    /// <summary>How many new TLS sessions were made; counts nothing.</summary>
    NewTlsStatus,

    /// <summary>It sent AUTH.</summary>
    Auth,

    /// <summary>All counters; counts nothing.</summary>
    Lookup,

    /// <summary>A verb that this service does not know.</summary>
    Unknown,
}

/// <summary>A request to the anvil service.</summary>
/// <param name="Identity"><c>service:address</c>.</param>
public readonly record struct AnvilRequest(AnvilRequestKind Kind, string Identity);

/// <summary>Simultaneous connections of a client, and its events per anvil_rate_time_unit.</summary>
public readonly record struct AnvilCounts(int Connections, int ConnectionRate, int MessageRate = 0, int RecipientRate = 0, int NewTlsRate = 0, int AuthRate = 0);

/// <summary>
/// The anvil service counts what clients do, for all processes together. Persistent connections in the plain encoding;
/// a stream is bound to the client that it reported last, and its end counts as that client's disconnect.
/// </summary>
public static class AnvilProtocol
{
    public const string Name = "anvil_protocol";

    /// <summary>The encoding of this service alone.</summary>
    public const AttributeEncoding Encoding = AttributeEncoding.Plain;

    public const int StatusOk = 0;

    public const int StatusFailed = -1;

    private const int MaxIdentity = 1024;

    private static readonly (AnvilRequestKind Kind, string Verb)[] Verbs =
    [
        (AnvilRequestKind.Connect, "connect"),
        (AnvilRequestKind.Disconnect, "disconnect"),
        (AnvilRequestKind.Message, "message"),
        (AnvilRequestKind.Recipient, "recipient"),
        (AnvilRequestKind.NewTls, "newtls"),
        (AnvilRequestKind.NewTlsStatus, "newtls_status"),
        (AnvilRequestKind.Auth, "auth"),
        (AnvilRequestKind.Lookup, "lookup"),
    ];

    /// <summary>Reads a request.</summary>
    /// <returns>Null when the client closed.</returns>
    /// <exception cref="AttributeFormatException">The request is malformed.</exception>
    public static async ValueTask<AnvilRequest?> ReadRequestAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        string verb = reader.String("request"u8);
        string identity = reader.String("ident"u8);
        reader.End();
        foreach ((AnvilRequestKind kind, string name) in Verbs)
        {
            if (name == verb)
            {
                return identity.Length is > 0 and <= MaxIdentity
                    ? new AnvilRequest(kind, identity)
                    : throw new AttributeFormatException("bad client identity");
            }
        }

        return new AnvilRequest(AnvilRequestKind.Unknown, identity);
    }

    public static void WriteRequest(AttributeWriter writer, AnvilRequest request) =>
        writer.String("request"u8, VerbOf(request.Kind)).String("ident"u8, request.Identity).End();

    /// <summary>Writes the reply to a request that succeeded.</summary>
    public static void WriteReply(AttributeWriter writer, AnvilRequestKind kind, AnvilCounts counts)
    {
        writer.Int("status"u8, StatusOk);
        switch (kind)
        {
            case AnvilRequestKind.Connect:
                writer.Int("count"u8, counts.Connections).Int("rate"u8, counts.ConnectionRate);
                break;
            case AnvilRequestKind.Message:
                writer.Int("rate"u8, counts.MessageRate);
                break;
            case AnvilRequestKind.Recipient:
                writer.Int("rate"u8, counts.RecipientRate);
                break;
            case AnvilRequestKind.NewTls or AnvilRequestKind.NewTlsStatus:
                writer.Int("rate"u8, counts.NewTlsRate);
                break;
            case AnvilRequestKind.Auth:
                writer.Int("rate"u8, counts.AuthRate);
                break;
            case AnvilRequestKind.Lookup:
                writer.Int("count"u8, counts.Connections)
                    .Int("rate"u8, counts.ConnectionRate)
                    .Int("mail"u8, counts.MessageRate)
                    .Int("rcpt"u8, counts.RecipientRate)
                    .Int("newtls"u8, counts.NewTlsRate)
                    .Int("auth"u8, counts.AuthRate);
                break;
            case AnvilRequestKind.Disconnect or AnvilRequestKind.Unknown:
                break;
        }

        writer.End();
    }

    public static void WriteFailure(AttributeWriter writer) => writer.Int("status"u8, StatusFailed).End();

    /// <summary>Reads a reply.</summary>
    /// <returns>Null when the service reports a failure.</returns>
    /// <exception cref="AttributeFormatException">The service closed, or sent something else.</exception>
    public static async ValueTask<AnvilCounts?> ReadReplyAsync(AttributeReader reader, AnvilRequestKind kind, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("connection closed before the status");
        }

        if (reader.Int("status"u8) != StatusOk)
        {
            return null;
        }

        AnvilCounts counts = kind switch
        {
            AnvilRequestKind.Connect => new AnvilCounts(reader.Int("count"u8), reader.Int("rate"u8)),
            AnvilRequestKind.Message => new AnvilCounts(0, 0, MessageRate: reader.Int("rate"u8)),
            AnvilRequestKind.Recipient => new AnvilCounts(0, 0, RecipientRate: reader.Int("rate"u8)),
            AnvilRequestKind.NewTls or AnvilRequestKind.NewTlsStatus => new AnvilCounts(0, 0, NewTlsRate: reader.Int("rate"u8)),
            AnvilRequestKind.Auth => new AnvilCounts(0, 0, AuthRate: reader.Int("rate"u8)),
            AnvilRequestKind.Lookup => new AnvilCounts(
                reader.Int("count"u8), reader.Int("rate"u8), reader.Int("mail"u8), reader.Int("rcpt"u8), reader.Int("newtls"u8), reader.Int("auth"u8)),
            AnvilRequestKind.Disconnect or AnvilRequestKind.Unknown => default,
        };
        return counts;
    }

    private static string VerbOf(AnvilRequestKind kind)
    {
        foreach ((AnvilRequestKind known, string name) in Verbs)
        {
            if (known == kind)
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(kind));
    }
}

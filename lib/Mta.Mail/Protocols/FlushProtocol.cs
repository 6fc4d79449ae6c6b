using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>What is asked of the flush service.</summary>
public enum FlushRequestKind
{
    /// <summary>Note that a message waits for a site.</summary>
    Add,

    /// <summary>Deliver all mail noted for a site.</summary>
    SendSite,

    /// <summary>Deliver one message.</summary>
    SendFile,

    /// <summary>Deliver mail of sites that were not asked for in a while; forget empty logs.</summary>
    Refresh,

    /// <summary>Deliver mail of all sites.</summary>
    Purge,

    /// <summary>A verb that this service does not know.</summary>
    Unknown,
}

/// <summary>The flush service's answer.</summary>
public enum FlushStatus
{
    Ok = 0,
    Failed = -1,
    BadRequest = 3,

    /// <summary>The site is not among fast_flush_domains.</summary>
    Denied = 4,
}

/// <summary>A request to the flush service.</summary>
/// <param name="Site">Domain or <c>[address]</c>, for Add and SendSite.</param>
/// <param name="QueueId">As sent, unchecked; for Add and SendFile.</param>
public readonly record struct FlushRequest(FlushRequestKind Kind, string Site = "", string QueueId = "");

/// <summary>The flush service remembers which messages wait for which site. One request per connection.</summary>
public static class FlushProtocol
{
    public const string Name = "queue_flush_protocol";

    /// <summary>What the master sends to wake the service up: not a request, but taken as Refresh.</summary>
    public const int LongestTrigger = 2;

    private static readonly (FlushRequestKind Kind, string Verb)[] Verbs =
    [
        (FlushRequestKind.Add, "add"),
        (FlushRequestKind.SendSite, "send_site"),
        (FlushRequestKind.SendFile, "send_file"),
        (FlushRequestKind.Refresh, "rfrsh"),
        (FlushRequestKind.Purge, "purge"),
    ];

    /// <summary>Reads a request.</summary>
    /// <returns>Null when the client closed.</returns>
    /// <exception cref="AttributeFormatException">The request is malformed.</exception>
    public static async ValueTask<FlushRequest?> ReadRequestAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            return null;
        }

        string verb = reader.String("request"u8);
        FlushRequestKind kind = FlushRequestKind.Unknown;
        foreach ((FlushRequestKind known, string name) in Verbs)
        {
            kind = name == verb ? known : kind;
        }

        FlushRequest request = kind switch
        {
            FlushRequestKind.Add => new FlushRequest(kind, reader.String("site"u8), reader.String("queue_id"u8)),
            FlushRequestKind.SendSite => new FlushRequest(kind, reader.String("site"u8)),
            FlushRequestKind.SendFile => new FlushRequest(kind, "", reader.String("queue_id"u8)),
            FlushRequestKind.Refresh or FlushRequestKind.Purge => new FlushRequest(kind),
            FlushRequestKind.Unknown => new FlushRequest(kind),
        };
        if (kind != FlushRequestKind.Unknown)
        {
            reader.End();
        }

        return request;
    }

    public static void WriteRequest(AttributeWriter writer, FlushRequest request)
    {
        writer.String("request"u8, VerbOf(request.Kind));
        if (request.Kind is FlushRequestKind.Add or FlushRequestKind.SendSite)
        {
            writer.String("site"u8, request.Site);
        }

        if (request.Kind is FlushRequestKind.Add or FlushRequestKind.SendFile)
        {
            writer.String("queue_id"u8, request.QueueId);
        }

        writer.End();
    }

    public static void WriteStatus(AttributeWriter writer, FlushStatus status) => writer.Int("status"u8, (int)status).End();

    /// <exception cref="AttributeFormatException">The service closed, or sent something else.</exception>
    public static async ValueTask<FlushStatus> ReadStatusAsync(AttributeReader reader, CancellationToken stop)
    {
        if (!await reader.ReadListAsync(stop))
        {
            throw new AttributeFormatException("connection closed before the status");
        }

        return (FlushStatus)reader.Int("status"u8);
    }

    private static string VerbOf(FlushRequestKind kind)
    {
        foreach ((FlushRequestKind known, string name) in Verbs)
        {
            if (known == kind)
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(kind));
    }
}

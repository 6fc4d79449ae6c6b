using Mta.Tables;
using Mta.Text;

namespace Mta.Mail.Protocols;

/// <summary>
/// The proxymap and proxywrite services: lookups in tables that another process holds open. Private sockets,
/// persistent connections, print0 lists.
/// </summary>
public static class ProxymapProtocol
{
    /// <summary>What the server announces.</summary>
    public const string Name = "proxymap_protocol";

    /// <summary>Flags that a client may ask for.</summary>
    public const TableFlags RequestMask = TableFlags.WarnDuplicate | TableFlags.IgnoreDuplicate | TableFlags.Lock
        | TableFlags.ReplaceDuplicate | TableFlags.SyncUpdate | TableFlags.NoRegexpSubstitution | TableFlags.NoProxy
        | TableFlags.NoUnauthenticated | TableFlags.FoldFixed | TableFlags.FoldPattern | TableFlags.Utf8Request;

    /// <summary>Flags that a table tells about itself.</summary>
    public const TableFlags ReplyMask = TableFlags.Fixed | TableFlags.Pattern | TableFlags.MultiWriter;

    /// <summary>Takes a request from a list that was read.</summary>
    /// <exception cref="AttributeFormatException">The request is malformed; the connection is of no more use.</exception>
    public static ProxymapRequest TakeRequest(AttributeReader reader)
    {
        string verb = reader.String("request"u8);
        ProxymapVerb kind = verb switch
        {
            "open" => ProxymapVerb.Open,
            "lookup" => ProxymapVerb.Lookup,
            "update" => ProxymapVerb.Update,
            "delete" => ProxymapVerb.Delete,
            "sequence" => ProxymapVerb.Sequence,
            _ => ProxymapVerb.Unknown,
        };
        if (kind == ProxymapVerb.Unknown)
        {
            return new ProxymapRequest(kind, verb, TableFlags.None, "", "", false);
        }

        string table = reader.String("table"u8);
        TableFlags flags = (TableFlags)reader.Int("flags"u8) & RequestMask;
        bool first = kind == ProxymapVerb.Sequence && reader.Int("function"u8) == 0;
        string key = kind is ProxymapVerb.Lookup or ProxymapVerb.Update or ProxymapVerb.Delete ? reader.String("key"u8) : "";
        string value = kind == ProxymapVerb.Update ? reader.String("value"u8) : "";
        reader.End();
        return new ProxymapRequest(kind, table, flags, key, value, first);
    }

    public static void WriteRequest(AttributeWriter writer, ProxymapRequest request)
    {
        writer.String("request"u8, request.Verb switch
        {
            ProxymapVerb.Open => "open",
            ProxymapVerb.Lookup => "lookup",
            ProxymapVerb.Update => "update",
            ProxymapVerb.Delete => "delete",
            ProxymapVerb.Sequence => "sequence",
            ProxymapVerb.Unknown => throw new ArgumentException("no such request", nameof(request)),
        });
        writer.String("table"u8, request.Table).Int("flags"u8, (int)(request.Flags & RequestMask));
        if (request.Verb == ProxymapVerb.Sequence)
        {
            writer.Int("function"u8, request.IsFirst ? 0 : 1);
        }
        else if (request.Verb != ProxymapVerb.Open)
        {
            writer.String("key"u8, request.Key);
        }

        if (request.Verb == ProxymapVerb.Update)
        {
            writer.String("value"u8, request.Value);
        }

        writer.End();
    }

    /// <summary>Writes the answer to a request of this kind.</summary>
    public static void WriteReply(AttributeWriter writer, ProxymapVerb verb, ProxymapReply reply)
    {
        writer.Int("status"u8, (int)reply.Status);
        switch (verb)
        {
            case ProxymapVerb.Open:
                writer.Int("flags"u8, (int)(reply.Flags & ReplyMask));
                break;
            case ProxymapVerb.Lookup:
                writer.String("value"u8, reply.Value);
                break;
            case ProxymapVerb.Sequence:
                writer.String("key"u8, reply.Key).String("value"u8, reply.Value);
                break;
            case ProxymapVerb.Update or ProxymapVerb.Delete or ProxymapVerb.Unknown:
                break;
        }

        writer.End();
    }

    /// <summary>Takes the answer to a request of this kind.</summary>
    /// <exception cref="AttributeFormatException">The answer is malformed.</exception>
    public static ProxymapReply TakeReply(AttributeReader reader, ProxymapVerb verb)
    {
        ProxymapStatus status = (ProxymapStatus)reader.Int("status"u8);
        TableFlags flags = verb == ProxymapVerb.Open ? (TableFlags)reader.Int("flags"u8) & ReplyMask : TableFlags.None;
        string key = verb == ProxymapVerb.Sequence ? reader.String("key"u8) : "";
        string value = verb is ProxymapVerb.Lookup or ProxymapVerb.Sequence ? reader.String("value"u8) : "";
        reader.End();
        return new ProxymapReply(status, flags, key, value);
    }
}

/// <summary>What a client asks of the proxymap service.</summary>
public enum ProxymapVerb
{
    Open,
    Lookup,
    Update,
    Delete,
    Sequence,

    /// <summary>None of the above.</summary>
    Unknown,
}

/// <summary>How the service answers.</summary>
public enum ProxymapStatus
{
    Ok = 0,
    NoKey = 1,

    /// <summary>Try again later.</summary>
    Retry = 2,

    /// <summary>The request is not known, or not possible.</summary>
    Bad = 3,

    /// <summary>The table is not among those that the service may open.</summary>
    Denied = 4,

    /// <summary>The table cannot be opened, or its entry makes no sense.</summary>
    Configuration = 5,
}

/// <summary>One request. For an unknown verb, <paramref name="Table"/> is the verb. <paramref name="IsFirst"/> starts a listing.</summary>
public sealed record ProxymapRequest(ProxymapVerb Verb, string Table, TableFlags Flags, string Key, string Value, bool IsFirst);

/// <summary>One answer; what does not belong to the request's kind is empty.</summary>
public sealed record ProxymapReply(ProxymapStatus Status, TableFlags Flags = TableFlags.None, string Key = "", string Value = "");

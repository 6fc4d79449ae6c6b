using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// The tlsmgr service: keys of session tickets and sessions to resume, shared by the processes that speak TLS. Private
/// socket, persistent connections, print0 lists.
/// </summary>
public static class TlsmgrProtocol
{
    /// <summary>What the server announces.</summary>
    public const string Name = "tlsmgr_protocol";

    /// <summary>Most bytes of one seed.</summary>
    public const int MaxSeed = 255;

    /// <summary>Takes a request from a list that was read.</summary>
    /// <exception cref="AttributeFormatException">The request is malformed; the connection is of no more use.</exception>
    public static TlsmgrRequest TakeRequest(AttributeReader reader)
    {
        string verb = reader.String("request"u8);
        TlsmgrRequest request = verb switch
        {
            "seed" => new(TlsmgrVerb.Seed) { Size = reader.Int("size"u8) },
            "policy" => new(TlsmgrVerb.Policy) { CacheType = reader.String("cache_type"u8) },
            "lookup" => new(TlsmgrVerb.Lookup) { CacheType = reader.String("cache_type"u8), CacheId = reader.String("cache_id"u8) },
            "update" => new(TlsmgrVerb.Update)
            {
                CacheType = reader.String("cache_type"u8),
                CacheId = reader.String("cache_id"u8),
                Data = reader.Data("session"u8),
            },
            "delete" => new(TlsmgrVerb.Delete) { CacheType = reader.String("cache_type"u8), CacheId = reader.String("cache_id"u8) },
            "tktkey" => new(TlsmgrVerb.TicketKey) { Data = reader.Data("keyname"u8) },
            _ => throw new AttributeFormatException($"unrecognized tlsmgr request: {Printable.Neutralize(verb)}"),
        };
        reader.End();
        return request;
    }

    public static void WriteRequest(AttributeWriter writer, TlsmgrRequest request)
    {
        switch (request.Verb)
        {
            case TlsmgrVerb.Seed:
                writer.String("request"u8, "seed").Int("size"u8, request.Size);
                break;
            case TlsmgrVerb.Policy:
                writer.String("request"u8, "policy").String("cache_type"u8, request.CacheType);
                break;
            case TlsmgrVerb.Lookup:
                writer.String("request"u8, "lookup").String("cache_type"u8, request.CacheType).String("cache_id"u8, request.CacheId);
                break;
            case TlsmgrVerb.Update:
                writer.String("request"u8, "update").String("cache_type"u8, request.CacheType).String("cache_id"u8, request.CacheId)
                    .Data("session"u8, request.Data);
                break;
            case TlsmgrVerb.Delete:
                writer.String("request"u8, "delete").String("cache_type"u8, request.CacheType).String("cache_id"u8, request.CacheId);
                break;
            case TlsmgrVerb.TicketKey:
                writer.String("request"u8, "tktkey").Data("keyname"u8, request.Data);
                break;
        }

        writer.End();
    }

    /// <summary>Writes the answer to a request of this kind.</summary>
    public static void WriteReply(AttributeWriter writer, TlsmgrVerb verb, TlsmgrReply reply)
    {
        writer.Int("status"u8, (int)reply.Status);
        switch (verb)
        {
            case TlsmgrVerb.Seed:
                writer.Data("seed"u8, reply.Data);
                break;
            case TlsmgrVerb.Policy:
                writer.Int("cachable"u8, reply.IsCachable ? 1 : 0).Int("timeout"u8, reply.Timeout);
                break;
            case TlsmgrVerb.Lookup:
                writer.Data("session"u8, reply.Data);
                break;
            case TlsmgrVerb.TicketKey:
                writer.Data("keybuf"u8, reply.Data);
                break;
            case TlsmgrVerb.Update or TlsmgrVerb.Delete:
                break;
        }

        writer.End();
    }

    /// <summary>Takes the answer to a request of this kind.</summary>
    /// <exception cref="AttributeFormatException">The answer is malformed.</exception>
    public static TlsmgrReply TakeReply(AttributeReader reader, TlsmgrVerb verb)
    {
        TlsmgrReply reply = new((TlsmgrStatus)reader.Int("status"u8));
        reply = verb switch
        {
            TlsmgrVerb.Seed => reply with { Data = reader.Data("seed"u8) },
            TlsmgrVerb.Policy => reply with { IsCachable = reader.Int("cachable"u8) != 0, Timeout = reader.Int("timeout"u8) },
            TlsmgrVerb.Lookup => reply with { Data = reader.Data("session"u8) },
            TlsmgrVerb.TicketKey => reply with { Data = reader.Data("keybuf"u8) },
            TlsmgrVerb.Update or TlsmgrVerb.Delete => reply,
        };
        reader.End();
        return reply;
    }
}

/// <summary>What a client asks of tlsmgr.</summary>
public enum TlsmgrVerb
{
    Seed,
    Policy,
    Lookup,
    Update,
    Delete,
    TicketKey,
}

/// <summary>How tlsmgr answers.</summary>
public enum TlsmgrStatus
{
    Ok = 0,

    /// <summary>There is no such session, cache or key.</summary>
    Error = -1,

    /// <summary>The service did not answer.</summary>
    Fail = -2,
}

/// <summary>One request; what does not belong to its kind is empty.</summary>
public sealed record TlsmgrRequest(TlsmgrVerb Verb)
{
    /// <summary>Bytes of seed asked for.</summary>
    public int Size { get; init; }

    /// <summary><c>smtpd</c>, <c>smtp</c> or <c>lmtp</c>.</summary>
    public string CacheType { get; init; } = "";

    public string CacheId { get; init; } = "";

    /// <summary>A session, or the name of a ticket key (empty is the current one).</summary>
    public byte[] Data { get; init; } = [];
}

/// <summary>One answer; what does not belong to the request's kind is empty.</summary>
public sealed record TlsmgrReply(TlsmgrStatus Status)
{
    public byte[] Data { get; init; } = [];

    /// <summary>The cache of this type is on.</summary>
    public bool IsCachable { get; init; }

    /// <summary>Seconds that a session may be resumed.</summary>
    public int Timeout { get; init; }
}

/// <summary>
/// Client of tlsmgr. Whoever asks goes on without an answer: a full handshake takes the place of a resumed one.
/// Thread-safe.
/// </summary>
/// <param name="path">The service's socket, below the queue directory.</param>
public sealed class TlsmgrClient(string path) : ITlsSessions
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly ServiceConnectionPool _pool = new(path, TlsmgrProtocol.Name, Timeout, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(1000));

    // A service that is not there is asked again after a while only: every session would wait for it.
    private long _silentUntil;

    /// <summary>A ticket key: by name, or the current one when the name is empty.</summary>
    public ValueTask<TlsmgrReply> TicketKeyAsync(byte[] name, CancellationToken stop) =>
        CallAsync(new TlsmgrRequest(TlsmgrVerb.TicketKey) { Data = name }, stop);

    public async ValueTask<byte[]?> LookupAsync(string cacheType, string id, CancellationToken stop)
    {
        TlsmgrReply reply = await CallAsync(new TlsmgrRequest(TlsmgrVerb.Lookup) { CacheType = cacheType, CacheId = id }, stop);
        return reply.Status == TlsmgrStatus.Ok && reply.Data.Length > 0 ? reply.Data : null;
    }

    public async ValueTask UpdateAsync(string cacheType, string id, byte[] session, CancellationToken stop) =>
        await CallAsync(new TlsmgrRequest(TlsmgrVerb.Update) { CacheType = cacheType, CacheId = id, Data = session }, stop);

    public async ValueTask DeleteAsync(string cacheType, string id, CancellationToken stop) =>
        await CallAsync(new TlsmgrRequest(TlsmgrVerb.Delete) { CacheType = cacheType, CacheId = id }, stop);

    public void Dispose() => _pool.Dispose();

    private async ValueTask<TlsmgrReply> CallAsync(TlsmgrRequest request, CancellationToken stop)
    {
        if (Environment.TickCount64 < Volatile.Read(ref _silentUntil))
        {
            return new TlsmgrReply(TlsmgrStatus.Fail);
        }

        while (true)
        {
            ServiceConnectionPool.Lease lease = default;
            bool isHealthy = false;
            try
            {
                lease = await _pool.RentAsync(stop);
                TlsmgrProtocol.WriteRequest(lease.Connection.Writer, request);
                await lease.Connection.Output.FlushAsync(stop);
                if (!await lease.Connection.Reader.ReadListAsync(stop))
                {
                    throw new AttributeFormatException("premature end of file");
                }

                TlsmgrReply reply = TlsmgrProtocol.TakeReply(lease.Connection.Reader, request.Verb);
                lease.Connection.Reader.Leave();
                isHealthy = true;
                return reply;
            }
            catch (Exception failure) when (failure is IOException or TimeoutException or LinuxException or AttributeFormatException)
            {
                // A connection that had rested may have been closed by a service that retired: once more on a new one.
                if (lease.Connection is not null && lease.IsReused)
                {
                    continue;
                }

                const int pause = 10_000;
                Volatile.Write(ref _silentUntil, Environment.TickCount64 + pause);
                Log.Warn($"problem talking to server {path}: {failure.Message}");
                return new TlsmgrReply(TlsmgrStatus.Fail);
            }
            finally
            {
                if (lease.Connection is not null)
                {
                    _pool.Return(lease, isHealthy);
                }
            }
        }
    }
}

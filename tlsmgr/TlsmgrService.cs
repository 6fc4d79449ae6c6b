using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Tls;

namespace Mta.Tlsmgr;

/// <summary>The ticket keys and the sessions that may be resumed. In memory: a restart costs full handshakes. Thread-safe.</summary>
internal sealed class TlsmgrService
{
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SessionCache> _caches = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly TimeSpan _ticketLife;
    private TicketKey? _current;
    private TicketKey? _previous;

    public TlsmgrService(Configuration configuration, TimeProvider time)
    {
        _time = time;
        _ticketLife = configuration.Get(SmtpdParameters.SmtpdTlsSessionCacheTimeout);
        Add("smtpd", SmtpdParameters.SmtpdTlsSessionCacheDatabase, SmtpdParameters.SmtpdTlsSessionCacheTimeout);
        Add("smtp", SmtpParameters.SmtpTlsSessionCacheDatabase, SmtpParameters.SmtpTlsSessionCacheTimeout);
        Add("lmtp", LmtpParameters.LmtpTlsSessionCacheDatabase, LmtpParameters.LmtpTlsSessionCacheTimeout);

        void Add(string type, StringParameter database, TimeParameter timeout) =>
            _caches[type] = new SessionCache(configuration.Get(database).Length > 0, configuration.Get(timeout), time);
    }

    public TlsmgrReply Answer(TlsmgrRequest request)
    {
        switch (request.Verb)
        {
            case TlsmgrVerb.Seed:
                return request.Size is > 0 and <= TlsmgrProtocol.MaxSeed
                    ? new TlsmgrReply(TlsmgrStatus.Ok) { Data = TlsLibrary.Random(request.Size) }
                    : new TlsmgrReply(TlsmgrStatus.Fail);
            case TlsmgrVerb.TicketKey:
                return FindKey(request.Data);
        }

        if (!_caches.TryGetValue(request.CacheType, out SessionCache? cache))
        {
            return new TlsmgrReply(TlsmgrStatus.Error);
        }

        return request.Verb switch
        {
            TlsmgrVerb.Policy => new TlsmgrReply(TlsmgrStatus.Ok) { IsCachable = cache.IsOn, Timeout = (int)cache.Life.TotalSeconds },
            TlsmgrVerb.Lookup => cache.Find(request.CacheId) is byte[] session
                ? new TlsmgrReply(TlsmgrStatus.Ok) { Data = session }
                : new TlsmgrReply(TlsmgrStatus.Error),
            TlsmgrVerb.Update => Done(cache.Store(request.CacheId, request.Data)),
            TlsmgrVerb.Delete => Done(cache.Remove(request.CacheId)),
            TlsmgrVerb.Seed or TlsmgrVerb.TicketKey => new TlsmgrReply(TlsmgrStatus.Fail),
        };
    }

    private static TlsmgrReply Done(bool done) => new(done ? TlsmgrStatus.Ok : TlsmgrStatus.Error);

    // A key makes tickets for as long as a session lives, and opens them for as long again.
    private TlsmgrReply FindKey(byte[] name)
    {
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        long life = (long)_ticketLife.TotalSeconds;
        lock (_lock)
        {
            TicketKey? key;
            if (name.Length == 0)
            {
                if (life <= 0)
                {
                    return new TlsmgrReply(TlsmgrStatus.Error);
                }

                if (_current is null || _current.IssueUntil < now)
                {
                    _previous = _current;
                    _current = TicketKey.Create(now + life);
                }

                key = _current;
            }
            else
            {
                key = Named(_current) ?? Named(_previous);
            }

            return key is null ? new TlsmgrReply(TlsmgrStatus.Error) : new TlsmgrReply(TlsmgrStatus.Ok) { Data = key.ToBytes() };

            TicketKey? Named(TicketKey? candidate) =>
                candidate is not null && candidate.IssueUntil + life >= now && candidate.Name.AsSpan().SequenceEqual(name) ? candidate : null;
        }
    }
}

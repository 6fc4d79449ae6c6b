using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Protocols;
using Mta.Tls;

namespace Mta.TlsServer;

/// <summary>Keeps the process's ticket keys as tlsmgr has them: all workers make and open the same tickets. Thread-safe.</summary>
internal sealed class TicketSource
{
    private readonly TlsmgrClient _client;
    private long _askedAt;
    private int _asking;

    private TicketSource(TlsmgrClient client) => _client = client;

    public TicketKeys Keys { get; } = new();

    /// <returns>Null where tickets are off.</returns>
    public static TicketSource? Create(Configuration configuration) =>
        configuration.Get(SmtpdParameters.SmtpdTlsSessionCacheTimeout) <= TimeSpan.Zero || configuration.Get(TlsParameters.TlsSessionTicketCipher).Length == 0
            ? null
            : new TicketSource(new TlsmgrClient("private/" + configuration.Get(TlsParameters.TlsmgrServiceName)));

    /// <summary>Asks for the current key when there is none, or when it has had its time.</summary>
    public async ValueTask RefreshAsync(CancellationToken stop)
    {
        const long pause = 1000;
        long now = Environment.TickCount64;
        if ((Keys.Current is { } current && current.IssueUntil >= DateTimeOffset.UtcNow.ToUnixTimeSeconds())
            || (_askedAt != 0 && now - Volatile.Read(ref _askedAt) < pause)
            || Interlocked.Exchange(ref _asking, 1) != 0)
        {
            return;
        }

        try
        {
            Volatile.Write(ref _askedAt, now);
            TlsmgrReply reply = await _client.TicketKeyAsync([], stop);
            if (reply.Status == TlsmgrStatus.Ok && TicketKey.TryParse(reply.Data, out TicketKey? key))
            {
                Keys.SetCurrent(key!); // parsed
            }
            else
            {
                Keys.Clear();
            }
        }
        finally
        {
            Volatile.Write(ref _asking, 0);
        }
    }

    /// <summary>Asks for a key that a ticket named: the next client with such a ticket is known.</summary>
    public async ValueTask FetchMissingAsync(CancellationToken stop)
    {
        if (Keys.TakeMissing() is not { } name)
        {
            return;
        }

        TlsmgrReply reply = await _client.TicketKeyAsync(name, stop);
        if (reply.Status == TlsmgrStatus.Ok && TicketKey.TryParse(reply.Data, out TicketKey? key))
        {
            Keys.AddOlder(key!); // parsed
        }
    }
}

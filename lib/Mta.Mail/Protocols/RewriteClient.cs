using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Mta.Text;
using NLog;

namespace Mta.Mail.Protocols;

/// <summary>
/// Client of the rewrite service, for all sessions of a process. Each call uses a connection of its own from a small
/// pool; a lost connection is opened again once a second until the service answers. Answers are remembered for
/// 30 seconds. Calls may run on any thread.
/// </summary>
public sealed class RewriteClient : IDisposable
{
    private const int CacheSlots = 256;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan CacheLife = TimeSpan.FromSeconds(30);
    private readonly CacheEntry?[] _cache = new CacheEntry?[CacheSlots];
    private readonly ServiceConnectionPool _pool;
    private readonly string _path;

    /// <param name="path">The socket, below the queue directory.</param>
    /// <param name="timeout">Longest wait for an answer (<c>ipc_timeout</c>).</param>
    /// <param name="idle">Age of an unused connection at which it is closed (<c>ipc_idle</c>).</param>
    /// <param name="life">Age at which any connection is closed (<c>ipc_ttl</c>).</param>
    public RewriteClient(string path = "private/" + RewriteProtocol.Service, TimeSpan? timeout = null, TimeSpan? idle = null, TimeSpan? life = null)
    {
        _path = path;
        _pool = new ServiceConnectionPool(path, RewriteProtocol.Name, timeout ?? TimeSpan.FromSeconds(3600), idle ?? TimeSpan.FromSeconds(5), life ?? TimeSpan.FromSeconds(1000));
    }

    /// <summary>As main.cf says.</summary>
    /// <param name="timeout">In place of <c>ipc_timeout</c>.</param>
    public static RewriteClient From(Configuration configuration, TimeSpan? timeout = null) => new(
        "private/" + configuration.Get(GlobalParameters.RewriteServiceName),
        timeout ?? configuration.Get(GlobalParameters.IpcTimeout),
        configuration.Get(GlobalParameters.IpcIdle),
        configuration.Get(GlobalParameters.IpcTtl));

    /// <summary>The pause before a failed call is tried again.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Puts an address in external (RFC 822) form into standard form. The empty address stays empty.</summary>
    public async ValueTask<string> RewriteAsync(RewriteContext context, string address, CancellationToken stop)
    {
        if (address.Length == 0 || RewriteProtocol.IsPlainAddress(address))
        {
            return address;
        }

        RewriteVerb verb = context == RewriteContext.Local ? RewriteVerb.RewriteLocal : RewriteVerb.RewriteRemote;
        RewriteRequest request = new(verb, "", address);
        return TryCached(request, out CacheEntry? known) ? known.Address : (await CallAsync(request, stop)).Address;
    }

    /// <summary>As <see cref="RewriteAsync"/>, for an address in internal form and giving one.</summary>
    public async ValueTask<string> RewriteInternalAsync(RewriteContext context, string address, CancellationToken stop) =>
        AddressSyntax.ToInternal(await RewriteAsync(context, AddressSyntax.ToExternal(address), stop));

    /// <summary>Tells where mail goes.</summary>
    /// <param name="sender">Sender in internal form, empty for the null sender.</param>
    /// <param name="recipient">Recipient in internal form.</param>
    /// <param name="stop">Ends the wait.</param>
    public ValueTask<ResolveReply> ResolveAsync(string sender, string recipient, CancellationToken stop) =>
        ResolveAsync(new RewriteRequest(RewriteVerb.Resolve, sender, recipient), stop);

    /// <summary>As <see cref="ResolveAsync(string, string, CancellationToken)"/>, with the <c>address_verify_*</c> parameters.</summary>
    public ValueTask<ResolveReply> ResolveForVerifyAsync(string sender, string recipient, CancellationToken stop) =>
        ResolveAsync(new RewriteRequest(RewriteVerb.ResolveForVerify, sender, recipient), stop);

    public void Dispose() => _pool.Dispose();

    private static int Slot(RewriteRequest request) => request.GetHashCode() & (CacheSlots - 1);

    private ValueTask<ResolveReply> ResolveAsync(RewriteRequest request, CancellationToken stop)
    {
        return TryCached(request, out CacheEntry? known)
            ? new ValueTask<ResolveReply>(known.Reply!) // a resolve request's entry holds a reply
            : AskAsync(request, stop);

        async ValueTask<ResolveReply> AskAsync(RewriteRequest asked, CancellationToken token) => (await CallAsync(asked, token)).Reply!; // as above
    }

    private bool TryCached(RewriteRequest request, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CacheEntry? entry)
    {
        entry = Volatile.Read(ref _cache[Slot(request)]);
        return entry is not null && entry.Expires > Environment.TickCount64 && entry.Request == request;
    }

    private async ValueTask<CacheEntry> CallAsync(RewriteRequest request, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                CacheEntry entry = await CallOnceAsync(request, stop);
                if (entry.Reply is null || entry.Reply.Transport.Length > 0)
                {
                    if (entry.Reply is not { IsFailed: true })
                    {
                        Volatile.Write(ref _cache[Slot(request)], entry);
                    }

                    return entry;
                }
            }
            catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
            {
                if (attempt > 1)
                {
                    Log.Warn($"problem talking to service {_path}: {error.Message}");
                }
            }

            await Task.Delay(RetryPause, stop);
        }
    }

    private async ValueTask<CacheEntry> CallOnceAsync(RewriteRequest request, CancellationToken stop)
    {
        while (true)
        {
            ServiceConnectionPool.Lease lease = await _pool.RentAsync(stop);
            bool healthy = false;
            try
            {
                AttributeWriter writer = lease.Connection.Writer;
                if (request.Verb is RewriteVerb.Resolve or RewriteVerb.ResolveForVerify)
                {
                    RewriteProtocol.WriteResolveRequest(writer, request.Verb == RewriteVerb.ResolveForVerify, request.Sender, request.Address);
                }
                else
                {
                    RewriteContext context = request.Verb == RewriteVerb.RewriteLocal ? RewriteContext.Local : RewriteContext.Remote;
                    RewriteProtocol.WriteRewriteRequest(writer, context, request.Address);
                }

                await lease.Connection.Output.FlushAsync(stop);
                AttributeReader reader = lease.Connection.Reader;
                if (!await reader.ReadListAsync(stop))
                {
                    throw new IOException("connection closed by the server");
                }

                bool reconnect;
                CacheEntry entry;
                long expires = Environment.TickCount64 + (long)CacheLife.TotalMilliseconds;
                if (request.Verb is RewriteVerb.Resolve or RewriteVerb.ResolveForVerify)
                {
                    entry = new CacheEntry(request, "", RewriteProtocol.TakeResolveReply(reader, out reconnect), expires);
                }
                else
                {
                    entry = new CacheEntry(request, RewriteProtocol.TakeRewriteReply(reader, out reconnect), null, expires);
                }

                reader.Leave();
                healthy = !reconnect;
                return entry;
            }
            catch (IOException) when (lease.IsReused)
            {
                // A server may retire between two requests. Requests have no effects, so one on a connection that
                // was open already is simply sent again on a new one.
            }
            finally
            {
                _pool.Return(lease, healthy);
            }
        }
    }

    private sealed record CacheEntry(RewriteRequest Request, string Address, ResolveReply? Reply, long Expires);
}

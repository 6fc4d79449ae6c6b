using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Mail;

/// <summary>
/// <c>proxy:type:name</c>: a table that the proxymap service holds open, for processes that cannot reach it (another
/// root directory) or should not hold it (one database connection for all). Calls may run on any thread.
/// </summary>
public sealed class ProxyTable : LookupTable
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private const int CommandAttempts = 10;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private readonly Pools _pools;
    private readonly string _service;

    private ProxyTable(TableRegistry registry, string type, string name, TableFlags flags, Pools pools, string service)
        : base(registry, type, name, flags)
    {
        _pools = pools;
        _service = service;
    }

    public override bool HasSequence => true;

    /// <summary>Makes <c>proxy:</c> known to a registry.</summary>
    public static void Register(TableRegistry registry, Configuration configuration)
    {
        Lazy<Pools> readers = new(() => PoolsOf(configuration, configuration.Get(GlobalParameters.ProxymapServiceName)));
        Lazy<Pools> writers = new(() => PoolsOf(configuration, configuration.Get(GlobalParameters.ProxywriteServiceName)));
        registry.Register("proxy", (owner, type, name, flags, access) =>
        {
            if (flags.HasFlag(TableFlags.NoProxy))
            {
                return owner.TryOpen(name, flags, access, out LookupTable? direct, out string error) ? direct : throw new TableException(error);
            }

            bool writes = access != TableAccess.ReadOnly;
            string service = configuration.Get(writes ? GlobalParameters.ProxywriteServiceName : GlobalParameters.ProxymapServiceName);
            ProxyTable table = new(owner, type, name, flags, (writes ? writers : readers).Value, service);
            table.OpenRemote();
            return table;
        });
    }

    public override IEnumerable<KeyValuePair<string, string>> Entries()
    {
        for (bool first = true; ; first = false)
        {
            ProxymapReply reply = Call(new ProxymapRequest(ProxymapVerb.Sequence, Name, RequestFlags, "", "", first));
            switch (reply.Status)
            {
                case ProxymapStatus.Ok:
                    yield return KeyValuePair.Create(reply.Key, reply.Value);
                    break;
                case ProxymapStatus.NoKey:
                    yield break;
                case ProxymapStatus.Retry or ProxymapStatus.Bad or ProxymapStatus.Denied or ProxymapStatus.Configuration:
                    throw new TableException(Describe(reply.Status));
            }
        }
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        ProxymapReply reply = await CallAsync(_pools.Waiting, new ProxymapRequest(ProxymapVerb.Lookup, Name, RequestFlags, key, "", false), stop);
        return reply.Status switch
        {
            ProxymapStatus.Ok => LookupResult.Found(reply.Value),
            ProxymapStatus.NoKey => LookupResult.NotFound,
            ProxymapStatus.Configuration => LookupResult.Failed(Describe(reply.Status), LookupFailure.Configuration),
            _ => LookupResult.Failed(Describe(reply.Status)),
        };
    }

    protected override void Store(string key, string value)
    {
        ProxymapReply reply = Call(new ProxymapRequest(ProxymapVerb.Update, Name, RequestFlags, key, value, false));
        if (reply.Status != ProxymapStatus.Ok)
        {
            throw new TableException(Describe(reply.Status));
        }
    }

    protected override bool Remove(string key)
    {
        ProxymapReply reply = Call(new ProxymapRequest(ProxymapVerb.Delete, Name, RequestFlags, key, "", false));
        return reply.Status switch
        {
            ProxymapStatus.Ok => true,
            ProxymapStatus.NoKey => false,
            _ => throw new TableException(Describe(reply.Status)),
        };
    }

    private static Pools PoolsOf(Configuration configuration, string service)
    {
        // Daemons stand in the queue directory, perhaps as their root; commands do not.
        string relative = $"private/{service}";
        string path = Posix.TryStat(relative, out FileStatus status) == 0 && status.IsSocket
            ? relative
            : $"{configuration.Get(GlobalParameters.QueueDirectory)}/{relative}";
        ServiceConnectionPool Pool(bool blocks) => new(
            path,
            ProxymapProtocol.Name,
            configuration.Get(GlobalParameters.IpcTimeout),
            configuration.Get(GlobalParameters.IpcIdle),
            configuration.Get(GlobalParameters.IpcTtl))
        {
            Blocks = blocks,
        };
        return new Pools(Pool(false), Pool(true), path);
    }

    private void OpenRemote()
    {
        if (IsOutOfReach())
        {
            return;
        }

        ProxymapReply reply = Call(new ProxymapRequest(ProxymapVerb.Open, Name, RequestFlags, "", "", false));
        if (reply.Status != ProxymapStatus.Ok)
        {
            throw new TableException(Describe(reply.Status));
        }

        Flags = (Flags & ~ProxymapProtocol.ReplyMask) | reply.Flags;
    }

    // sendmail -bs runs the server with the rights of its caller, who may not talk to services. Hardly a table is asked
    // there; one that is asked fails.
    private bool IsOutOfReach()
    {
        if (!Registry.Settings.UseSurrogates || Posix.EffectiveUser == 0)
        {
            return false;
        }

        int errno = UnixSocket.TryConnect(_pools.Path, out FileHandle socket);
        socket.Dispose();
        return errno == Errno.EACCES;
    }

    private string Describe(ProxymapStatus status) => status switch
    {
        ProxymapStatus.Denied => $"{_service} service is not configured for table \"{Name}\"",
        ProxymapStatus.Configuration => $"{_service} service: table \"{Name}\" has a configuration problem",
        ProxymapStatus.Bad => $"{_service} open failed for table \"{Name}\": invalid request",
        _ => $"{_service} service: table \"{Name}\" lookup problem",
    };

    // Opening, updating and listing are rare, and happen at start-up or in daemons that own their table. They hold the
    // thread, which may be the one that tells of arriving data: so they wait by themselves.
    private ProxymapReply Call(ProxymapRequest request) =>
        CallAsync(_pools.Blocking, request, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private async ValueTask<ProxymapReply> CallAsync(ServiceConnectionPool pool, ProxymapRequest request, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            bool reused = false;
            try
            {
                ServiceConnectionPool.Lease lease = await pool.RentAsync(stop);
                reused = lease.IsReused;
                bool healthy = false;
                try
                {
                    ProxymapProtocol.WriteRequest(lease.Connection.Writer, request);
                    await lease.Connection.Output.FlushAsync(stop);
                    if (!await lease.Connection.Reader.ReadListAsync(stop))
                    {
                        throw new IOException("connection closed by the server");
                    }

                    ProxymapReply reply = ProxymapProtocol.TakeReply(lease.Connection.Reader, request.Verb);
                    lease.Connection.Reader.Leave();
                    healthy = true;
                    return reply;
                }
                finally
                {
                    pool.Return(lease, healthy);
                }
            }
            catch (LinuxException error) when (error.Errno == Errno.EACCES && Registry.Settings.UseSurrogates)
            {
                // No wait changes that.
                Log.Warn($"problem talking to service {_service}: {error.Message}");
                return new ProxymapReply(ProxymapStatus.Retry);
            }
            catch (Exception error) when (error is IOException or TimeoutException or InvalidDataException)
            {
                // A server may retire between two requests: then the request goes to its successor at once.
                if (reused && request.Verb != ProxymapVerb.Sequence)
                {
                    continue;
                }

                if (attempt > 1)
                {
                    Log.Warn($"problem talking to service {_service}: {error.Message}");
                }

                // A daemon waits for its service; whoever started a command waits for the command.
                if (attempt == CommandAttempts && !Registry.Settings.UseSurrogates)
                {
                    throw new FatalException($"problem talking to service {_service}: {error.Message}", error);
                }
            }

            await Task.Delay(RetryPause, stop);
        }
    }

    private sealed record Pools(ServiceConnectionPool Waiting, ServiceConnectionPool Blocking, string Path);
}

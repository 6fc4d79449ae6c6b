using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>
/// What <c>memcache:</c> and <c>redis:</c> have in common: a cache that other programs fill too, before a
/// <c>backup</c> table that keeps what the cache may forget. Lookups ask the cache first; what the backup has is put
/// into the cache again; updates go to both. A cache that fails is as good as an empty one where there is a backup, and
/// a temporary error where there is none.
/// </summary>
internal abstract class CacheTable : LookupTable
{
    private readonly LookupTable? _backup;
    private readonly QueryTemplate _keyFormat;
    private readonly DomainFilter _domains;
    private readonly int _attempts;
    private readonly TimeSpan _pause;

    protected CacheTable(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access, ClientSettings settings, ServerAddress address, StreamSecurer? secure = null)
        : base(registry, type, name, flags | TableFlags.Fixed)
    {
        Owner = settings.Owner;
        _keyFormat = QueryTemplate.Parse(settings.Text("key_format", "%s"), name, "query");
        _domains = DomainFilter.Open(registry, settings);
        _attempts = settings.Number("max_try", 2, least: 1);
        _pause = TimeSpan.FromSeconds(settings.Number("retry_pause", 1, least: 1));
        LineLimit = settings.Number("line_size_limit", 1024, least: 1);
        DataLimit = settings.Number("data_size_limit", 10_240, least: 1);
        Life = settings.Seconds("ttl", 3600);
        Connections = new ServerConnections(address, TimeSpan.FromSeconds(Math.Max(1, settings.Seconds("timeout", 2))), idle: TimeSpan.FromSeconds(60), life: TimeSpan.FromHours(1), secure);
        string backup = settings.Text("backup");
        if (backup.Length > 0)
        {
            _backup = registry.TryOpen(backup, flags, access, out LookupTable? table, out string error) ? table : throw new TableException(error);
        }
    }

    public override TableOwner Owner { get; }

    public override bool HasSequence => _backup is { HasSequence: true };

    protected ServerConnections Connections { get; }

    /// <summary>Longest line of a reply, in bytes.</summary>
    protected int LineLimit { get; }

    /// <summary>Longest value of a reply, in bytes.</summary>
    protected int DataLimit { get; }

    /// <summary>Life of what is stored, in seconds; 0 is for ever.</summary>
    protected int Life { get; }

    public override IEnumerable<KeyValuePair<string, string>> Entries() =>
        _backup is null ? throw new TableException($"{Reference}: can't do sequence without backup database") : _backup.Entries();

    /// <summary>The server of a table, from its settings.</summary>
    /// <exception cref="TableException">The address makes no sense.</exception>
    protected static ServerAddress ServerOf(ClientSettings settings, string attribute, string otherwise)
    {
        string text = settings.Text(attribute, otherwise);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw new TableException($"need service transport:endpoint instead of \"{text}\"");
        }

        if (text[..colon] is not ("inet" or "unix"))
        {
            throw new TableException($"invalid transport name: {text[..colon]} in service: {text}");
        }

        return ServerAddress.TryParse(text, "", out ServerAddress address) ? address : throw new TableException($"malformed address: {text}");
    }

    /// <summary>False for a key that the protocol cannot carry.</summary>
    protected virtual bool CanAsk(string key) => true;

    /// <returns>The value, or null.</returns>
    protected abstract ValueTask<string?> GetAsync(ServerConnection connection, string key, CancellationToken stop);

    protected abstract ValueTask<bool> SetAsync(ServerConnection connection, string key, string value, CancellationToken stop);

    /// <returns>False when there was none.</returns>
    protected abstract ValueTask<bool> DeleteAsync(ServerConnection connection, string key, CancellationToken stop);

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        bool? admitted = await _domains.AdmitsAsync(key, stop);
        if (admitted is not true)
        {
            return admitted is null ? LookupResult.Failed($"{Reference}: domain list lookup problem") : LookupResult.NotFound;
        }

        bool asks = TryMakeKey(key, out string cacheKey);
        LookupResult failure = LookupResult.NotFound;
        if (asks)
        {
            try
            {
                if (await ExchangeAsync((connection, token) => GetAsync(connection, cacheKey, token), stop) is { } cached)
                {
                    return LookupResult.Found(cached);
                }
            }
            catch (ServerFailureException error)
            {
                failure = LookupResult.Failed(error.Message);
            }
        }

        if (_backup is null)
        {
            return failure;
        }

        LookupResult kept = await _backup.LookupAsync(key, stop);
        if (kept.IsFound && asks && !failure.IsFailed)
        {
            await TryStoreAsync(cacheKey, kept.Value, stop);
        }

        return kept;
    }

    protected override void Store(string key, string value)
    {
        _backup?.Update(key, value);
        if (!TryMakeKey(key, out string cacheKey) || !IsAdmitted(key))
        {
            Registry.Settings.Warning($"{Reference}: update of \"{Printable.Neutralize(key)}\" skipped: the key does not fit");
            return;
        }

        if (!TryStoreAsync(cacheKey, value, CancellationToken.None).AsTask().GetAwaiter().GetResult() && _backup is null)
        {
            throw new TableException($"{Reference}: update of \"{Printable.Neutralize(key)}\" failed");
        }
    }

    protected override bool Remove(string key)
    {
        bool removed = _backup is not null && _backup.Delete(key);
        if (!TryMakeKey(key, out string cacheKey) || !IsAdmitted(key))
        {
            return removed;
        }

        try
        {
            return ExchangeAsync((connection, token) => DeleteAsync(connection, cacheKey, token), CancellationToken.None).AsTask().GetAwaiter().GetResult() || removed;
        }
        catch (ServerFailureException error)
        {
            // What stays in the cache would go on being found.
            throw new TableException($"{Reference}: {error.Message}", error);
        }
    }

    private bool IsAdmitted(string key) => _domains.AdmitsAsync(key, CancellationToken.None).AsTask().GetAwaiter().GetResult() is true;

    private bool TryMakeKey(string key, out string cacheKey) => _keyFormat.TryExpand(key, static text => text, out cacheKey) && CanAsk(cacheKey);

    private async ValueTask<bool> TryStoreAsync(string key, string value, CancellationToken stop)
    {
        try
        {
            return await ExchangeAsync((connection, token) => SetAsync(connection, key, value, token), stop);
        }
        catch (ServerFailureException)
        {
            return false;
        }
    }

    private async ValueTask<T> ExchangeAsync<T>(Func<ServerConnection, CancellationToken, ValueTask<T>> exchange, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await Connections.UseAsync(exchange, fresh: attempt > 1, stop);
            }
            catch (ServerFailureException error)
            {
                if (error.Reused && attempt == 1)
                {
                    continue;
                }

                if (error.Step == FailedStep.Connect)
                {
                    string place = Connections.Address.IsLocal ? Connections.Address.Path : Connections.Address.ToString();
                    Registry.Settings.Warning($"connect to {place}: {error.Message}");
                    throw;
                }

                Registry.Settings.Warning($"{Reference}: {Printable.Neutralize(error.Message)}");
                if (attempt >= _attempts)
                {
                    throw;
                }
            }

            await Task.Delay(_pause, stop);
        }
    }
}

using System.Collections.Concurrent;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Service;

/// <summary>
/// What a daemon learns and keeps: in a table that outlives the process, or in memory when none is named. Swept at
/// start, where the last sweep is long ago, and then by the interval given. Safe for concurrent calls.
/// </summary>
public sealed class ResultCache : IDisposable
{
    // The entry by which Postfix, too, knows when its last sweep ended.
    private const string LastCleanup = "_LAST_CACHE_CLEANUP_COMPLETED_";
    private const int MaxInMemory = 100_000;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private readonly LookupTable? _table;
    private readonly ConcurrentDictionary<string, string> _memory = new(StringComparer.Ordinal);
    private readonly Func<string, string, bool> _isExpired;
    private readonly TimeProvider _time;
    private Timer? _timer;
    private int _sweeping;

    private ResultCache(LookupTable? table, Func<string, string, bool> isExpired, TimeProvider time)
    {
        _table = table;
        _isExpired = isExpired;
        _time = time;
    }

    /// <summary>
    /// Opens the cache; call before privileges are dropped. A file is made with the mail owner's rights: the directory
    /// is not root's.
    /// </summary>
    /// <param name="reference"><c>type:name</c>; empty: memory.</param>
    /// <param name="isExpired">Tells of a key and its value whether a sweep drops them.</param>
    /// <exception cref="FatalException">The table cannot be opened.</exception>
    public static ResultCache Open(ServiceContext context, string reference, Func<string, string, bool> isExpired)
    {
        if (reference.Length == 0)
        {
            return new ResultCache(null, isExpired, context.Time);
        }

        const TableFlags Flags = TableFlags.Lock | TableFlags.ReplaceDuplicate | TableFlags.SyncUpdate | TableFlags.Utf8Request;
        uint user = Posix.EffectiveUser;
        uint group = Posix.EffectiveGroup;
        uint[] groups = user == 0 ? Posix.SupplementaryGroups() : [];
        if (user == 0 && Posix.FindUser(context.Configuration.Get(GlobalParameters.MailOwner)) is { } owner)
        {
            Posix.BecomeEffective(owner.UserId, owner.GroupId, [owner.GroupId]);
        }

        try
        {
            return new ResultCache(context.Tables.Open(reference, Flags, TableAccess.Create), isExpired, context.Time);
        }
        finally
        {
            if (user == 0)
            {
                Posix.BecomeEffective(0, group, groups);
            }
        }
    }

    /// <summary>Starts the sweeps; zero is none.</summary>
    public void SweepEvery(TimeSpan interval)
    {
        if (interval > TimeSpan.Zero)
        {
            _timer = new Timer(_ => Sweep(), null, TimeSpan.Zero, interval);
        }
    }

    /// <summary>The value of a key; null when there is none, or the table cannot tell.</summary>
    public async ValueTask<string?> FindAsync(string key, CancellationToken stop)
    {
        if (_table is null)
        {
            return _memory.GetValueOrDefault(key);
        }

        LookupResult found = await _table.LookupAsync(key, stop);
        return found.IsFound ? found.Value : null;
    }

    /// <summary>Stores a value; a table that cannot be written costs a warning and the entry.</summary>
    public void Set(string key, string value)
    {
        if (_table is null)
        {
            if (_memory.Count >= MaxInMemory)
            {
                Sweep();
                if (_memory.Count >= MaxInMemory)
                {
                    _memory.Clear();
                }
            }

            _memory[key] = value;
            return;
        }

        try
        {
            _table.Update(key, value);
        }
        catch (TableException error)
        {
            Log.Warn(error.Message);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        try
        {
            int retained = 0;
            List<string> expired = [];
            IEnumerable<KeyValuePair<string, string>> entries = _table is null ? _memory : _table.HasSequence ? _table.Entries() : [];
            foreach ((string key, string value) in entries)
            {
                if (key == LastCleanup)
                {
                    continue;
                }

                if (_isExpired(key, value))
                {
                    expired.Add(key);
                }
                else
                {
                    retained++;
                }
            }

            foreach (string key in expired)
            {
                _ = _table?.Delete(key) ?? _memory.TryRemove(key, out _);
            }

            if (_table is not null)
            {
                _table.Update(LastCleanup, _time.GetUtcNow().ToUnixTimeSeconds().ToString());
            }

            Log.Info($"cache {_table?.Reference ?? "memory"} full cleanup: retained={retained} dropped={expired.Count} entries");
        }
        catch (Exception error) when (error is TableException or IOException)
        {
            Log.Warn(error.Message);
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }
}

namespace Mta.Tables.Types;

/// <summary>A fixed table whose entries are all in memory and never change: inline and texthash.</summary>
internal abstract class MemoryTable(TableRegistry registry, string type, string name, TableFlags flags)
    : LookupTable(registry, type, name, flags | TableFlags.Fixed)
{
    // Randomised string hashing: an attacker cannot choose keys that collide.
    private readonly Dictionary<string, LookupResult> _entries = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _order = [];

    public override bool HasSequence => true;

    protected bool FoldsKeys => RequestFlags.HasFlag(TableFlags.FoldFixed);

    protected bool UsesUtf8 => Flags.HasFlag(TableFlags.Utf8Active);

    public override IEnumerable<KeyValuePair<string, string>> Entries()
    {
        foreach ((string key, _) in _order)
        {
            yield return KeyValuePair.Create(key, _entries[key].Value);
        }
    }

    protected bool Contains(string key) => _entries.ContainsKey(key);

    protected void Set(string key, string value)
    {
        if (!_entries.ContainsKey(key))
        {
            _order.Add(KeyValuePair.Create(key, value));
        }

        _entries[key] = LookupResult.Found(value);
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop) =>
        new(_entries.TryGetValue(key, out LookupResult result) ? result : LookupResult.NotFound);
}

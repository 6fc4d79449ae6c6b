namespace Mta.Tables.Types;

/// <summary><c>internal:NAME</c>: a private table of this process, empty at first.</summary>
internal sealed class InternalTable(TableRegistry registry, string type, string name, TableFlags flags)
    : LookupTable(registry, type, name, flags | TableFlags.Fixed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _entries = new(StringComparer.Ordinal);

    public override bool HasSequence => true;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access) =>
        new InternalTable(registry, type, name, flags);

    public override IEnumerable<KeyValuePair<string, string>> Entries()
    {
        lock (_lock)
        {
            return [.. _entries];
        }
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        lock (_lock)
        {
            return new(_entries.TryGetValue(key, out string? value) ? LookupResult.Found(value) : LookupResult.NotFound);
        }
    }

    protected override void Store(string key, string value)
    {
        lock (_lock)
        {
            _entries[key] = value;
        }
    }

    protected override bool Remove(string key)
    {
        lock (_lock)
        {
            return _entries.Remove(key);
        }
    }
}

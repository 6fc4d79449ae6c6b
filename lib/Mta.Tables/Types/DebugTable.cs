namespace Mta.Tables.Types;

/// <summary><c>debug:type:name</c>: another table, with every lookup reported.</summary>
internal sealed class DebugTable : LookupTable
{
    private readonly LookupTable _inner;

    private DebugTable(TableRegistry registry, string type, string name, TableFlags flags, LookupTable inner)
        : base(registry, type, name, flags | (inner.IsPattern ? TableFlags.Pattern : TableFlags.Fixed)) => _inner = inner;

    public override TableOwner Owner => _inner.Owner;

    public override bool HasSequence => _inner.HasSequence;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access) =>
        registry.TryOpen(name, flags, access, out LookupTable? inner, out string error)
            ? new DebugTable(registry, type, name, flags, inner)
            : throw new TableException(error);

    public override IEnumerable<KeyValuePair<string, string>> Entries() => _inner.Entries();

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        LookupResult result = await _inner.LookupAsync(key, stop);
        string outcome = result.Status switch
        {
            LookupStatus.Found => $"\"{result.Value}\"",
            LookupStatus.Failed => "error",
            LookupStatus.NotFound => "not_found",
        };
        Registry.Settings.Info($"{_inner.Reference} lookup: \"{key}\" = {outcome}");
        return result;
    }

    protected override void Store(string key, string value) => _inner.Update(key, value);

    protected override bool Remove(string key) => _inner.Delete(key);
}

namespace Mta.Tables.Types;

/// <summary><c>fail:TEXT</c>: every lookup is a temporary error.</summary>
internal sealed class FailTable : LookupTable
{
    private FailTable(TableRegistry registry, string type, string name, TableFlags flags)
        : base(registry, type, name, flags | TableFlags.Pattern)
    {
    }

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access) =>
        new FailTable(registry, type, name, flags);

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop) => new(LookupResult.Failed($"{Reference}: Application error"));
}

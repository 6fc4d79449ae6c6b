namespace Mta.Tables.Types;

/// <summary><c>nis:MAP</c>: default configurations name it, no system serves it any more. Finds nothing.</summary>
internal sealed class NisTable(TableRegistry registry, string type, string name, TableFlags flags)
    : LookupTable(registry, type, name, flags | TableFlags.Fixed)
{
    private int _warned;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        return new NisTable(registry, type, name, flags);
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            Registry.Settings.Warning("dict_nis_init: NIS domain name not set - NIS lookups disabled");
        }

        return new(LookupResult.NotFound);
    }
}

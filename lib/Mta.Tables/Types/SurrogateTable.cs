namespace Mta.Tables.Types;

/// <summary>Stands in for a table that cannot be opened: only what needs the table is deferred.</summary>
internal sealed class SurrogateTable(TableRegistry registry, string reference, TableFlags flags, string reason)
    : LookupTable(registry, TypeOf(reference), NameOf(reference), flags | TableFlags.Fixed)
{
    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        string text = $"{Reference} is unavailable. {reason}";
        Registry.Settings.Warning(text);
        return new(LookupResult.Failed(text));
    }

    private static string TypeOf(string reference) => TableRegistry.TrySplit(reference, out string type, out _) ? type : reference;

    private static string NameOf(string reference) => TableRegistry.TrySplit(reference, out _, out string name) ? name : "";
}

namespace Mta.Tables.Types;

/// <summary><c>static:VALUE</c> and <c>static:{ VALUE }</c>: the same answer to every key.</summary>
internal sealed class StaticTable : LookupTable
{
    private readonly LookupResult _answer;

    private StaticTable(TableRegistry registry, string type, string name, string value, TableFlags flags)
        : base(registry, type, name, flags | TableFlags.Fixed) => _answer = LookupResult.Found(value);

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        string value = name;
        if (name[0] == '{' && !TableListSyntax.TryUnbrace(name, out value, out string error))
        {
            throw new TableException($"bad static:name syntax: {error}");
        }

        return new StaticTable(registry, type, name, value, flags);
    }

    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop) => new(_answer);
}

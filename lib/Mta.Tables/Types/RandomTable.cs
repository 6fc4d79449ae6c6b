namespace Mta.Tables.Types;

/// <summary><c>randmap:{v1, v2}</c>: one of the values, whatever the key.</summary>
internal sealed class RandomTable : LookupTable
{
    private readonly LookupResult[] _values;

    private RandomTable(TableRegistry registry, string type, string name, TableFlags flags, LookupResult[] values)
        : base(registry, type, name, flags | TableFlags.Pattern) => _values = values;

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        string syntax = $"bad syntax: \"{type}:{name}\"; need \"{type}:{{value...}}\"";
        if (!TableListSyntax.TryUnbrace(name, out string inner, out _))
        {
            throw new TableException(syntax);
        }

        List<LookupResult> values = [];
        foreach (string element in TableListSyntax.Split(inner))
        {
            values.Add(LookupResult.Found(element));
        }

        return values.Count > 0
            ? new RandomTable(registry, type, name, flags, [.. values])
            : throw new TableException(syntax);
    }

    // Not a secret: which of an administrator's equal next hops is taken.
    protected override ValueTask<LookupResult> FindAsync(string key, CancellationToken stop) =>
        new(_values[Random.Shared.Next(_values.Length)]);
}

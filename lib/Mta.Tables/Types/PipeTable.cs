namespace Mta.Tables.Types;

/// <summary><c>pipemap:{t1:n1, t2:n2}</c>: the answer of one table is the key of the next.</summary>
internal sealed class PipeTable : LookupTable
{
    private readonly LookupTable[] _members;

    private PipeTable(TableRegistry registry, string type, string name, TableFlags flags, LookupTable[] members)
        : base(registry, type, name, flags | (members[0].IsPattern ? TableFlags.Pattern : TableFlags.Fixed)) => _members = members;

    public override TableOwner Owner => BuiltInTypes.WorstOwner(_members);

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        return new PipeTable(registry, type, name, flags, BuiltInTypes.OpenMembers(registry, type, name, flags));
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        LookupResult result = LookupResult.Found(key);
        foreach (LookupTable member in _members)
        {
            result = await member.LookupAsync(result.Value, stop);
            if (!result.IsFound)
            {
                break;
            }
        }

        return result;
    }
}

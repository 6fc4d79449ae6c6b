using System.Text;

namespace Mta.Tables.Types;

/// <summary><c>unionmap:{t1:n1, t2:n2}</c>: the answers of all tables, joined with commas.</summary>
internal sealed class UnionTable : LookupTable
{
    private readonly LookupTable[] _members;

    private UnionTable(TableRegistry registry, string type, string name, TableFlags flags, LookupTable[] members)
        : base(registry, type, name, flags | (members[0].IsPattern ? TableFlags.Pattern : TableFlags.Fixed)) => _members = members;

    public override TableOwner Owner => BuiltInTypes.WorstOwner(_members);

    public static LookupTable Open(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        BuiltInTypes.RequireReadOnly(type, name, access);
        return new UnionTable(registry, type, name, flags, BuiltInTypes.OpenMembers(registry, type, name, flags));
    }

    protected override async ValueTask<LookupResult> FindAsync(string key, CancellationToken stop)
    {
        StringBuilder? joined = null;
        foreach (LookupTable member in _members)
        {
            LookupResult result = await member.LookupAsync(key, stop);
            if (result.IsFailed)
            {
                return result;
            }

            if (result.IsFound && result.Value.Length > 0)
            {
                joined = joined is null ? new StringBuilder() : joined.Append(',');
                joined.Append(result.Value);
            }
        }

        return joined is null ? LookupResult.NotFound : LookupResult.Found(joined.ToString());
    }
}

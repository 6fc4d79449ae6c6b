namespace Mta.Tables.Types;

/// <summary>The types that need nothing from higher floors.</summary>
internal static class BuiltInTypes
{
    public static void Register(TableRegistry registry)
    {
        registry.Register("static", StaticTable.Open);
        registry.Register("fail", FailTable.Open);
    }

    /// <exception cref="TableException">The access asked for writes.</exception>
    public static void RequireReadOnly(string type, string name, TableAccess access)
    {
        if (access != TableAccess.ReadOnly)
        {
            throw new TableException($"{type}:{name} map requires O_RDONLY access mode");
        }
    }
}

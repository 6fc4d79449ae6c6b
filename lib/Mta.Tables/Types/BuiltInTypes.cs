namespace Mta.Tables.Types;

/// <summary>The types that need nothing from higher floors.</summary>
internal static class BuiltInTypes
{
    public static void Register(TableRegistry registry)
    {
        registry.Register("static", StaticTable.Open);
        registry.Register("fail", FailTable.Open);
        registry.Register("inline", InlineTable.Open);
        registry.Register("texthash", ReloadingTable.Around(TextHashTable.Open));
        registry.Register("environ", EnvironmentTable.Open);
        registry.Register("internal", InternalTable.Open);
        registry.Register("unix", UnixTable.Open);
        registry.Register("nis", NisTable.Open);
        registry.Register("pipemap", PipeTable.Open);
        registry.Register("unionmap", UnionTable.Open);
        registry.Register("randmap", RandomTable.Open);
        registry.Register("cidr", ReloadingTable.Around(CidrTable.Open));
        registry.Register("regexp", ReloadingTable.Around(RegexpTable.Open));
        registry.Register("pcre", ReloadingTable.Around(PcreTable.Open));
        registry.Register("lmdb", LmdbTable.Open);
        registry.Register("hash", OpenRedirected);
        registry.Register("btree", OpenRedirected);
        registry.Register("cdb", CdbTable.Open);
        registry.Register("debug", DebugTable.Open);
        Clients.ClientTypes.Register(registry);
    }

    // The types of Berkeley DB, which is not here.
    private static LookupTable OpenRedirected(TableRegistry registry, string type, string name, TableFlags flags, TableAccess access)
    {
        TableSettings settings = registry.Settings;
        if (settings.LogsRedirections && settings.Redirections.TryGetValue(type, out string? engine))
        {
            settings.Info($"redirecting {type}:{name} to {engine}:{name}");
        }

        return settings.EngineOf(type) == "cdb" ? CdbTable.Open(registry, type, name, flags, access) : LmdbTable.Open(registry, type, name, flags, access);
    }

    /// <exception cref="TableException">The access asked for writes.</exception>
    public static void RequireReadOnly(string type, string name, TableAccess access)
    {
        if (access != TableAccess.ReadOnly)
        {
            throw new TableException($"{type}:{name} map requires O_RDONLY access mode");
        }
    }

    /// <summary>The members of <c>{type:name, ...}</c>, opened.</summary>
    /// <exception cref="TableException">The syntax is bad, or a member cannot be opened.</exception>
    public static LookupTable[] OpenMembers(TableRegistry registry, string type, string name, TableFlags flags)
    {
        string syntax = $"bad syntax: \"{type}:{name}\"; need \"{type}:{{type:name...}}\"";
        if (!TableListSyntax.TryUnbrace(name, out string inner, out _))
        {
            throw new TableException(syntax);
        }

        List<LookupTable> members = [];
        foreach (string element in TableListSyntax.Split(inner))
        {
            string reference = element[0] == '{' && TableListSyntax.TryUnbrace(element, out string plain, out _) ? plain : element;
            if (!reference.Contains(':', StringComparison.Ordinal))
            {
                throw new TableException(syntax);
            }

            if (!registry.TryOpen(reference, flags, TableAccess.ReadOnly, out LookupTable? member, out string error))
            {
                throw new TableException(error);
            }

            members.Add(member);
        }

        return members.Count > 0 ? [.. members] : throw new TableException(syntax);
    }

    /// <summary>The least trusted of several owners.</summary>
    public static TableOwner WorstOwner(LookupTable[] members)
    {
        TableOwner worst = TableOwner.Trusted;
        foreach (LookupTable member in members)
        {
            worst = worst.Worst(member.Owner);
        }

        return worst;
    }
}

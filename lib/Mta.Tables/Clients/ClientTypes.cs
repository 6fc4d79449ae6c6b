using Mta.Linux;

namespace Mta.Tables.Clients;

/// <summary>The types that ask another program.</summary>
internal static class ClientTypes
{
    public static void Register(TableRegistry registry)
    {
        registry.Register("tcp", TcpTable.Open);
        registry.Register("socketmap", SocketmapTable.Open);
        registry.Register("memcache", MemcacheTable.Open);
        registry.Register("redis", RedisTable.Open);
        registry.Register("pgsql", PgsqlTable.Open);
        registry.Register("mysql", MysqlTable.Open);
        registry.Register("sqlite", SqliteTable.Open);
        registry.Register("ldap", LdapTable.Open);
    }

    /// <exception cref="TableException">The library is not installed.</exception>
    public static void RequireLibrary(string type, string library, string package)
    {
        if (!ClientLibrary.TryLoad(library))
        {
            throw new TableException($"unsupported dictionary type: {type}: {library} is not installed (Debian package {package})");
        }
    }

    /// <summary>Refuses a table whose server nobody vouches for, where its values decide about rights.</summary>
    /// <exception cref="TableException">The caller wants tables that can be trusted.</exception>
    public static void RequireAuthentic(string type, string name, TableFlags flags)
    {
        if (flags.HasFlag(TableFlags.NoUnauthenticated))
        {
            throw new TableException($"{type}:{name} map is not allowed for security sensitive data");
        }
    }
}

using Mta.Config.Parameters;
using Mta.Tables;

namespace Mta.Config;

/// <summary>What lookup tables are told of a configuration.</summary>
public static class TableSettingsExtensions
{
    /// <param name="isDaemon">Tables that cannot be opened are replaced by failing ones, unless daemon_table_open_error_is_fatal.</param>
    /// <param name="warning">Receives what stands after <c>warning: </c>; called from any thread.</param>
    /// <param name="error">Receives what stands after <c>error: </c>; called from any thread.</param>
    public static TableSettings TableSettings(this Configuration configuration, bool isDaemon, Action<string> warning, Action<string> error) => new()
    {
        Utf8 = configuration.Get(GlobalParameters.Smtputf8Enable),
        RegexpBackreferences = configuration.Get(TableParameters.RegexpBackreferences),
        RegexpSubjectLimit = Math.Max(2048, configuration.Get(GlobalParameters.HeaderSizeLimit)),
        LmdbMapSize = configuration.Get(TableParameters.LmdbMapSize),
        Redirections = Redirections(configuration),
        LogsRedirections = configuration.Get(TableParameters.NonBdbMigrationLogRedirect),
        SocketmapQueryLimit = configuration.Get(TableParameters.SocketmapMaxQuerySize),
        SocketmapReplyLimit = configuration.Get(TableParameters.SocketmapMaxReplySize),
        UseSurrogates = isDaemon && !configuration.Get(TableParameters.DaemonTableOpenErrorIsFatal),
        Parameter = configuration.Value,
        MatchDomains = static (registry, title, patterns) =>
        {
            StringMatchList list = new(title, patterns, registry);
            return async (domain, stop) => await list.MatchesAsync(domain, stop) switch
            {
                MatchResult.Yes => true,
                MatchResult.No => false,
                MatchResult.Failed => null,
            };
        },
        PrepareTls = tls => TableSecurity.Prepare(configuration, tls),
        Warning = warning,
        Error = error,
    };

    /// <summary>
    /// What the Berkeley DB types are served by: as <c>non_bdb_custom_mapping</c> says; else, with a
    /// <c>non_bdb_migration_level</c> that replaces them, as <c>default_database_type</c> or, for <c>btree</c>,
    /// <c>default_cache_db_type</c> does.
    /// </summary>
    /// <exception cref="ConfigurationException">The mapping makes no sense.</exception>
    private static Dictionary<string, string> Redirections(Configuration configuration)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        if (configuration.Get(TableParameters.NonBdbMigrationLevel) != "disable")
        {
            Add("hash", configuration.Get(TableParameters.DefaultDatabaseType));
            Add("btree", configuration.Get(TableParameters.DefaultCacheDbType));
        }

        string mapping = configuration.Get(TableParameters.NonBdbCustomMapping);
        foreach (string pair in TableListSyntax.Split(mapping))
        {
            string[] sides = pair.Split('=');
            if (sides is not [("hash" or "btree"), ("lmdb" or "cdb")])
            {
                throw new ConfigurationException($"bad {TableParameters.NonBdbCustomMapping.Name} value \"{pair}\": expected hash or btree, an equal sign, and lmdb or cdb");
            }

            found[sides[0]] = sides[1];
        }

        return found;

        void Add(string type, string engine)
        {
            if (engine is "lmdb" or "cdb")
            {
                found[type] = engine;
            }
        }
    }
}

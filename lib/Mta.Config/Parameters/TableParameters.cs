namespace Mta.Config.Parameters;

/// <summary>Parameters of lookup tables.</summary>
public static class TableParameters
{
    /// <summary>Alias tables that newaliases rebuilds.</summary>
    public static readonly StringParameter AliasDatabase = new("alias_database", "hash:/etc/aliases");

    /// <summary>Buffer for building a Berkeley DB file; read and ignored.</summary>
    public static readonly IntParameter BerkeleyDbCreateBufferSize = new("berkeley_db_create_buffer_size", 16_777_216, min: 1);

    /// <summary>Buffer for reading a Berkeley DB file; read and ignored.</summary>
    public static readonly IntParameter BerkeleyDbReadBufferSize = new("berkeley_db_read_buffer_size", 131_072, min: 1);

    /// <summary>A daemon ends when a table cannot be opened, instead of deferring what needs it.</summary>
    public static readonly BoolParameter DaemonTableOpenErrorIsFatal = new("daemon_table_open_error_is_fatal", false);

    /// <summary>Table type of caches.</summary>
    public static readonly StringParameter DefaultCacheDbType = new("default_cache_db_type", "btree", min: 1);

    /// <summary>Table type of newaliases and of tables named without type.</summary>
    public static readonly StringParameter DefaultDatabaseType = new("default_database_type", "hash", min: 1);

    /// <summary>First size of a new LMDB file.</summary>
    public static readonly SizeParameter LmdbMapSize = new("lmdb_map_size", 16_777_216, min: 1);

    /// <summary>Own replacements of Berkeley DB table types.</summary>
    public static readonly StringParameter NonBdbCustomMapping = new("non_bdb_custom_mapping", "");

    /// <summary>Where files may be re-indexed as root.</summary>
    public static readonly StringParameter NonBdbMigrationAllowRootPrefixes = new("non_bdb_migration_allow_root_prefixes", "/etc /usr/local/etc");

    /// <summary>Where files may be re-indexed as their owners.</summary>
    public static readonly StringParameter NonBdbMigrationAllowUserPrefixes = new("non_bdb_migration_allow_user_prefixes", "$data_directory /var/lib/mailman /var/lib/mailman3");

    /// <summary>How far tables of Berkeley DB types are replaced.</summary>
    public static readonly EnumParameter NonBdbMigrationLevel = new("non_bdb_migration_level", "disable", "disable", "enable-redirect", "enable-reindex");

    /// <summary>Log when a table type is replaced.</summary>
    public static readonly BoolParameter NonBdbMigrationLogRedirect = new("non_bdb_migration_log_redirect", true);

    /// <summary>Name of the re-indexing service.</summary>
    public static readonly StringParameter NonBdbMigrationServiceName = new("non_bdb_migration_service_name", "nbdb_reindex");

    /// <summary>Allow back-references in regexp: patterns, whose cost a sender can drive up.</summary>
    public static readonly BoolParameter RegexpBackreferences = new("regexp_backreferences", false);

    /// <summary>Longest query to a socketmap server.</summary>
    public static readonly IntParameter SocketmapMaxQuerySize = new("socketmap_max_query_size", 10_000, min: 1);

    /// <summary>Longest reply of a socketmap server.</summary>
    public static readonly IntParameter SocketmapMaxReplySize = new("socketmap_max_reply_size", 100_000, min: 1);

    /// <summary>The default of a cache's table: of the type that <c>default_cache_db_type</c> sets, where it is set.</summary>
    internal static string CacheDefault(Configuration configuration, string file) =>
        $"{(configuration.IsSet(DefaultCacheDbType.Name) ? "$default_cache_db_type" : DefaultCacheDbType.DefaultText)}:$data_directory/{file}";

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AliasDatabase,
        BerkeleyDbCreateBufferSize,
        BerkeleyDbReadBufferSize,
        DaemonTableOpenErrorIsFatal,
        DefaultCacheDbType,
        DefaultDatabaseType,
        LmdbMapSize,
        NonBdbCustomMapping,
        NonBdbMigrationAllowRootPrefixes,
        NonBdbMigrationAllowUserPrefixes,
        NonBdbMigrationLevel,
        NonBdbMigrationLogRedirect,
        NonBdbMigrationServiceName,
        RegexpBackreferences,
        SocketmapMaxQuerySize,
        SocketmapMaxReplySize,
    ];
}

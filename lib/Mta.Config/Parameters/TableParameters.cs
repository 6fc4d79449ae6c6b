namespace Mta.Config.Parameters;

/// <summary>Parameters of lookup tables.</summary>
public static class TableParameters
{
    /// <summary>Setting <c>alias_database</c>.</summary>
    public static readonly StringParameter AliasDatabase = new("alias_database", "hash:/etc/aliases");

    /// <summary>Setting <c>berkeley_db_create_buffer_size</c>.</summary>
    public static readonly IntParameter BerkeleyDbCreateBufferSize = new("berkeley_db_create_buffer_size", 16_777_216, min: 1);

    /// <summary>Setting <c>berkeley_db_read_buffer_size</c>.</summary>
    public static readonly IntParameter BerkeleyDbReadBufferSize = new("berkeley_db_read_buffer_size", 131_072, min: 1);

    /// <summary>Setting <c>daemon_table_open_error_is_fatal</c>.</summary>
    public static readonly BoolParameter DaemonTableOpenErrorIsFatal = new("daemon_table_open_error_is_fatal", false);

    /// <summary>Setting <c>default_cache_db_type</c>.</summary>
    public static readonly StringParameter DefaultCacheDbType = new("default_cache_db_type", "btree", min: 1);

    /// <summary>Setting <c>default_database_type</c>.</summary>
    public static readonly StringParameter DefaultDatabaseType = new("default_database_type", "hash", min: 1);

    /// <summary>Setting <c>lmdb_map_size</c>.</summary>
    public static readonly SizeParameter LmdbMapSize = new("lmdb_map_size", 16_777_216, min: 1);

    /// <summary>Setting <c>non_bdb_custom_mapping</c>.</summary>
    public static readonly StringParameter NonBdbCustomMapping = new("non_bdb_custom_mapping", "");

    /// <summary>Setting <c>non_bdb_migration_allow_root_prefixes</c>.</summary>
    public static readonly StringParameter NonBdbMigrationAllowRootPrefixes = new("non_bdb_migration_allow_root_prefixes", "/etc /usr/local/etc");

    /// <summary>Setting <c>non_bdb_migration_allow_user_prefixes</c>.</summary>
    public static readonly StringParameter NonBdbMigrationAllowUserPrefixes = new("non_bdb_migration_allow_user_prefixes", "$data_directory /var/lib/mailman /var/lib/mailman3");

    /// <summary>Setting <c>non_bdb_migration_level</c>.</summary>
    public static readonly EnumParameter NonBdbMigrationLevel = new("non_bdb_migration_level", "disable", "disable", "enable-redirect", "enable-reindex");

    /// <summary>Setting <c>non_bdb_migration_log_redirect</c>.</summary>
    public static readonly BoolParameter NonBdbMigrationLogRedirect = new("non_bdb_migration_log_redirect", true);

    /// <summary>Setting <c>non_bdb_migration_service_name</c>.</summary>
    public static readonly StringParameter NonBdbMigrationServiceName = new("non_bdb_migration_service_name", "nbdb_reindex");

    /// <summary>Setting <c>regexp_backreferences</c>.</summary>
    public static readonly BoolParameter RegexpBackreferences = new("regexp_backreferences", false);

    /// <summary>Setting <c>socketmap_max_query_size</c>.</summary>
    public static readonly IntParameter SocketmapMaxQuerySize = new("socketmap_max_query_size", 10_000, min: 1);

    /// <summary>Setting <c>socketmap_max_reply_size</c>.</summary>
    public static readonly IntParameter SocketmapMaxReplySize = new("socketmap_max_reply_size", 100_000, min: 1);

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

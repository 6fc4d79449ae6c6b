namespace Mta.Postconf;

/// <summary>The settings of tables that take their configuration from main.cf, by table type.</summary>
internal static class TableSettingNames
{
    private static readonly string[] Query = ["domain", "query", "result_format", "expansion_limit"];

    private static readonly Dictionary<string, string[]> ByType = new(StringComparer.Ordinal)
    {
        ["ldap"] =
        [
            "bind", "bind_dn", "bind_pw", "cache", "cache_expiry", "cache_size", "chase_referrals", "debuglevel", "dereference", "domain",
            "expansion_limit", "leaf_result_attribute", "query_filter", "recursion_limit", "result_attribute", "result_filter",
            "result_format", "sasl_authz_id", "sasl_mechs", "sasl_minssf", "sasl_realm", "scope", "search_base", "server_host",
            "server_port", "size_limit", "special_result_attribute", "start_tls", "terminal_result_attribute", "timeout", "tls_ca_cert_dir",
            "tls_ca_cert_file", "tls_cert", "tls_cipher_suite", "tls_key", "tls_random_file", "tls_require_cert", "version",
        ],
        ["mysql"] =
        [
            .. Query, "additional_conditions", "dbname", "hosts", "idle_interval", "option_file", "option_group", "password", "require_result_set",
            "retry_interval", "select_field", "select_function", "table", "tls_CAfile", "tls_CApath", "tls_cert_file", "tls_ciphers",
            "tls_key_file", "tls_verify_cert", "user", "where_field",
        ],
        ["pgsql"] =
        [
            .. Query, "additional_conditions", "dbname", "encoding", "hosts", "idle_interval", "password", "retry_interval", "select_field",
            "select_function", "table", "user", "where_field",
        ],
        ["sqlite"] = [.. Query, "additional_conditions", "dbpath", "select_field", "table", "where_field"],
        ["redis"] =
        [
            "backup", "data_size_limit", "database", "domain", "key_format", "line_size_limit", "max_try", "password", "redis", "retry_pause",
            "timeout", "tls", "tls_ca_cert_dir", "tls_ca_cert_file", "tls_cert", "tls_key", "tls_server_name", "ttl", "user",
        ],
        ["memcache"] =
        [
            "backup", "data_size_limit", "domain", "flags", "key_format", "line_size_limit", "max_try", "memcache", "retry_pause", "timeout", "ttl",
        ],
    };

    public static IReadOnlyList<string> Of(string type) => ByType.TryGetValue(type, out string[]? names) ? names : [];
}

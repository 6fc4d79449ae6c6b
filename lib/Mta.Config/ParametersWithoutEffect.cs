namespace Mta.Config;

/// <summary>
/// Parameters that are accepted because main.cf files have them, and that change nothing here: what they tune is no part
/// of this system, by its design. None of them restricts, filters or encrypts. Everything else that is declared is read
/// by a program, or its service does not exist.
/// </summary>
public static class ParametersWithoutEffect
{
    private const string NoBerkeleyDb = "there is no Berkeley DB: its table types are served by lmdb or cdb";
    private const string LibrarySeedsItself = "the TLS library seeds itself from the kernel in each process";
    private const string NoConnectionService = "there is no scache service: connections are kept inside the client's process";
    private const string NoDnsblogService = "there is no dnsblog service: postscreen asks the lists itself";
    private const string NoIndexingService = "there is no nbdb_reindex service: postfix start and check make an index that is missing or old";

    private const string NoExportCiphers = "it is for export-grade ciphers, which the TLS library does not have any more";
    private const string NoReports = "no reports about TLS (RFC 8460) are made: Debian 12 does not have the library that collects them";
    private const string NoDumps = "TLS sessions are not dumped into the log at any level, so that there is nothing to limit";
    private const string OneLogLevel = "how much is logged about TLS is the same for all peers";
    private const string BuiltInMechanisms = "the client's mechanisms are built in, and read no files";
    private const string LinesAsIn37 = "the log lines of deliveries are those of 3.7, without the field tls=";

    /// <summary>Name, and why it has no effect.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["berkeley_db_create_buffer_size"] = NoBerkeleyDb,
        ["berkeley_db_read_buffer_size"] = NoBerkeleyDb,
        ["connection_cache_protocol_timeout"] = NoConnectionService,
        ["connection_cache_service_name"] = NoConnectionService,
        ["connection_cache_status_update_time"] = NoConnectionService,
        ["debug_peer_level"] = "there is one level of detail: a peer in debug_peer_list has its dialogue logged, whatever the number",
        ["dns_ncache_ttl_fix_enable"] = "it works around a C library that hides negative answers; libunbound shows them",
        ["dnsblog_reply_delay"] = NoDnsblogService,
        ["dnsblog_service_name"] = NoDnsblogService,
        ["dnssec_probe"] = "answers are validated in the process by libunbound, so that no probe has to find out whether somebody else does",
        ["enable_idna2003_compatibility"] = "names are converted as IDNA2008 has them; the transitional mapping, which sends mail to another domain than the one written, is withdrawn (UTS #46)",
        ["fault_injection_code"] = "faults are injected by the tests, from outside; programs that run have no switch for them",
        ["lmtp_log_tls_feature_status"] = LinesAsIn37,
        ["lmtp_sasl_path"] = BuiltInMechanisms,
        ["lmtp_tls_loglevel_maps"] = OneLogLevel,
        ["lmtp_tls_trace_size_limit"] = NoDumps,
        ["lmtp_tlsrpt_enable"] = NoReports,
        ["lmtp_tlsrpt_skip_reused_handshakes"] = NoReports,
        ["lmtp_tlsrpt_socket_name"] = NoReports,
        ["non_bdb_migration_allow_root_prefixes"] = NoIndexingService,
        ["non_bdb_migration_allow_user_prefixes"] = NoIndexingService,
        ["non_bdb_migration_service_name"] = NoIndexingService,
        ["openssl_path"] = "there is no \"postfix tls\" command: keys and certificates are made with openssl itself",
        ["postscreen_tls_dh512_param_file"] = NoExportCiphers,
        ["postscreen_tls_loglevel_maps"] = OneLogLevel,
        ["postscreen_tls_trace_size_limit"] = NoDumps,
        ["qmgr_fudge_factor"] = "it belongs to Postfix's old queue manager (oqmgr); the present one has never read it",
        ["smtp_log_tls_feature_status"] = LinesAsIn37,
        ["smtp_sasl_path"] = BuiltInMechanisms,
        ["smtp_tls_loglevel_maps"] = OneLogLevel,
        ["smtp_tls_trace_size_limit"] = NoDumps,
        ["smtp_tlsrpt_enable"] = NoReports,
        ["smtp_tlsrpt_skip_reused_handshakes"] = NoReports,
        ["smtp_tlsrpt_socket_name"] = NoReports,
        ["smtpd_tls_dh512_param_file"] = NoExportCiphers,
        ["smtpd_tls_loglevel_maps"] = OneLogLevel,
        ["smtpd_tls_trace_size_limit"] = NoDumps,
        ["tls_daemon_random_bytes"] = LibrarySeedsItself,
        ["tls_random_bytes"] = LibrarySeedsItself,
        ["tls_random_exchange_name"] = LibrarySeedsItself,
        ["tls_random_prng_update_period"] = LibrarySeedsItself,
        ["tls_random_reseed_period"] = LibrarySeedsItself,
        ["tls_random_source"] = LibrarySeedsItself,
        ["tls_trace_rate_limit"] = NoDumps,
        ["tlsproxy_tls_dh512_param_file"] = NoExportCiphers,
    };

    /// <summary>Those that a configuration sets, to another value than the default.</summary>
    public static IEnumerable<string> SetIn(Configuration configuration) =>
        All.Keys.Where(name => configuration.IsSet(name) && configuration.Raw(name) != ParameterRegistry.Find(name)?.DefaultText);
}

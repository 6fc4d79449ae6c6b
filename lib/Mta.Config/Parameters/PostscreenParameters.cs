namespace Mta.Config.Parameters;

/// <summary>Parameters of the zombie blocker.</summary>
public static class PostscreenParameters
{
    /// <summary>Clients that are let through or refused without tests.</summary>
    public static readonly StringParameter PostscreenAccessList = new("postscreen_access_list", "permit_mynetworks");

    /// <summary>Own addresses on which clients can pass the tests.</summary>
    public static readonly StringParameter PostscreenAllowlistInterfaces = new("postscreen_allowlist_interfaces", "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}");

    /// <summary>What happens to a client whose lines end in LF alone.</summary>
    public static readonly EnumParameter PostscreenBareNewlineAction = new("postscreen_bare_newline_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>Test whether lines end in LF alone.</summary>
    public static readonly BoolParameter PostscreenBareNewlineEnable = new("postscreen_bare_newline_enable", false);

    /// <summary>How long passing the bare newline test counts.</summary>
    public static readonly TimeParameter PostscreenBareNewlineTtl = new("postscreen_bare_newline_ttl", "30d", 'd', min: 1);

    /// <summary>Old name of postscreen_denylist_action.</summary>
    public static readonly StringParameter PostscreenBlacklistAction = new("postscreen_blacklist_action", "") { IsLegacy = true };

    /// <summary>Pause between clean-ups of the cache.</summary>
    public static readonly TimeParameter PostscreenCacheCleanupInterval = new("postscreen_cache_cleanup_interval", "12h", 'h');

    /// <summary>Table of clients that have passed.</summary>
    public static readonly StringParameter PostscreenCacheMap = new("postscreen_cache_map", "btree:$data_directory/postscreen_cache")
    {
        ComputedDefault = static configuration => TableParameters.CacheDefault(configuration, "postscreen_cache"),
    };

    /// <summary>How long an expired entry stays in the cache.</summary>
    public static readonly TimeParameter PostscreenCacheRetentionTime = new("postscreen_cache_retention_time", "7d", 'd', min: 1);

    /// <summary>Most connections of a client at the same time.</summary>
    public static readonly IntParameter PostscreenClientConnectionCountLimit = new("postscreen_client_connection_count_limit", "$smtpd_client_connection_count_limit");

    /// <summary>Most commands of a client in one session.</summary>
    public static readonly IntParameter PostscreenCommandCountLimit = new("postscreen_command_count_limit", 20, min: 1);

    /// <summary>Tables that change commands of clients.</summary>
    public static readonly StringParameter PostscreenCommandFilter = new("postscreen_command_filter", "");

    /// <summary>Longest wait for a command.</summary>
    public static readonly TimeParameter PostscreenCommandTimeLimit = new("postscreen_command_time_limit", "${stress?{10}:{300}}s", min: 1);

    /// <summary>What happens to a client that the access list refuses.</summary>
    public static readonly EnumParameter PostscreenDenylistAction = new("postscreen_denylist_action", "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}", "ignore", "enforce", "drop");

    /// <summary>disable_vrfy_command in postscreen.</summary>
    public static readonly BoolParameter PostscreenDisableVrfyCommand = new("postscreen_disable_vrfy_command", "$disable_vrfy_command");

    /// <summary>smtpd_discard_ehlo_keyword_address_maps in postscreen.</summary>
    public static readonly StringParameter PostscreenDiscardEhloKeywordAddressMaps = new("postscreen_discard_ehlo_keyword_address_maps", "$smtpd_discard_ehlo_keyword_address_maps");

    /// <summary>smtpd_discard_ehlo_keywords in postscreen.</summary>
    public static readonly StringParameter PostscreenDiscardEhloKeywords = new("postscreen_discard_ehlo_keywords", "$smtpd_discard_ehlo_keywords");

    /// <summary>What happens to a client that DNS lists condemn.</summary>
    public static readonly EnumParameter PostscreenDnsblAction = new("postscreen_dnsbl_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>Score from which a client is let through without further tests.</summary>
    public static readonly IntParameter PostscreenDnsblAllowlistThreshold = new("postscreen_dnsbl_allowlist_threshold", "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}");

    /// <summary>Longest time that a DNS list result counts.</summary>
    public static readonly TimeParameter PostscreenDnsblMaxTtl = new("postscreen_dnsbl_max_ttl", "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h", 'h', min: 1);

    /// <summary>Shortest time that a DNS list result counts.</summary>
    public static readonly TimeParameter PostscreenDnsblMinTtl = new("postscreen_dnsbl_min_ttl", "60s", min: 1);

    /// <summary>Table that hides secret DNS list names in replies.</summary>
    public static readonly StringParameter PostscreenDnsblReplyMap = new("postscreen_dnsbl_reply_map", "");

    /// <summary>DNS lists with their weights.</summary>
    public static readonly StringParameter PostscreenDnsblSites = new("postscreen_dnsbl_sites", "");

    /// <summary>Score from which a client is condemned.</summary>
    public static readonly IntParameter PostscreenDnsblThreshold = new("postscreen_dnsbl_threshold", 1, min: 1);

    /// <summary>Longest wait for DNS lists.</summary>
    public static readonly TimeParameter PostscreenDnsblTimeout = new("postscreen_dnsbl_timeout", "10s", min: 1);

    /// <summary>Old name of postscreen_dnsbl_max_ttl.</summary>
    public static readonly StringParameter PostscreenDnsblTtl = new("postscreen_dnsbl_ttl", "") { IsLegacy = true };

    /// <summary>Old name of postscreen_dnsbl_allowlist_threshold.</summary>
    public static readonly StringParameter PostscreenDnsblWhitelistThreshold = new("postscreen_dnsbl_whitelist_threshold", "") { IsLegacy = true };

    /// <summary>smtpd_enforce_tls in postscreen.</summary>
    public static readonly BoolParameter PostscreenEnforceTls = new("postscreen_enforce_tls", "$smtpd_enforce_tls");

    /// <summary>smtpd_expansion_filter in postscreen.</summary>
    public static readonly StringParameter PostscreenExpansionFilter = new("postscreen_expansion_filter", "$smtpd_expansion_filter", min: 1) { IsRaw = true };

    /// <summary>smtpd_forbidden_commands in postscreen.</summary>
    public static readonly StringParameter PostscreenForbiddenCommands = new("postscreen_forbidden_commands", "$smtpd_forbidden_commands");

    /// <summary>What happens to a client that speaks before its turn.</summary>
    public static readonly EnumParameter PostscreenGreetAction = new("postscreen_greet_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>First line of the greeting, sent before the wait.</summary>
    public static readonly StringParameter PostscreenGreetBanner = new("postscreen_greet_banner", "$smtpd_banner");

    /// <summary>How long passing the greeting test counts.</summary>
    public static readonly TimeParameter PostscreenGreetTtl = new("postscreen_greet_ttl", "1d", 'd', min: 1);

    /// <summary>How long a client must keep silent.</summary>
    public static readonly TimeParameter PostscreenGreetWait = new("postscreen_greet_wait", "${stress?{2}:{6}}s", min: 1);

    /// <summary>smtpd_helo_required in postscreen.</summary>
    public static readonly BoolParameter PostscreenHeloRequired = new("postscreen_helo_required", "$smtpd_helo_required");

    /// <summary>What happens to a client that sends no SMTP.</summary>
    public static readonly EnumParameter PostscreenNonSmtpCommandAction = new("postscreen_non_smtp_command_action", "drop", "ignore", "enforce", "drop");

    /// <summary>Test whether a client speaks SMTP.</summary>
    public static readonly BoolParameter PostscreenNonSmtpCommandEnable = new("postscreen_non_smtp_command_enable", false);

    /// <summary>How long passing the SMTP test counts.</summary>
    public static readonly TimeParameter PostscreenNonSmtpCommandTtl = new("postscreen_non_smtp_command_ttl", "30d", 'd', min: 1);

    /// <summary>What happens to a client that does not wait for replies.</summary>
    public static readonly EnumParameter PostscreenPipeliningAction = new("postscreen_pipelining_action", "enforce", "ignore", "enforce", "drop");

    /// <summary>Test whether a client waits for replies.</summary>
    public static readonly BoolParameter PostscreenPipeliningEnable = new("postscreen_pipelining_enable", false);

    /// <summary>How long passing the pipelining test counts.</summary>
    public static readonly TimeParameter PostscreenPipeliningTtl = new("postscreen_pipelining_ttl", "30d", 'd', min: 1);

    /// <summary>Most clients waiting for a server process.</summary>
    public static readonly IntParameter PostscreenPostQueueLimit = new("postscreen_post_queue_limit", "$default_process_limit", min: 5);

    /// <summary>Most clients under test.</summary>
    public static readonly IntParameter PostscreenPreQueueLimit = new("postscreen_pre_queue_limit", "$default_process_limit", min: 10);

    /// <summary>smtpd_reject_footer in postscreen.</summary>
    public static readonly StringParameter PostscreenRejectFooter = new("postscreen_reject_footer", "$smtpd_reject_footer") { IsRaw = true };

    /// <summary>smtpd_reject_footer_maps in postscreen.</summary>
    public static readonly StringParameter PostscreenRejectFooterMaps = new("postscreen_reject_footer_maps", "$smtpd_reject_footer_maps");

    /// <summary>smtpd_starttls_timeout in postscreen.</summary>
    public static readonly TimeParameter PostscreenStarttlsTimeout = new("postscreen_starttls_timeout", "$smtpd_starttls_timeout", min: 1);

    /// <summary>File with certificates of authorities trusted to name clients; <c>smtpd_tls_CAfile</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsCAfile = new("postscreen_tls_CAfile", "$smtpd_tls_CAfile");

    /// <summary>Directory with certificates of authorities trusted to name clients; <c>smtpd_tls_CApath</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsCApath = new("postscreen_tls_CApath", "$smtpd_tls_CApath");

    /// <summary>Give clients session numbers even without a session cache; <c>smtpd_tls_always_issue_session_ids</c> of the postscreen.</summary>
    public static readonly BoolParameter PostscreenTlsAlwaysIssueSessionIds = new("postscreen_tls_always_issue_session_ids", "$smtpd_tls_always_issue_session_ids");

    /// <summary>Ask clients for a certificate; <c>smtpd_tls_ask_ccert</c> of the postscreen.</summary>
    public static readonly BoolParameter PostscreenTlsAskCcert = new("postscreen_tls_ask_ccert", "$smtpd_tls_ask_ccert");

    /// <summary>Longest chain of a client certificate; <c>smtpd_tls_ccert_verifydepth</c> of the postscreen.</summary>
    public static readonly IntParameter PostscreenTlsCcertVerifydepth = new("postscreen_tls_ccert_verifydepth", "$smtpd_tls_ccert_verifydepth");

    /// <summary>File with the server's RSA certificate; <c>smtpd_tls_cert_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsCertFile = new("postscreen_tls_cert_file", "$smtpd_tls_cert_file");

    /// <summary>Files with keys and certificate chains of the server; <c>smtpd_tls_chain_files</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsChainFiles = new("postscreen_tls_chain_files", "$smtpd_tls_chain_files");

    /// <summary>Weakest cipher grade for opportunistic TLS; <c>smtpd_tls_ciphers</c> of the postscreen.</summary>
    public static readonly EnumParameter PostscreenTlsCiphers = new("postscreen_tls_ciphers", "$smtpd_tls_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>File with the server's DSA certificate; <c>smtpd_tls_dcert_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsDcertFile = new("postscreen_tls_dcert_file", "$smtpd_tls_dcert_file");

    /// <summary>File with Diffie-Hellman parameters; <c>smtpd_tls_dh1024_param_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsDh1024ParamFile = new("postscreen_tls_dh1024_param_file", "$smtpd_tls_dh1024_param_file");

    /// <summary>File with export-grade Diffie-Hellman parameters; not used; <c>smtpd_tls_dh512_param_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsDh512ParamFile = new("postscreen_tls_dh512_param_file", "$smtpd_tls_dh512_param_file");

    /// <summary>File with the server's DSA key; <c>smtpd_tls_dkey_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsDkeyFile = new("postscreen_tls_dkey_file", "$smtpd_tls_dkey_file");

    /// <summary>File with the server's ECDSA certificate; <c>smtpd_tls_eccert_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsEccertFile = new("postscreen_tls_eccert_file", "$smtpd_tls_eccert_file");

    /// <summary>File with the server's ECDSA key; <c>smtpd_tls_eckey_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsEckeyFile = new("postscreen_tls_eckey_file", "$smtpd_tls_eckey_file");

    /// <summary>Strength of elliptic curves; <c>smtpd_tls_eecdh_grade</c> of the postscreen.</summary>
    public static readonly EnumParameter PostscreenTlsEecdhGrade = new("postscreen_tls_eecdh_grade", "$smtpd_tls_eecdh_grade", "none", "strong", "ultra", "auto");

    /// <summary>Accept raw public keys; <c>smtpd_tls_enable_rpk</c> of the postscreen.</summary>
    public static readonly BoolParameter PostscreenTlsEnableRpk = new("postscreen_tls_enable_rpk", "$smtpd_tls_enable_rpk");

    /// <summary>Ciphers that are never used; <c>smtpd_tls_exclude_ciphers</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsExcludeCiphers = new("postscreen_tls_exclude_ciphers", "$smtpd_tls_exclude_ciphers");

    /// <summary>Digest of client certificate fingerprints; <c>smtpd_tls_fingerprint_digest</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsFingerprintDigest = new("postscreen_tls_fingerprint_digest", "$smtpd_tls_fingerprint_digest", min: 1);

    /// <summary>File with the server's RSA key; <c>smtpd_tls_key_file</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsKeyFile = new("postscreen_tls_key_file", "$smtpd_tls_key_file");

    /// <summary>How much is logged about TLS; <c>smtpd_tls_loglevel</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsLoglevel = new("postscreen_tls_loglevel", "$smtpd_tls_loglevel");

    /// <summary>Tables with a TLS log level per client; <c>smtpd_tls_loglevel_maps</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsLoglevelMaps = new("postscreen_tls_loglevel_maps", "$smtpd_tls_loglevel_maps");

    /// <summary>Weakest cipher grade for mandatory TLS; <c>smtpd_tls_mandatory_ciphers</c> of the postscreen.</summary>
    public static readonly EnumParameter PostscreenTlsMandatoryCiphers = new("postscreen_tls_mandatory_ciphers", "$smtpd_tls_mandatory_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Ciphers that are never used for mandatory TLS; <c>smtpd_tls_mandatory_exclude_ciphers</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsMandatoryExcludeCiphers = new("postscreen_tls_mandatory_exclude_ciphers", "$smtpd_tls_mandatory_exclude_ciphers");

    /// <summary>Protocol versions for mandatory TLS; <c>smtpd_tls_mandatory_protocols</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsMandatoryProtocols = new("postscreen_tls_mandatory_protocols", "$smtpd_tls_mandatory_protocols");

    /// <summary>Protocol versions for opportunistic TLS; <c>smtpd_tls_protocols</c> of the postscreen.</summary>
    public static readonly StringParameter PostscreenTlsProtocols = new("postscreen_tls_protocols", "$smtpd_tls_protocols");

    /// <summary>Demand a trusted client certificate under mandatory TLS; <c>smtpd_tls_req_ccert</c> of the postscreen.</summary>
    public static readonly BoolParameter PostscreenTlsReqCcert = new("postscreen_tls_req_ccert", "$smtpd_tls_req_ccert");

    /// <summary>Security level of TLS; <c>smtpd_tls_security_level</c> of the postscreen.</summary>
    public static readonly EnumParameter PostscreenTlsSecurityLevel = new("postscreen_tls_security_level", "$smtpd_tls_security_level", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Largest TLS trace that is logged; <c>smtpd_tls_trace_size_limit</c> of the postscreen.</summary>
    public static readonly IntParameter PostscreenTlsTraceSizeLimit = new("postscreen_tls_trace_size_limit", "$smtpd_tls_trace_size_limit");

    /// <summary>smtpd_upstream_proxy_protocol in postscreen.</summary>
    public static readonly EnumParameter PostscreenUpstreamProxyProtocol = new("postscreen_upstream_proxy_protocol", "", "", "haproxy");

    /// <summary>smtpd_upstream_proxy_timeout in postscreen.</summary>
    public static readonly TimeParameter PostscreenUpstreamProxyTimeout = new("postscreen_upstream_proxy_timeout", "5s", min: 1);

    /// <summary>smtpd_use_tls in postscreen.</summary>
    public static readonly BoolParameter PostscreenUseTls = new("postscreen_use_tls", "$smtpd_use_tls");

    /// <summary>Longest time that postscreen may spend on one event.</summary>
    public static readonly TimeParameter PostscreenWatchdogTimeout = new("postscreen_watchdog_timeout", "10s", min: 10);

    /// <summary>Old name of postscreen_allowlist_interfaces.</summary>
    public static readonly StringParameter PostscreenWhitelistInterfaces = new("postscreen_whitelist_interfaces", "") { IsLegacy = true };

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        PostscreenAccessList,
        PostscreenAllowlistInterfaces,
        PostscreenBareNewlineAction,
        PostscreenBareNewlineEnable,
        PostscreenBareNewlineTtl,
        PostscreenBlacklistAction,
        PostscreenCacheCleanupInterval,
        PostscreenCacheMap,
        PostscreenCacheRetentionTime,
        PostscreenClientConnectionCountLimit,
        PostscreenCommandCountLimit,
        PostscreenCommandFilter,
        PostscreenCommandTimeLimit,
        PostscreenDenylistAction,
        PostscreenDisableVrfyCommand,
        PostscreenDiscardEhloKeywordAddressMaps,
        PostscreenDiscardEhloKeywords,
        PostscreenDnsblAction,
        PostscreenDnsblAllowlistThreshold,
        PostscreenDnsblMaxTtl,
        PostscreenDnsblMinTtl,
        PostscreenDnsblReplyMap,
        PostscreenDnsblSites,
        PostscreenDnsblThreshold,
        PostscreenDnsblTimeout,
        PostscreenDnsblTtl,
        PostscreenDnsblWhitelistThreshold,
        PostscreenEnforceTls,
        PostscreenExpansionFilter,
        PostscreenForbiddenCommands,
        PostscreenGreetAction,
        PostscreenGreetBanner,
        PostscreenGreetTtl,
        PostscreenGreetWait,
        PostscreenHeloRequired,
        PostscreenNonSmtpCommandAction,
        PostscreenNonSmtpCommandEnable,
        PostscreenNonSmtpCommandTtl,
        PostscreenPipeliningAction,
        PostscreenPipeliningEnable,
        PostscreenPipeliningTtl,
        PostscreenPostQueueLimit,
        PostscreenPreQueueLimit,
        PostscreenRejectFooter,
        PostscreenRejectFooterMaps,
        PostscreenStarttlsTimeout,
        PostscreenTlsCAfile,
        PostscreenTlsCApath,
        PostscreenTlsAlwaysIssueSessionIds,
        PostscreenTlsAskCcert,
        PostscreenTlsCcertVerifydepth,
        PostscreenTlsCertFile,
        PostscreenTlsChainFiles,
        PostscreenTlsCiphers,
        PostscreenTlsDcertFile,
        PostscreenTlsDh1024ParamFile,
        PostscreenTlsDh512ParamFile,
        PostscreenTlsDkeyFile,
        PostscreenTlsEccertFile,
        PostscreenTlsEckeyFile,
        PostscreenTlsEecdhGrade,
        PostscreenTlsEnableRpk,
        PostscreenTlsExcludeCiphers,
        PostscreenTlsFingerprintDigest,
        PostscreenTlsKeyFile,
        PostscreenTlsLoglevel,
        PostscreenTlsLoglevelMaps,
        PostscreenTlsMandatoryCiphers,
        PostscreenTlsMandatoryExcludeCiphers,
        PostscreenTlsMandatoryProtocols,
        PostscreenTlsProtocols,
        PostscreenTlsReqCcert,
        PostscreenTlsSecurityLevel,
        PostscreenTlsTraceSizeLimit,
        PostscreenUpstreamProxyProtocol,
        PostscreenUpstreamProxyTimeout,
        PostscreenUseTls,
        PostscreenWatchdogTimeout,
        PostscreenWhitelistInterfaces,
    ];
}

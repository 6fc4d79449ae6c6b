namespace Mta.Config.Parameters;

/// <summary>Parameters of the zombie blocker.</summary>
public static class PostscreenParameters
{
    /// <summary>Setting <c>postscreen_access_list</c>.</summary>
    public static readonly StringParameter PostscreenAccessList = new("postscreen_access_list", "permit_mynetworks");

    /// <summary>Setting <c>postscreen_allowlist_interfaces</c>.</summary>
    public static readonly StringParameter PostscreenAllowlistInterfaces = new("postscreen_allowlist_interfaces", "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}");

    /// <summary>Setting <c>postscreen_bare_newline_action</c>.</summary>
    public static readonly EnumParameter PostscreenBareNewlineAction = new("postscreen_bare_newline_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_bare_newline_enable</c>.</summary>
    public static readonly BoolParameter PostscreenBareNewlineEnable = new("postscreen_bare_newline_enable", false);

    /// <summary>Setting <c>postscreen_bare_newline_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenBareNewlineTtl = new("postscreen_bare_newline_ttl", "30d", 'd', min: 1);

    /// <summary>Setting <c>postscreen_blacklist_action</c>.</summary>
    public static readonly StringParameter PostscreenBlacklistAction = new("postscreen_blacklist_action", "") { IsLegacy = true };

    /// <summary>Setting <c>postscreen_cache_cleanup_interval</c>.</summary>
    public static readonly TimeParameter PostscreenCacheCleanupInterval = new("postscreen_cache_cleanup_interval", "12h", 'h');

    /// <summary>Setting <c>postscreen_cache_map</c>.</summary>
    public static readonly StringParameter PostscreenCacheMap = new("postscreen_cache_map", "btree:$data_directory/postscreen_cache");

    /// <summary>Setting <c>postscreen_cache_retention_time</c>.</summary>
    public static readonly TimeParameter PostscreenCacheRetentionTime = new("postscreen_cache_retention_time", "7d", 'd', min: 1);

    /// <summary>Setting <c>postscreen_client_connection_count_limit</c>.</summary>
    public static readonly IntParameter PostscreenClientConnectionCountLimit = new("postscreen_client_connection_count_limit", "$smtpd_client_connection_count_limit");

    /// <summary>Setting <c>postscreen_command_count_limit</c>.</summary>
    public static readonly IntParameter PostscreenCommandCountLimit = new("postscreen_command_count_limit", 20, min: 1);

    /// <summary>Setting <c>postscreen_command_filter</c>.</summary>
    public static readonly StringParameter PostscreenCommandFilter = new("postscreen_command_filter", "");

    /// <summary>Setting <c>postscreen_command_time_limit</c>.</summary>
    public static readonly TimeParameter PostscreenCommandTimeLimit = new("postscreen_command_time_limit", "${stress?{10}:{300}}s", min: 1);

    /// <summary>Setting <c>postscreen_denylist_action</c>.</summary>
    public static readonly EnumParameter PostscreenDenylistAction = new("postscreen_denylist_action", "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_disable_vrfy_command</c>.</summary>
    public static readonly BoolParameter PostscreenDisableVrfyCommand = new("postscreen_disable_vrfy_command", "$disable_vrfy_command");

    /// <summary>Setting <c>postscreen_discard_ehlo_keyword_address_maps</c>.</summary>
    public static readonly StringParameter PostscreenDiscardEhloKeywordAddressMaps = new("postscreen_discard_ehlo_keyword_address_maps", "$smtpd_discard_ehlo_keyword_address_maps");

    /// <summary>Setting <c>postscreen_discard_ehlo_keywords</c>.</summary>
    public static readonly StringParameter PostscreenDiscardEhloKeywords = new("postscreen_discard_ehlo_keywords", "$smtpd_discard_ehlo_keywords");

    /// <summary>Setting <c>postscreen_dnsbl_action</c>.</summary>
    public static readonly EnumParameter PostscreenDnsblAction = new("postscreen_dnsbl_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_dnsbl_allowlist_threshold</c>.</summary>
    public static readonly IntParameter PostscreenDnsblAllowlistThreshold = new("postscreen_dnsbl_allowlist_threshold", "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}");

    /// <summary>Setting <c>postscreen_dnsbl_max_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenDnsblMaxTtl = new("postscreen_dnsbl_max_ttl", "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h", 'h', min: 1);

    /// <summary>Setting <c>postscreen_dnsbl_min_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenDnsblMinTtl = new("postscreen_dnsbl_min_ttl", "60s", min: 1);

    /// <summary>Setting <c>postscreen_dnsbl_reply_map</c>.</summary>
    public static readonly StringParameter PostscreenDnsblReplyMap = new("postscreen_dnsbl_reply_map", "");

    /// <summary>Setting <c>postscreen_dnsbl_sites</c>.</summary>
    public static readonly StringParameter PostscreenDnsblSites = new("postscreen_dnsbl_sites", "");

    /// <summary>Setting <c>postscreen_dnsbl_threshold</c>.</summary>
    public static readonly IntParameter PostscreenDnsblThreshold = new("postscreen_dnsbl_threshold", 1, min: 1);

    /// <summary>Setting <c>postscreen_dnsbl_timeout</c>.</summary>
    public static readonly TimeParameter PostscreenDnsblTimeout = new("postscreen_dnsbl_timeout", "10s", min: 1);

    /// <summary>Setting <c>postscreen_dnsbl_ttl</c>.</summary>
    public static readonly StringParameter PostscreenDnsblTtl = new("postscreen_dnsbl_ttl", "") { IsLegacy = true };

    /// <summary>Setting <c>postscreen_dnsbl_whitelist_threshold</c>.</summary>
    public static readonly StringParameter PostscreenDnsblWhitelistThreshold = new("postscreen_dnsbl_whitelist_threshold", "") { IsLegacy = true };

    /// <summary>Setting <c>postscreen_enforce_tls</c>.</summary>
    public static readonly BoolParameter PostscreenEnforceTls = new("postscreen_enforce_tls", "$smtpd_enforce_tls");

    /// <summary>Setting <c>postscreen_expansion_filter</c>.</summary>
    public static readonly StringParameter PostscreenExpansionFilter = new("postscreen_expansion_filter", "$smtpd_expansion_filter", min: 1) { IsRaw = true };

    /// <summary>Setting <c>postscreen_forbidden_commands</c>.</summary>
    public static readonly StringParameter PostscreenForbiddenCommands = new("postscreen_forbidden_commands", "$smtpd_forbidden_commands");

    /// <summary>Setting <c>postscreen_greet_action</c>.</summary>
    public static readonly EnumParameter PostscreenGreetAction = new("postscreen_greet_action", "ignore", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_greet_banner</c>.</summary>
    public static readonly StringParameter PostscreenGreetBanner = new("postscreen_greet_banner", "$smtpd_banner");

    /// <summary>Setting <c>postscreen_greet_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenGreetTtl = new("postscreen_greet_ttl", "1d", 'd', min: 1);

    /// <summary>Setting <c>postscreen_greet_wait</c>.</summary>
    public static readonly TimeParameter PostscreenGreetWait = new("postscreen_greet_wait", "${stress?{2}:{6}}s", min: 1);

    /// <summary>Setting <c>postscreen_helo_required</c>.</summary>
    public static readonly BoolParameter PostscreenHeloRequired = new("postscreen_helo_required", "$smtpd_helo_required");

    /// <summary>Setting <c>postscreen_non_smtp_command_action</c>.</summary>
    public static readonly EnumParameter PostscreenNonSmtpCommandAction = new("postscreen_non_smtp_command_action", "drop", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_non_smtp_command_enable</c>.</summary>
    public static readonly BoolParameter PostscreenNonSmtpCommandEnable = new("postscreen_non_smtp_command_enable", false);

    /// <summary>Setting <c>postscreen_non_smtp_command_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenNonSmtpCommandTtl = new("postscreen_non_smtp_command_ttl", "30d", 'd', min: 1);

    /// <summary>Setting <c>postscreen_pipelining_action</c>.</summary>
    public static readonly EnumParameter PostscreenPipeliningAction = new("postscreen_pipelining_action", "enforce", "ignore", "enforce", "drop");

    /// <summary>Setting <c>postscreen_pipelining_enable</c>.</summary>
    public static readonly BoolParameter PostscreenPipeliningEnable = new("postscreen_pipelining_enable", false);

    /// <summary>Setting <c>postscreen_pipelining_ttl</c>.</summary>
    public static readonly TimeParameter PostscreenPipeliningTtl = new("postscreen_pipelining_ttl", "30d", 'd', min: 1);

    /// <summary>Setting <c>postscreen_post_queue_limit</c>.</summary>
    public static readonly IntParameter PostscreenPostQueueLimit = new("postscreen_post_queue_limit", "$default_process_limit", min: 5);

    /// <summary>Setting <c>postscreen_pre_queue_limit</c>.</summary>
    public static readonly IntParameter PostscreenPreQueueLimit = new("postscreen_pre_queue_limit", "$default_process_limit", min: 10);

    /// <summary>Setting <c>postscreen_reject_footer</c>.</summary>
    public static readonly StringParameter PostscreenRejectFooter = new("postscreen_reject_footer", "$smtpd_reject_footer") { IsRaw = true };

    /// <summary>Setting <c>postscreen_reject_footer_maps</c>.</summary>
    public static readonly StringParameter PostscreenRejectFooterMaps = new("postscreen_reject_footer_maps", "$smtpd_reject_footer_maps");

    /// <summary>Setting <c>postscreen_starttls_timeout</c>.</summary>
    public static readonly TimeParameter PostscreenStarttlsTimeout = new("postscreen_starttls_timeout", "$smtpd_starttls_timeout", min: 1);

    /// <summary>Setting <c>postscreen_tls_CAfile</c>.</summary>
    public static readonly StringParameter PostscreenTlsCAfile = new("postscreen_tls_CAfile", "$smtpd_tls_CAfile");

    /// <summary>Setting <c>postscreen_tls_CApath</c>.</summary>
    public static readonly StringParameter PostscreenTlsCApath = new("postscreen_tls_CApath", "$smtpd_tls_CApath");

    /// <summary>Setting <c>postscreen_tls_always_issue_session_ids</c>.</summary>
    public static readonly BoolParameter PostscreenTlsAlwaysIssueSessionIds = new("postscreen_tls_always_issue_session_ids", "$smtpd_tls_always_issue_session_ids");

    /// <summary>Setting <c>postscreen_tls_ask_ccert</c>.</summary>
    public static readonly BoolParameter PostscreenTlsAskCcert = new("postscreen_tls_ask_ccert", "$smtpd_tls_ask_ccert");

    /// <summary>Setting <c>postscreen_tls_ccert_verifydepth</c>.</summary>
    public static readonly IntParameter PostscreenTlsCcertVerifydepth = new("postscreen_tls_ccert_verifydepth", "$smtpd_tls_ccert_verifydepth");

    /// <summary>Setting <c>postscreen_tls_cert_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsCertFile = new("postscreen_tls_cert_file", "$smtpd_tls_cert_file");

    /// <summary>Setting <c>postscreen_tls_chain_files</c>.</summary>
    public static readonly StringParameter PostscreenTlsChainFiles = new("postscreen_tls_chain_files", "$smtpd_tls_chain_files");

    /// <summary>Setting <c>postscreen_tls_ciphers</c>.</summary>
    public static readonly EnumParameter PostscreenTlsCiphers = new("postscreen_tls_ciphers", "$smtpd_tls_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>postscreen_tls_dcert_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsDcertFile = new("postscreen_tls_dcert_file", "$smtpd_tls_dcert_file");

    /// <summary>Setting <c>postscreen_tls_dh1024_param_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsDh1024ParamFile = new("postscreen_tls_dh1024_param_file", "$smtpd_tls_dh1024_param_file");

    /// <summary>Setting <c>postscreen_tls_dh512_param_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsDh512ParamFile = new("postscreen_tls_dh512_param_file", "$smtpd_tls_dh512_param_file");

    /// <summary>Setting <c>postscreen_tls_dkey_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsDkeyFile = new("postscreen_tls_dkey_file", "$smtpd_tls_dkey_file");

    /// <summary>Setting <c>postscreen_tls_eccert_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsEccertFile = new("postscreen_tls_eccert_file", "$smtpd_tls_eccert_file");

    /// <summary>Setting <c>postscreen_tls_eckey_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsEckeyFile = new("postscreen_tls_eckey_file", "$smtpd_tls_eckey_file");

    /// <summary>Setting <c>postscreen_tls_eecdh_grade</c>.</summary>
    public static readonly EnumParameter PostscreenTlsEecdhGrade = new("postscreen_tls_eecdh_grade", "$smtpd_tls_eecdh_grade", "none", "strong", "ultra", "auto");

    /// <summary>Setting <c>postscreen_tls_enable_rpk</c>.</summary>
    public static readonly BoolParameter PostscreenTlsEnableRpk = new("postscreen_tls_enable_rpk", "$smtpd_tls_enable_rpk");

    /// <summary>Setting <c>postscreen_tls_exclude_ciphers</c>.</summary>
    public static readonly StringParameter PostscreenTlsExcludeCiphers = new("postscreen_tls_exclude_ciphers", "$smtpd_tls_exclude_ciphers");

    /// <summary>Setting <c>postscreen_tls_fingerprint_digest</c>.</summary>
    public static readonly StringParameter PostscreenTlsFingerprintDigest = new("postscreen_tls_fingerprint_digest", "$smtpd_tls_fingerprint_digest", min: 1);

    /// <summary>Setting <c>postscreen_tls_key_file</c>.</summary>
    public static readonly StringParameter PostscreenTlsKeyFile = new("postscreen_tls_key_file", "$smtpd_tls_key_file");

    /// <summary>Setting <c>postscreen_tls_loglevel</c>.</summary>
    public static readonly StringParameter PostscreenTlsLoglevel = new("postscreen_tls_loglevel", "$smtpd_tls_loglevel");

    /// <summary>Setting <c>postscreen_tls_loglevel_maps</c>.</summary>
    public static readonly StringParameter PostscreenTlsLoglevelMaps = new("postscreen_tls_loglevel_maps", "$smtpd_tls_loglevel_maps");

    /// <summary>Setting <c>postscreen_tls_mandatory_ciphers</c>.</summary>
    public static readonly EnumParameter PostscreenTlsMandatoryCiphers = new("postscreen_tls_mandatory_ciphers", "$smtpd_tls_mandatory_ciphers", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>postscreen_tls_mandatory_exclude_ciphers</c>.</summary>
    public static readonly StringParameter PostscreenTlsMandatoryExcludeCiphers = new("postscreen_tls_mandatory_exclude_ciphers", "$smtpd_tls_mandatory_exclude_ciphers");

    /// <summary>Setting <c>postscreen_tls_mandatory_protocols</c>.</summary>
    public static readonly StringParameter PostscreenTlsMandatoryProtocols = new("postscreen_tls_mandatory_protocols", "$smtpd_tls_mandatory_protocols");

    /// <summary>Setting <c>postscreen_tls_protocols</c>.</summary>
    public static readonly StringParameter PostscreenTlsProtocols = new("postscreen_tls_protocols", "$smtpd_tls_protocols");

    /// <summary>Setting <c>postscreen_tls_req_ccert</c>.</summary>
    public static readonly BoolParameter PostscreenTlsReqCcert = new("postscreen_tls_req_ccert", "$smtpd_tls_req_ccert");

    /// <summary>Setting <c>postscreen_tls_security_level</c>.</summary>
    public static readonly EnumParameter PostscreenTlsSecurityLevel = new("postscreen_tls_security_level", "$smtpd_tls_security_level", "", "none", "may", "encrypt");

    /// <summary>Setting <c>postscreen_tls_trace_size_limit</c>.</summary>
    public static readonly IntParameter PostscreenTlsTraceSizeLimit = new("postscreen_tls_trace_size_limit", "$smtpd_tls_trace_size_limit");

    /// <summary>Setting <c>postscreen_upstream_proxy_protocol</c>.</summary>
    public static readonly EnumParameter PostscreenUpstreamProxyProtocol = new("postscreen_upstream_proxy_protocol", "", "", "haproxy");

    /// <summary>Setting <c>postscreen_upstream_proxy_timeout</c>.</summary>
    public static readonly TimeParameter PostscreenUpstreamProxyTimeout = new("postscreen_upstream_proxy_timeout", "5s", min: 1);

    /// <summary>Setting <c>postscreen_use_tls</c>.</summary>
    public static readonly BoolParameter PostscreenUseTls = new("postscreen_use_tls", "$smtpd_use_tls");

    /// <summary>Setting <c>postscreen_watchdog_timeout</c>.</summary>
    public static readonly TimeParameter PostscreenWatchdogTimeout = new("postscreen_watchdog_timeout", "10s", min: 10);

    /// <summary>Setting <c>postscreen_whitelist_interfaces</c>.</summary>
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

namespace Mta.Config.Parameters;

/// <summary>Parameters of the LMTP client; each has an SMTP client counterpart.</summary>
public static class LmtpParameters
{
    /// <summary>Setting <c>lmtp_address_preference</c>.</summary>
    public static readonly EnumParameter LmtpAddressPreference = new("lmtp_address_preference", "any", "any", "ipv4", "ipv6");

    /// <summary>Setting <c>lmtp_address_verify_target</c>.</summary>
    public static readonly EnumParameter LmtpAddressVerifyTarget = new("lmtp_address_verify_target", "rcpt", "rcpt", "data");

    /// <summary>Setting <c>lmtp_assume_final</c>.</summary>
    public static readonly BoolParameter LmtpAssumeFinal = new("lmtp_assume_final", false);

    /// <summary>Setting <c>lmtp_balance_inet_protocols</c>.</summary>
    public static readonly BoolParameter LmtpBalanceInetProtocols = new("lmtp_balance_inet_protocols", true);

    /// <summary>Setting <c>lmtp_bind_address</c>.</summary>
    public static readonly StringParameter LmtpBindAddress = new("lmtp_bind_address", "");

    /// <summary>Setting <c>lmtp_bind_address6</c>.</summary>
    public static readonly StringParameter LmtpBindAddress6 = new("lmtp_bind_address6", "");

    /// <summary>Setting <c>lmtp_bind_address_enforce</c>.</summary>
    public static readonly BoolParameter LmtpBindAddressEnforce = new("lmtp_bind_address_enforce", false);

    /// <summary>Setting <c>lmtp_body_checks</c>.</summary>
    public static readonly StringParameter LmtpBodyChecks = new("lmtp_body_checks", "");

    /// <summary>Setting <c>lmtp_cname_overrides_servername</c>.</summary>
    public static readonly BoolParameter LmtpCnameOverridesServername = new("lmtp_cname_overrides_servername", false);

    /// <summary>Setting <c>lmtp_connect_timeout</c>.</summary>
    public static readonly TimeParameter LmtpConnectTimeout = new("lmtp_connect_timeout", "0s");

    /// <summary>Setting <c>lmtp_connection_cache_destinations</c>.</summary>
    public static readonly StringParameter LmtpConnectionCacheDestinations = new("lmtp_connection_cache_destinations", "");

    /// <summary>Setting <c>lmtp_connection_cache_on_demand</c>.</summary>
    public static readonly BoolParameter LmtpConnectionCacheOnDemand = new("lmtp_connection_cache_on_demand", true);

    /// <summary>Setting <c>lmtp_connection_cache_time_limit</c>.</summary>
    public static readonly TimeParameter LmtpConnectionCacheTimeLimit = new("lmtp_connection_cache_time_limit", "2s", min: 1);

    /// <summary>Setting <c>lmtp_connection_reuse_count_limit</c>.</summary>
    public static readonly IntParameter LmtpConnectionReuseCountLimit = new("lmtp_connection_reuse_count_limit", 0);

    /// <summary>Setting <c>lmtp_connection_reuse_time_limit</c>.</summary>
    public static readonly TimeParameter LmtpConnectionReuseTimeLimit = new("lmtp_connection_reuse_time_limit", "300s", min: 1);

    /// <summary>Setting <c>lmtp_data_done_timeout</c>.</summary>
    public static readonly TimeParameter LmtpDataDoneTimeout = new("lmtp_data_done_timeout", "600s", min: 1);

    /// <summary>Setting <c>lmtp_data_init_timeout</c>.</summary>
    public static readonly TimeParameter LmtpDataInitTimeout = new("lmtp_data_init_timeout", "120s", min: 1);

    /// <summary>Setting <c>lmtp_data_xfer_timeout</c>.</summary>
    public static readonly TimeParameter LmtpDataXferTimeout = new("lmtp_data_xfer_timeout", "180s", min: 1);

    /// <summary>Setting <c>lmtp_defer_if_no_mx_address_found</c>.</summary>
    public static readonly BoolParameter LmtpDeferIfNoMxAddressFound = new("lmtp_defer_if_no_mx_address_found", false);

    /// <summary>Setting <c>lmtp_delivery_status_filter</c>.</summary>
    public static readonly StringParameter LmtpDeliveryStatusFilter = new("lmtp_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Setting <c>lmtp_discard_lhlo_keyword_address_maps</c>.</summary>
    public static readonly StringParameter LmtpDiscardLhloKeywordAddressMaps = new("lmtp_discard_lhlo_keyword_address_maps", "");

    /// <summary>Setting <c>lmtp_discard_lhlo_keywords</c>.</summary>
    public static readonly StringParameter LmtpDiscardLhloKeywords = new("lmtp_discard_lhlo_keywords", "");

    /// <summary>Setting <c>lmtp_dns_reply_filter</c>.</summary>
    public static readonly StringParameter LmtpDnsReplyFilter = new("lmtp_dns_reply_filter", "");

    /// <summary>Setting <c>lmtp_dns_resolver_options</c>.</summary>
    public static readonly StringParameter LmtpDnsResolverOptions = new("lmtp_dns_resolver_options", "");

    /// <summary>Setting <c>lmtp_dns_support_level</c>.</summary>
    public static readonly EnumParameter LmtpDnsSupportLevel = new("lmtp_dns_support_level", "", "", "disabled", "enabled", "dnssec");

    /// <summary>Setting <c>lmtp_enforce_tls</c>.</summary>
    public static readonly BoolParameter LmtpEnforceTls = new("lmtp_enforce_tls", false);

    /// <summary>Setting <c>lmtp_fallback_relay</c>.</summary>
    public static readonly StringParameter LmtpFallbackRelay = new("lmtp_fallback_relay", "");

    /// <summary>Setting <c>lmtp_generic_maps</c>.</summary>
    public static readonly StringParameter LmtpGenericMaps = new("lmtp_generic_maps", "");

    /// <summary>Setting <c>lmtp_header_checks</c>.</summary>
    public static readonly StringParameter LmtpHeaderChecks = new("lmtp_header_checks", "");

    /// <summary>Setting <c>lmtp_host_lookup</c>.</summary>
    public static readonly StringParameter LmtpHostLookup = new("lmtp_host_lookup", "dns", min: 1);

    /// <summary>Setting <c>lmtp_lhlo_name</c>.</summary>
    public static readonly StringParameter LmtpLhloName = new("lmtp_lhlo_name", "$myhostname", min: 1);

    /// <summary>Setting <c>lmtp_lhlo_timeout</c>.</summary>
    public static readonly TimeParameter LmtpLhloTimeout = new("lmtp_lhlo_timeout", "300s", min: 1);

    /// <summary>Setting <c>lmtp_line_length_limit</c>.</summary>
    public static readonly IntParameter LmtpLineLengthLimit = new("lmtp_line_length_limit", 998);

    /// <summary>Setting <c>lmtp_log_tls_feature_status</c>.</summary>
    public static readonly BoolParameter LmtpLogTlsFeatureStatus = new("lmtp_log_tls_feature_status", false);

    /// <summary>Setting <c>lmtp_mail_timeout</c>.</summary>
    public static readonly TimeParameter LmtpMailTimeout = new("lmtp_mail_timeout", "300s", min: 1);

    /// <summary>Setting <c>lmtp_mime_header_checks</c>.</summary>
    public static readonly StringParameter LmtpMimeHeaderChecks = new("lmtp_mime_header_checks", "");

    /// <summary>Setting <c>lmtp_min_data_rate</c>.</summary>
    public static readonly IntParameter LmtpMinDataRate = new("lmtp_min_data_rate", 500, min: 1);

    /// <summary>Setting <c>lmtp_mx_address_limit</c>.</summary>
    public static readonly IntParameter LmtpMxAddressLimit = new("lmtp_mx_address_limit", 5);

    /// <summary>Setting <c>lmtp_mx_session_limit</c>.</summary>
    public static readonly IntParameter LmtpMxSessionLimit = new("lmtp_mx_session_limit", 2);

    /// <summary>Setting <c>lmtp_nested_header_checks</c>.</summary>
    public static readonly StringParameter LmtpNestedHeaderChecks = new("lmtp_nested_header_checks", "");

    /// <summary>Setting <c>lmtp_per_record_deadline</c>.</summary>
    public static readonly StringParameter LmtpPerRecordDeadline = new("lmtp_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Setting <c>lmtp_per_request_deadline</c>.</summary>
    public static readonly BoolParameter LmtpPerRequestDeadline = new("lmtp_per_request_deadline", "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}");

    /// <summary>Setting <c>lmtp_pix_workaround_delay_time</c>.</summary>
    public static readonly TimeParameter LmtpPixWorkaroundDelayTime = new("lmtp_pix_workaround_delay_time", "10s", min: 1);

    /// <summary>Setting <c>lmtp_pix_workaround_maps</c>.</summary>
    public static readonly StringParameter LmtpPixWorkaroundMaps = new("lmtp_pix_workaround_maps", "");

    /// <summary>Setting <c>lmtp_pix_workaround_threshold_time</c>.</summary>
    public static readonly TimeParameter LmtpPixWorkaroundThresholdTime = new("lmtp_pix_workaround_threshold_time", "500s");

    /// <summary>Setting <c>lmtp_pix_workarounds</c>.</summary>
    public static readonly StringParameter LmtpPixWorkarounds = new("lmtp_pix_workarounds", "disable_esmtp,delay_dotcrlf");

    /// <summary>Setting <c>lmtp_quit_timeout</c>.</summary>
    public static readonly TimeParameter LmtpQuitTimeout = new("lmtp_quit_timeout", "300s", min: 1);

    /// <summary>Setting <c>lmtp_quote_rfc821_envelope</c>.</summary>
    public static readonly BoolParameter LmtpQuoteRfc821Envelope = new("lmtp_quote_rfc821_envelope", true);

    /// <summary>Setting <c>lmtp_randomize_addresses</c>.</summary>
    public static readonly BoolParameter LmtpRandomizeAddresses = new("lmtp_randomize_addresses", true);

    /// <summary>Setting <c>lmtp_rcpt_timeout</c>.</summary>
    public static readonly TimeParameter LmtpRcptTimeout = new("lmtp_rcpt_timeout", "300s", min: 1);

    /// <summary>Setting <c>lmtp_reply_filter</c>.</summary>
    public static readonly StringParameter LmtpReplyFilter = new("lmtp_reply_filter", "");

    /// <summary>Setting <c>lmtp_requiretls_policy</c>.</summary>
    public static readonly StringParameter LmtpRequiretlsPolicy = new("lmtp_requiretls_policy", "opportunistic");

    /// <summary>Setting <c>lmtp_rset_timeout</c>.</summary>
    public static readonly TimeParameter LmtpRsetTimeout = new("lmtp_rset_timeout", "20s", min: 1);

    /// <summary>Setting <c>lmtp_sasl_auth_cache_name</c>.</summary>
    public static readonly StringParameter LmtpSaslAuthCacheName = new("lmtp_sasl_auth_cache_name", "");

    /// <summary>Setting <c>lmtp_sasl_auth_cache_time</c>.</summary>
    public static readonly TimeParameter LmtpSaslAuthCacheTime = new("lmtp_sasl_auth_cache_time", "90d", 'd');

    /// <summary>Setting <c>lmtp_sasl_auth_enable</c>.</summary>
    public static readonly BoolParameter LmtpSaslAuthEnable = new("lmtp_sasl_auth_enable", false);

    /// <summary>Setting <c>lmtp_sasl_auth_soft_bounce</c>.</summary>
    public static readonly BoolParameter LmtpSaslAuthSoftBounce = new("lmtp_sasl_auth_soft_bounce", true);

    /// <summary>Setting <c>lmtp_sasl_mechanism_filter</c>.</summary>
    public static readonly StringParameter LmtpSaslMechanismFilter = new("lmtp_sasl_mechanism_filter", "");

    /// <summary>Setting <c>lmtp_sasl_password_maps</c>.</summary>
    public static readonly StringParameter LmtpSaslPasswordMaps = new("lmtp_sasl_password_maps", "");

    /// <summary>Setting <c>lmtp_sasl_password_result_delimiter</c>.</summary>
    public static readonly StringParameter LmtpSaslPasswordResultDelimiter = new("lmtp_sasl_password_result_delimiter", ":", min: 1, max: 1);

    /// <summary>Setting <c>lmtp_sasl_path</c>.</summary>
    public static readonly StringParameter LmtpSaslPath = new("lmtp_sasl_path", "");

    /// <summary>Setting <c>lmtp_sasl_security_options</c>.</summary>
    public static readonly StringParameter LmtpSaslSecurityOptions = new("lmtp_sasl_security_options", "noplaintext, noanonymous");

    /// <summary>Setting <c>lmtp_sasl_tls_security_options</c>.</summary>
    public static readonly StringParameter LmtpSaslTlsSecurityOptions = new("lmtp_sasl_tls_security_options", "$lmtp_sasl_security_options");

    /// <summary>Setting <c>lmtp_sasl_tls_verified_security_options</c>.</summary>
    public static readonly StringParameter LmtpSaslTlsVerifiedSecurityOptions = new("lmtp_sasl_tls_verified_security_options", "$lmtp_sasl_tls_security_options");

    /// <summary>Setting <c>lmtp_sasl_type</c>.</summary>
    public static readonly StringParameter LmtpSaslType = new("lmtp_sasl_type", "cyrus", min: 1);

    /// <summary>Setting <c>lmtp_send_dummy_mail_auth</c>.</summary>
    public static readonly BoolParameter LmtpSendDummyMailAuth = new("lmtp_send_dummy_mail_auth", false);

    /// <summary>Setting <c>lmtp_send_xforward_command</c>.</summary>
    public static readonly BoolParameter LmtpSendXforwardCommand = new("lmtp_send_xforward_command", false);

    /// <summary>Setting <c>lmtp_sender_dependent_authentication</c>.</summary>
    public static readonly BoolParameter LmtpSenderDependentAuthentication = new("lmtp_sender_dependent_authentication", false);

    /// <summary>Setting <c>lmtp_skip_5xx_greeting</c>.</summary>
    public static readonly BoolParameter LmtpSkip5xxGreeting = new("lmtp_skip_5xx_greeting", true);

    /// <summary>Setting <c>lmtp_skip_quit_response</c>.</summary>
    public static readonly BoolParameter LmtpSkipQuitResponse = new("lmtp_skip_quit_response", false);

    /// <summary>Setting <c>lmtp_starttls_timeout</c>.</summary>
    public static readonly TimeParameter LmtpStarttlsTimeout = new("lmtp_starttls_timeout", "300s", min: 1);

    /// <summary>Setting <c>lmtp_tcp_port</c>.</summary>
    public static readonly StringParameter LmtpTcpPort = new("lmtp_tcp_port", "24");

    /// <summary>Setting <c>lmtp_tls_CAfile</c>.</summary>
    public static readonly StringParameter LmtpTlsCAfile = new("lmtp_tls_CAfile", "");

    /// <summary>Setting <c>lmtp_tls_CApath</c>.</summary>
    public static readonly StringParameter LmtpTlsCApath = new("lmtp_tls_CApath", "");

    /// <summary>Setting <c>lmtp_tls_block_early_mail_reply</c>.</summary>
    public static readonly BoolParameter LmtpTlsBlockEarlyMailReply = new("lmtp_tls_block_early_mail_reply", false);

    /// <summary>Setting <c>lmtp_tls_cert_file</c>.</summary>
    public static readonly StringParameter LmtpTlsCertFile = new("lmtp_tls_cert_file", "");

    /// <summary>Setting <c>lmtp_tls_chain_files</c>.</summary>
    public static readonly StringParameter LmtpTlsChainFiles = new("lmtp_tls_chain_files", "");

    /// <summary>Setting <c>lmtp_tls_ciphers</c>.</summary>
    public static readonly EnumParameter LmtpTlsCiphers = new("lmtp_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>lmtp_tls_connection_reuse</c>.</summary>
    public static readonly BoolParameter LmtpTlsConnectionReuse = new("lmtp_tls_connection_reuse", false);

    /// <summary>Setting <c>lmtp_tls_dcert_file</c>.</summary>
    public static readonly StringParameter LmtpTlsDcertFile = new("lmtp_tls_dcert_file", "");

    /// <summary>Setting <c>lmtp_tls_dkey_file</c>.</summary>
    public static readonly StringParameter LmtpTlsDkeyFile = new("lmtp_tls_dkey_file", "$lmtp_tls_dcert_file");

    /// <summary>Setting <c>lmtp_tls_eccert_file</c>.</summary>
    public static readonly StringParameter LmtpTlsEccertFile = new("lmtp_tls_eccert_file", "");

    /// <summary>Setting <c>lmtp_tls_eckey_file</c>.</summary>
    public static readonly StringParameter LmtpTlsEckeyFile = new("lmtp_tls_eckey_file", "$lmtp_tls_eccert_file");

    /// <summary>Setting <c>lmtp_tls_enable_rpk</c>.</summary>
    public static readonly BoolParameter LmtpTlsEnableRpk = new("lmtp_tls_enable_rpk", false);

    /// <summary>Setting <c>lmtp_tls_enforce_peername</c>.</summary>
    public static readonly BoolParameter LmtpTlsEnforcePeername = new("lmtp_tls_enforce_peername", true);

    /// <summary>Setting <c>lmtp_tls_enforce_sts_mx_patterns</c>.</summary>
    public static readonly BoolParameter LmtpTlsEnforceStsMxPatterns = new("lmtp_tls_enforce_sts_mx_patterns", true);

    /// <summary>Setting <c>lmtp_tls_exclude_ciphers</c>.</summary>
    public static readonly StringParameter LmtpTlsExcludeCiphers = new("lmtp_tls_exclude_ciphers", "");

    /// <summary>Setting <c>lmtp_tls_fingerprint_cert_match</c>.</summary>
    public static readonly StringParameter LmtpTlsFingerprintCertMatch = new("lmtp_tls_fingerprint_cert_match", "");

    /// <summary>Setting <c>lmtp_tls_fingerprint_digest</c>.</summary>
    public static readonly StringParameter LmtpTlsFingerprintDigest = new("lmtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>Setting <c>lmtp_tls_force_insecure_host_tlsa_lookup</c>.</summary>
    public static readonly BoolParameter LmtpTlsForceInsecureHostTlsaLookup = new("lmtp_tls_force_insecure_host_tlsa_lookup", false);

    /// <summary>Setting <c>lmtp_tls_key_file</c>.</summary>
    public static readonly StringParameter LmtpTlsKeyFile = new("lmtp_tls_key_file", "$lmtp_tls_cert_file");

    /// <summary>Setting <c>lmtp_tls_loglevel</c>.</summary>
    public static readonly StringParameter LmtpTlsLoglevel = new("lmtp_tls_loglevel", "0");

    /// <summary>Setting <c>lmtp_tls_loglevel_maps</c>.</summary>
    public static readonly StringParameter LmtpTlsLoglevelMaps = new("lmtp_tls_loglevel_maps", "");

    /// <summary>Setting <c>lmtp_tls_mandatory_ciphers</c>.</summary>
    public static readonly EnumParameter LmtpTlsMandatoryCiphers = new("lmtp_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>lmtp_tls_mandatory_exclude_ciphers</c>.</summary>
    public static readonly StringParameter LmtpTlsMandatoryExcludeCiphers = new("lmtp_tls_mandatory_exclude_ciphers", "");

    /// <summary>Setting <c>lmtp_tls_mandatory_protocols</c>.</summary>
    public static readonly StringParameter LmtpTlsMandatoryProtocols = new("lmtp_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Setting <c>lmtp_tls_note_starttls_offer</c>.</summary>
    public static readonly BoolParameter LmtpTlsNoteStarttlsOffer = new("lmtp_tls_note_starttls_offer", false);

    /// <summary>Setting <c>lmtp_tls_per_site</c>.</summary>
    public static readonly StringParameter LmtpTlsPerSite = new("lmtp_tls_per_site", "");

    /// <summary>Setting <c>lmtp_tls_policy_maps</c>.</summary>
    public static readonly StringParameter LmtpTlsPolicyMaps = new("lmtp_tls_policy_maps", "");

    /// <summary>Setting <c>lmtp_tls_protocols</c>.</summary>
    public static readonly StringParameter LmtpTlsProtocols = new("lmtp_tls_protocols", ">=TLSv1");

    /// <summary>Setting <c>lmtp_tls_scert_verifydepth</c>.</summary>
    public static readonly IntParameter LmtpTlsScertVerifydepth = new("lmtp_tls_scert_verifydepth", 9);

    /// <summary>Setting <c>lmtp_tls_secure_cert_match</c>.</summary>
    public static readonly StringParameter LmtpTlsSecureCertMatch = new("lmtp_tls_secure_cert_match", "nexthop", min: 1);

    /// <summary>Setting <c>lmtp_tls_security_level</c>.</summary>
    public static readonly EnumParameter LmtpTlsSecurityLevel = new("lmtp_tls_security_level", "", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Setting <c>lmtp_tls_servername</c>.</summary>
    public static readonly StringParameter LmtpTlsServername = new("lmtp_tls_servername", "");

    /// <summary>Setting <c>lmtp_tls_session_cache_database</c>.</summary>
    public static readonly StringParameter LmtpTlsSessionCacheDatabase = new("lmtp_tls_session_cache_database", "");

    /// <summary>Setting <c>lmtp_tls_session_cache_timeout</c>.</summary>
    public static readonly TimeParameter LmtpTlsSessionCacheTimeout = new("lmtp_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Setting <c>lmtp_tls_trace_size_limit</c>.</summary>
    public static readonly IntParameter LmtpTlsTraceSizeLimit = new("lmtp_tls_trace_size_limit", 102_400);

    /// <summary>Setting <c>lmtp_tls_trust_anchor_file</c>.</summary>
    public static readonly StringParameter LmtpTlsTrustAnchorFile = new("lmtp_tls_trust_anchor_file", "");

    /// <summary>Setting <c>lmtp_tls_verify_cert_match</c>.</summary>
    public static readonly StringParameter LmtpTlsVerifyCertMatch = new("lmtp_tls_verify_cert_match", "hostname", min: 1);

    /// <summary>Setting <c>lmtp_tls_wrappermode</c>.</summary>
    public static readonly BoolParameter LmtpTlsWrappermode = new("lmtp_tls_wrappermode", false);

    /// <summary>Setting <c>lmtp_tlsrpt_enable</c>.</summary>
    public static readonly BoolParameter LmtpTlsrptEnable = new("lmtp_tlsrpt_enable", false);

    /// <summary>Setting <c>lmtp_tlsrpt_skip_reused_handshakes</c>.</summary>
    public static readonly BoolParameter LmtpTlsrptSkipReusedHandshakes = new("lmtp_tlsrpt_skip_reused_handshakes", false);

    /// <summary>Setting <c>lmtp_tlsrpt_socket_name</c>.</summary>
    public static readonly StringParameter LmtpTlsrptSocketName = new("lmtp_tlsrpt_socket_name", "");

    /// <summary>Setting <c>lmtp_use_tls</c>.</summary>
    public static readonly BoolParameter LmtpUseTls = new("lmtp_use_tls", false);

    /// <summary>Setting <c>lmtp_xforward_timeout</c>.</summary>
    public static readonly TimeParameter LmtpXforwardTimeout = new("lmtp_xforward_timeout", "300s", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        LmtpAddressPreference,
        LmtpAddressVerifyTarget,
        LmtpAssumeFinal,
        LmtpBalanceInetProtocols,
        LmtpBindAddress,
        LmtpBindAddress6,
        LmtpBindAddressEnforce,
        LmtpBodyChecks,
        LmtpCnameOverridesServername,
        LmtpConnectTimeout,
        LmtpConnectionCacheDestinations,
        LmtpConnectionCacheOnDemand,
        LmtpConnectionCacheTimeLimit,
        LmtpConnectionReuseCountLimit,
        LmtpConnectionReuseTimeLimit,
        LmtpDataDoneTimeout,
        LmtpDataInitTimeout,
        LmtpDataXferTimeout,
        LmtpDeferIfNoMxAddressFound,
        LmtpDeliveryStatusFilter,
        LmtpDiscardLhloKeywordAddressMaps,
        LmtpDiscardLhloKeywords,
        LmtpDnsReplyFilter,
        LmtpDnsResolverOptions,
        LmtpDnsSupportLevel,
        LmtpEnforceTls,
        LmtpFallbackRelay,
        LmtpGenericMaps,
        LmtpHeaderChecks,
        LmtpHostLookup,
        LmtpLhloName,
        LmtpLhloTimeout,
        LmtpLineLengthLimit,
        LmtpLogTlsFeatureStatus,
        LmtpMailTimeout,
        LmtpMimeHeaderChecks,
        LmtpMinDataRate,
        LmtpMxAddressLimit,
        LmtpMxSessionLimit,
        LmtpNestedHeaderChecks,
        LmtpPerRecordDeadline,
        LmtpPerRequestDeadline,
        LmtpPixWorkaroundDelayTime,
        LmtpPixWorkaroundMaps,
        LmtpPixWorkaroundThresholdTime,
        LmtpPixWorkarounds,
        LmtpQuitTimeout,
        LmtpQuoteRfc821Envelope,
        LmtpRandomizeAddresses,
        LmtpRcptTimeout,
        LmtpReplyFilter,
        LmtpRequiretlsPolicy,
        LmtpRsetTimeout,
        LmtpSaslAuthCacheName,
        LmtpSaslAuthCacheTime,
        LmtpSaslAuthEnable,
        LmtpSaslAuthSoftBounce,
        LmtpSaslMechanismFilter,
        LmtpSaslPasswordMaps,
        LmtpSaslPasswordResultDelimiter,
        LmtpSaslPath,
        LmtpSaslSecurityOptions,
        LmtpSaslTlsSecurityOptions,
        LmtpSaslTlsVerifiedSecurityOptions,
        LmtpSaslType,
        LmtpSendDummyMailAuth,
        LmtpSendXforwardCommand,
        LmtpSenderDependentAuthentication,
        LmtpSkip5xxGreeting,
        LmtpSkipQuitResponse,
        LmtpStarttlsTimeout,
        LmtpTcpPort,
        LmtpTlsCAfile,
        LmtpTlsCApath,
        LmtpTlsBlockEarlyMailReply,
        LmtpTlsCertFile,
        LmtpTlsChainFiles,
        LmtpTlsCiphers,
        LmtpTlsConnectionReuse,
        LmtpTlsDcertFile,
        LmtpTlsDkeyFile,
        LmtpTlsEccertFile,
        LmtpTlsEckeyFile,
        LmtpTlsEnableRpk,
        LmtpTlsEnforcePeername,
        LmtpTlsEnforceStsMxPatterns,
        LmtpTlsExcludeCiphers,
        LmtpTlsFingerprintCertMatch,
        LmtpTlsFingerprintDigest,
        LmtpTlsForceInsecureHostTlsaLookup,
        LmtpTlsKeyFile,
        LmtpTlsLoglevel,
        LmtpTlsLoglevelMaps,
        LmtpTlsMandatoryCiphers,
        LmtpTlsMandatoryExcludeCiphers,
        LmtpTlsMandatoryProtocols,
        LmtpTlsNoteStarttlsOffer,
        LmtpTlsPerSite,
        LmtpTlsPolicyMaps,
        LmtpTlsProtocols,
        LmtpTlsScertVerifydepth,
        LmtpTlsSecureCertMatch,
        LmtpTlsSecurityLevel,
        LmtpTlsServername,
        LmtpTlsSessionCacheDatabase,
        LmtpTlsSessionCacheTimeout,
        LmtpTlsTraceSizeLimit,
        LmtpTlsTrustAnchorFile,
        LmtpTlsVerifyCertMatch,
        LmtpTlsWrappermode,
        LmtpTlsrptEnable,
        LmtpTlsrptSkipReusedHandshakes,
        LmtpTlsrptSocketName,
        LmtpUseTls,
        LmtpXforwardTimeout,
    ];
}

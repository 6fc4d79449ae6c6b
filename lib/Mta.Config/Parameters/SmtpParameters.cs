namespace Mta.Config.Parameters;

/// <summary>Parameters of the SMTP client.</summary>
public static class SmtpParameters
{
    /// <summary>Setting <c>allow_srv_lookup_fallback</c>.</summary>
    public static readonly BoolParameter AllowSrvLookupFallback = new("allow_srv_lookup_fallback", false);

    /// <summary>Setting <c>best_mx_transport</c>.</summary>
    public static readonly StringParameter BestMxTransport = new("best_mx_transport", "");

    /// <summary>Setting <c>connection_cache_protocol_timeout</c>.</summary>
    public static readonly TimeParameter ConnectionCacheProtocolTimeout = new("connection_cache_protocol_timeout", "5s", min: 1);

    /// <summary>Setting <c>connection_cache_service_name</c>.</summary>
    public static readonly StringParameter ConnectionCacheServiceName = new("connection_cache_service_name", "scache", min: 1);

    /// <summary>Setting <c>connection_cache_status_update_time</c>.</summary>
    public static readonly TimeParameter ConnectionCacheStatusUpdateTime = new("connection_cache_status_update_time", "600s", min: 1);

    /// <summary>Setting <c>connection_cache_ttl_limit</c>.</summary>
    public static readonly TimeParameter ConnectionCacheTtlLimit = new("connection_cache_ttl_limit", "2s", min: 1);

    /// <summary>Setting <c>disable_dns_lookups</c>.</summary>
    public static readonly BoolParameter DisableDnsLookups = new("disable_dns_lookups", false);

    /// <summary>Setting <c>disable_mime_output_conversion</c>.</summary>
    public static readonly BoolParameter DisableMimeOutputConversion = new("disable_mime_output_conversion", false);

    /// <summary>Setting <c>dns_ncache_ttl_fix_enable</c>.</summary>
    public static readonly BoolParameter DnsNcacheTtlFixEnable = new("dns_ncache_ttl_fix_enable", false);

    /// <summary>Setting <c>dnssec_probe</c>.</summary>
    public static readonly StringParameter DnssecProbe = new("dnssec_probe", "ns:.");

    /// <summary>Setting <c>fallback_relay</c>.</summary>
    public static readonly StringParameter FallbackRelay = new("fallback_relay", "") { IsLegacy = true };

    /// <summary>Setting <c>ignore_mx_lookup_error</c>.</summary>
    public static readonly BoolParameter IgnoreMxLookupError = new("ignore_mx_lookup_error", false);

    /// <summary>Setting <c>ignore_srv_lookup_error</c>.</summary>
    public static readonly BoolParameter IgnoreSrvLookupError = new("ignore_srv_lookup_error", false);

    /// <summary>Setting <c>send_cyrus_sasl_authzid</c>.</summary>
    public static readonly BoolParameter SendCyrusSaslAuthzid = new("send_cyrus_sasl_authzid", false);

    /// <summary>Setting <c>smtp_address_preference</c>.</summary>
    public static readonly EnumParameter SmtpAddressPreference = new("smtp_address_preference", "any", "any", "ipv4", "ipv6");

    /// <summary>Setting <c>smtp_address_verify_target</c>.</summary>
    public static readonly EnumParameter SmtpAddressVerifyTarget = new("smtp_address_verify_target", "rcpt", "rcpt", "data");

    /// <summary>Setting <c>smtp_always_send_ehlo</c>.</summary>
    public static readonly BoolParameter SmtpAlwaysSendEhlo = new("smtp_always_send_ehlo", true);

    /// <summary>Setting <c>smtp_balance_inet_protocols</c>.</summary>
    public static readonly BoolParameter SmtpBalanceInetProtocols = new("smtp_balance_inet_protocols", true);

    /// <summary>Setting <c>smtp_bind_address</c>.</summary>
    public static readonly StringParameter SmtpBindAddress = new("smtp_bind_address", "");

    /// <summary>Setting <c>smtp_bind_address6</c>.</summary>
    public static readonly StringParameter SmtpBindAddress6 = new("smtp_bind_address6", "");

    /// <summary>Setting <c>smtp_bind_address_enforce</c>.</summary>
    public static readonly BoolParameter SmtpBindAddressEnforce = new("smtp_bind_address_enforce", false);

    /// <summary>Setting <c>smtp_body_checks</c>.</summary>
    public static readonly StringParameter SmtpBodyChecks = new("smtp_body_checks", "");

    /// <summary>Setting <c>smtp_cname_overrides_servername</c>.</summary>
    public static readonly BoolParameter SmtpCnameOverridesServername = new("smtp_cname_overrides_servername", false);

    /// <summary>Setting <c>smtp_connect_timeout</c>.</summary>
    public static readonly TimeParameter SmtpConnectTimeout = new("smtp_connect_timeout", "30s");

    /// <summary>Setting <c>smtp_connection_cache_destinations</c>.</summary>
    public static readonly StringParameter SmtpConnectionCacheDestinations = new("smtp_connection_cache_destinations", "");

    /// <summary>Setting <c>smtp_connection_cache_on_demand</c>.</summary>
    public static readonly BoolParameter SmtpConnectionCacheOnDemand = new("smtp_connection_cache_on_demand", true);

    /// <summary>Setting <c>smtp_connection_cache_time_limit</c>.</summary>
    public static readonly TimeParameter SmtpConnectionCacheTimeLimit = new("smtp_connection_cache_time_limit", "2s", min: 1);

    /// <summary>Setting <c>smtp_connection_reuse_count_limit</c>.</summary>
    public static readonly IntParameter SmtpConnectionReuseCountLimit = new("smtp_connection_reuse_count_limit", 0);

    /// <summary>Setting <c>smtp_connection_reuse_time_limit</c>.</summary>
    public static readonly TimeParameter SmtpConnectionReuseTimeLimit = new("smtp_connection_reuse_time_limit", "300s", min: 1);

    /// <summary>Setting <c>smtp_data_done_timeout</c>.</summary>
    public static readonly TimeParameter SmtpDataDoneTimeout = new("smtp_data_done_timeout", "600s", min: 1);

    /// <summary>Setting <c>smtp_data_init_timeout</c>.</summary>
    public static readonly TimeParameter SmtpDataInitTimeout = new("smtp_data_init_timeout", "120s", min: 1);

    /// <summary>Setting <c>smtp_data_xfer_timeout</c>.</summary>
    public static readonly TimeParameter SmtpDataXferTimeout = new("smtp_data_xfer_timeout", "180s", min: 1);

    /// <summary>Setting <c>smtp_defer_if_no_mx_address_found</c>.</summary>
    public static readonly BoolParameter SmtpDeferIfNoMxAddressFound = new("smtp_defer_if_no_mx_address_found", false);

    /// <summary>Setting <c>smtp_delivery_status_filter</c>.</summary>
    public static readonly StringParameter SmtpDeliveryStatusFilter = new("smtp_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Setting <c>smtp_discard_ehlo_keyword_address_maps</c>.</summary>
    public static readonly StringParameter SmtpDiscardEhloKeywordAddressMaps = new("smtp_discard_ehlo_keyword_address_maps", "");

    /// <summary>Setting <c>smtp_discard_ehlo_keywords</c>.</summary>
    public static readonly StringParameter SmtpDiscardEhloKeywords = new("smtp_discard_ehlo_keywords", "");

    /// <summary>Setting <c>smtp_dns_reply_filter</c>.</summary>
    public static readonly StringParameter SmtpDnsReplyFilter = new("smtp_dns_reply_filter", "");

    /// <summary>Setting <c>smtp_dns_resolver_options</c>.</summary>
    public static readonly StringParameter SmtpDnsResolverOptions = new("smtp_dns_resolver_options", "");

    /// <summary>Setting <c>smtp_dns_support_level</c>.</summary>
    public static readonly EnumParameter SmtpDnsSupportLevel = new("smtp_dns_support_level", "", "", "disabled", "enabled", "dnssec");

    /// <summary>Setting <c>smtp_enforce_tls</c>.</summary>
    public static readonly BoolParameter SmtpEnforceTls = new("smtp_enforce_tls", false);

    /// <summary>Setting <c>smtp_fallback_relay</c>.</summary>
    public static readonly StringParameter SmtpFallbackRelay = new("smtp_fallback_relay", "$fallback_relay");

    /// <summary>Setting <c>smtp_generic_maps</c>.</summary>
    public static readonly StringParameter SmtpGenericMaps = new("smtp_generic_maps", "");

    /// <summary>Setting <c>smtp_header_checks</c>.</summary>
    public static readonly StringParameter SmtpHeaderChecks = new("smtp_header_checks", "");

    /// <summary>Setting <c>smtp_helo_name</c>.</summary>
    public static readonly StringParameter SmtpHeloName = new("smtp_helo_name", "$myhostname", min: 1);

    /// <summary>Setting <c>smtp_helo_timeout</c>.</summary>
    public static readonly TimeParameter SmtpHeloTimeout = new("smtp_helo_timeout", "300s", min: 1);

    /// <summary>Setting <c>smtp_host_lookup</c>.</summary>
    public static readonly StringParameter SmtpHostLookup = new("smtp_host_lookup", "dns", min: 1);

    /// <summary>Setting <c>smtp_line_length_limit</c>.</summary>
    public static readonly IntParameter SmtpLineLengthLimit = new("smtp_line_length_limit", 998);

    /// <summary>Setting <c>smtp_log_tls_feature_status</c>.</summary>
    public static readonly BoolParameter SmtpLogTlsFeatureStatus = new("smtp_log_tls_feature_status", false);

    /// <summary>Setting <c>smtp_mail_timeout</c>.</summary>
    public static readonly TimeParameter SmtpMailTimeout = new("smtp_mail_timeout", "300s", min: 1);

    /// <summary>Setting <c>smtp_mime_header_checks</c>.</summary>
    public static readonly StringParameter SmtpMimeHeaderChecks = new("smtp_mime_header_checks", "");

    /// <summary>Setting <c>smtp_min_data_rate</c>.</summary>
    public static readonly IntParameter SmtpMinDataRate = new("smtp_min_data_rate", 500, min: 1);

    /// <summary>Setting <c>smtp_mx_address_limit</c>.</summary>
    public static readonly IntParameter SmtpMxAddressLimit = new("smtp_mx_address_limit", 5);

    /// <summary>Setting <c>smtp_mx_session_limit</c>.</summary>
    public static readonly IntParameter SmtpMxSessionLimit = new("smtp_mx_session_limit", 2);

    /// <summary>Setting <c>smtp_nested_header_checks</c>.</summary>
    public static readonly StringParameter SmtpNestedHeaderChecks = new("smtp_nested_header_checks", "");

    /// <summary>Setting <c>smtp_never_send_ehlo</c>.</summary>
    public static readonly BoolParameter SmtpNeverSendEhlo = new("smtp_never_send_ehlo", false);

    /// <summary>Setting <c>smtp_per_record_deadline</c>.</summary>
    public static readonly StringParameter SmtpPerRecordDeadline = new("smtp_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Setting <c>smtp_per_request_deadline</c>.</summary>
    public static readonly BoolParameter SmtpPerRequestDeadline = new("smtp_per_request_deadline", "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}");

    /// <summary>Setting <c>smtp_pix_workaround_delay_time</c>.</summary>
    public static readonly TimeParameter SmtpPixWorkaroundDelayTime = new("smtp_pix_workaround_delay_time", "10s", min: 1);

    /// <summary>Setting <c>smtp_pix_workaround_maps</c>.</summary>
    public static readonly StringParameter SmtpPixWorkaroundMaps = new("smtp_pix_workaround_maps", "");

    /// <summary>Setting <c>smtp_pix_workaround_threshold_time</c>.</summary>
    public static readonly TimeParameter SmtpPixWorkaroundThresholdTime = new("smtp_pix_workaround_threshold_time", "500s");

    /// <summary>Setting <c>smtp_pix_workarounds</c>.</summary>
    public static readonly StringParameter SmtpPixWorkarounds = new("smtp_pix_workarounds", "disable_esmtp,delay_dotcrlf");

    /// <summary>Setting <c>smtp_quit_timeout</c>.</summary>
    public static readonly TimeParameter SmtpQuitTimeout = new("smtp_quit_timeout", "300s", min: 1);

    /// <summary>Setting <c>smtp_quote_rfc821_envelope</c>.</summary>
    public static readonly BoolParameter SmtpQuoteRfc821Envelope = new("smtp_quote_rfc821_envelope", true);

    /// <summary>Setting <c>smtp_randomize_addresses</c>.</summary>
    public static readonly BoolParameter SmtpRandomizeAddresses = new("smtp_randomize_addresses", true);

    /// <summary>Setting <c>smtp_rcpt_timeout</c>.</summary>
    public static readonly TimeParameter SmtpRcptTimeout = new("smtp_rcpt_timeout", "300s", min: 1);

    /// <summary>Setting <c>smtp_reply_filter</c>.</summary>
    public static readonly StringParameter SmtpReplyFilter = new("smtp_reply_filter", "");

    /// <summary>Setting <c>smtp_requiretls_policy</c>.</summary>
    public static readonly StringParameter SmtpRequiretlsPolicy = new("smtp_requiretls_policy", "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce");

    /// <summary>Setting <c>smtp_rset_timeout</c>.</summary>
    public static readonly TimeParameter SmtpRsetTimeout = new("smtp_rset_timeout", "20s", min: 1);

    /// <summary>Setting <c>smtp_sasl_auth_cache_name</c>.</summary>
    public static readonly StringParameter SmtpSaslAuthCacheName = new("smtp_sasl_auth_cache_name", "");

    /// <summary>Setting <c>smtp_sasl_auth_cache_time</c>.</summary>
    public static readonly TimeParameter SmtpSaslAuthCacheTime = new("smtp_sasl_auth_cache_time", "90d", 'd');

    /// <summary>Setting <c>smtp_sasl_auth_enable</c>.</summary>
    public static readonly BoolParameter SmtpSaslAuthEnable = new("smtp_sasl_auth_enable", false);

    /// <summary>Setting <c>smtp_sasl_auth_soft_bounce</c>.</summary>
    public static readonly BoolParameter SmtpSaslAuthSoftBounce = new("smtp_sasl_auth_soft_bounce", true);

    /// <summary>Setting <c>smtp_sasl_mechanism_filter</c>.</summary>
    public static readonly StringParameter SmtpSaslMechanismFilter = new("smtp_sasl_mechanism_filter", "");

    /// <summary>Setting <c>smtp_sasl_password_maps</c>.</summary>
    public static readonly StringParameter SmtpSaslPasswordMaps = new("smtp_sasl_password_maps", "");

    /// <summary>Setting <c>smtp_sasl_password_result_delimiter</c>.</summary>
    public static readonly StringParameter SmtpSaslPasswordResultDelimiter = new("smtp_sasl_password_result_delimiter", ":", min: 1, max: 1);

    /// <summary>Setting <c>smtp_sasl_path</c>.</summary>
    public static readonly StringParameter SmtpSaslPath = new("smtp_sasl_path", "");

    /// <summary>Setting <c>smtp_sasl_security_options</c>.</summary>
    public static readonly StringParameter SmtpSaslSecurityOptions = new("smtp_sasl_security_options", "noplaintext, noanonymous");

    /// <summary>Setting <c>smtp_sasl_tls_security_options</c>.</summary>
    public static readonly StringParameter SmtpSaslTlsSecurityOptions = new("smtp_sasl_tls_security_options", "$smtp_sasl_security_options");

    /// <summary>Setting <c>smtp_sasl_tls_verified_security_options</c>.</summary>
    public static readonly StringParameter SmtpSaslTlsVerifiedSecurityOptions = new("smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options");

    /// <summary>Setting <c>smtp_sasl_type</c>.</summary>
    public static readonly StringParameter SmtpSaslType = new("smtp_sasl_type", "cyrus", min: 1);

    /// <summary>Setting <c>smtp_send_dummy_mail_auth</c>.</summary>
    public static readonly BoolParameter SmtpSendDummyMailAuth = new("smtp_send_dummy_mail_auth", false);

    /// <summary>Setting <c>smtp_send_xforward_command</c>.</summary>
    public static readonly BoolParameter SmtpSendXforwardCommand = new("smtp_send_xforward_command", false);

    /// <summary>Setting <c>smtp_sender_dependent_authentication</c>.</summary>
    public static readonly BoolParameter SmtpSenderDependentAuthentication = new("smtp_sender_dependent_authentication", false);

    /// <summary>Setting <c>smtp_skip_5xx_greeting</c>.</summary>
    public static readonly BoolParameter SmtpSkip5xxGreeting = new("smtp_skip_5xx_greeting", true);

    /// <summary>Setting <c>smtp_skip_quit_response</c>.</summary>
    public static readonly BoolParameter SmtpSkipQuitResponse = new("smtp_skip_quit_response", true);

    /// <summary>Setting <c>smtp_starttls_timeout</c>.</summary>
    public static readonly TimeParameter SmtpStarttlsTimeout = new("smtp_starttls_timeout", "300s", min: 1);

    /// <summary>Setting <c>smtp_tcp_port</c>.</summary>
    public static readonly StringParameter SmtpTcpPort = new("smtp_tcp_port", "smtp");

    /// <summary>Setting <c>smtp_tls_CAfile</c>.</summary>
    public static readonly StringParameter SmtpTlsCAfile = new("smtp_tls_CAfile", "");

    /// <summary>Setting <c>smtp_tls_CApath</c>.</summary>
    public static readonly StringParameter SmtpTlsCApath = new("smtp_tls_CApath", "");

    /// <summary>Setting <c>smtp_tls_block_early_mail_reply</c>.</summary>
    public static readonly BoolParameter SmtpTlsBlockEarlyMailReply = new("smtp_tls_block_early_mail_reply", false);

    /// <summary>Setting <c>smtp_tls_cert_file</c>.</summary>
    public static readonly StringParameter SmtpTlsCertFile = new("smtp_tls_cert_file", "");

    /// <summary>Setting <c>smtp_tls_chain_files</c>.</summary>
    public static readonly StringParameter SmtpTlsChainFiles = new("smtp_tls_chain_files", "");

    /// <summary>Setting <c>smtp_tls_ciphers</c>.</summary>
    public static readonly EnumParameter SmtpTlsCiphers = new("smtp_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>smtp_tls_connection_reuse</c>.</summary>
    public static readonly BoolParameter SmtpTlsConnectionReuse = new("smtp_tls_connection_reuse", false);

    /// <summary>Setting <c>smtp_tls_dane_insecure_mx_policy</c>.</summary>
    public static readonly EnumParameter SmtpTlsDaneInsecureMxPolicy = new("smtp_tls_dane_insecure_mx_policy", "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}", "dane", "encrypt", "may");

    /// <summary>Setting <c>smtp_tls_dcert_file</c>.</summary>
    public static readonly StringParameter SmtpTlsDcertFile = new("smtp_tls_dcert_file", "");

    /// <summary>Setting <c>smtp_tls_dkey_file</c>.</summary>
    public static readonly StringParameter SmtpTlsDkeyFile = new("smtp_tls_dkey_file", "$smtp_tls_dcert_file");

    /// <summary>Setting <c>smtp_tls_eccert_file</c>.</summary>
    public static readonly StringParameter SmtpTlsEccertFile = new("smtp_tls_eccert_file", "");

    /// <summary>Setting <c>smtp_tls_eckey_file</c>.</summary>
    public static readonly StringParameter SmtpTlsEckeyFile = new("smtp_tls_eckey_file", "$smtp_tls_eccert_file");

    /// <summary>Setting <c>smtp_tls_enable_rpk</c>.</summary>
    public static readonly BoolParameter SmtpTlsEnableRpk = new("smtp_tls_enable_rpk", false);

    /// <summary>Setting <c>smtp_tls_enforce_peername</c>.</summary>
    public static readonly BoolParameter SmtpTlsEnforcePeername = new("smtp_tls_enforce_peername", true);

    /// <summary>Setting <c>smtp_tls_enforce_sts_mx_patterns</c>.</summary>
    public static readonly BoolParameter SmtpTlsEnforceStsMxPatterns = new("smtp_tls_enforce_sts_mx_patterns", true);

    /// <summary>Setting <c>smtp_tls_exclude_ciphers</c>.</summary>
    public static readonly StringParameter SmtpTlsExcludeCiphers = new("smtp_tls_exclude_ciphers", "");

    /// <summary>Setting <c>smtp_tls_fingerprint_cert_match</c>.</summary>
    public static readonly StringParameter SmtpTlsFingerprintCertMatch = new("smtp_tls_fingerprint_cert_match", "");

    /// <summary>Setting <c>smtp_tls_fingerprint_digest</c>.</summary>
    public static readonly StringParameter SmtpTlsFingerprintDigest = new("smtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>Setting <c>smtp_tls_force_insecure_host_tlsa_lookup</c>.</summary>
    public static readonly BoolParameter SmtpTlsForceInsecureHostTlsaLookup = new("smtp_tls_force_insecure_host_tlsa_lookup", false);

    /// <summary>Setting <c>smtp_tls_key_file</c>.</summary>
    public static readonly StringParameter SmtpTlsKeyFile = new("smtp_tls_key_file", "$smtp_tls_cert_file");

    /// <summary>Setting <c>smtp_tls_loglevel</c>.</summary>
    public static readonly StringParameter SmtpTlsLoglevel = new("smtp_tls_loglevel", "0");

    /// <summary>Setting <c>smtp_tls_loglevel_maps</c>.</summary>
    public static readonly StringParameter SmtpTlsLoglevelMaps = new("smtp_tls_loglevel_maps", "");

    /// <summary>Setting <c>smtp_tls_mandatory_ciphers</c>.</summary>
    public static readonly EnumParameter SmtpTlsMandatoryCiphers = new("smtp_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>smtp_tls_mandatory_exclude_ciphers</c>.</summary>
    public static readonly StringParameter SmtpTlsMandatoryExcludeCiphers = new("smtp_tls_mandatory_exclude_ciphers", "");

    /// <summary>Setting <c>smtp_tls_mandatory_protocols</c>.</summary>
    public static readonly StringParameter SmtpTlsMandatoryProtocols = new("smtp_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Setting <c>smtp_tls_note_starttls_offer</c>.</summary>
    public static readonly BoolParameter SmtpTlsNoteStarttlsOffer = new("smtp_tls_note_starttls_offer", false);

    /// <summary>Setting <c>smtp_tls_per_site</c>.</summary>
    public static readonly StringParameter SmtpTlsPerSite = new("smtp_tls_per_site", "");

    /// <summary>Setting <c>smtp_tls_policy_maps</c>.</summary>
    public static readonly StringParameter SmtpTlsPolicyMaps = new("smtp_tls_policy_maps", "");

    /// <summary>Setting <c>smtp_tls_protocols</c>.</summary>
    public static readonly StringParameter SmtpTlsProtocols = new("smtp_tls_protocols", ">=TLSv1");

    /// <summary>Setting <c>smtp_tls_scert_verifydepth</c>.</summary>
    public static readonly IntParameter SmtpTlsScertVerifydepth = new("smtp_tls_scert_verifydepth", 9);

    /// <summary>Setting <c>smtp_tls_secure_cert_match</c>.</summary>
    public static readonly StringParameter SmtpTlsSecureCertMatch = new("smtp_tls_secure_cert_match", "nexthop, dot-nexthop", min: 1);

    /// <summary>Setting <c>smtp_tls_security_level</c>.</summary>
    public static readonly EnumParameter SmtpTlsSecurityLevel = new("smtp_tls_security_level", "", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Setting <c>smtp_tls_servername</c>.</summary>
    public static readonly StringParameter SmtpTlsServername = new("smtp_tls_servername", "");

    /// <summary>Setting <c>smtp_tls_session_cache_database</c>.</summary>
    public static readonly StringParameter SmtpTlsSessionCacheDatabase = new("smtp_tls_session_cache_database", "");

    /// <summary>Setting <c>smtp_tls_session_cache_timeout</c>.</summary>
    public static readonly TimeParameter SmtpTlsSessionCacheTimeout = new("smtp_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Setting <c>smtp_tls_trace_size_limit</c>.</summary>
    public static readonly IntParameter SmtpTlsTraceSizeLimit = new("smtp_tls_trace_size_limit", 102_400);

    /// <summary>Setting <c>smtp_tls_trust_anchor_file</c>.</summary>
    public static readonly StringParameter SmtpTlsTrustAnchorFile = new("smtp_tls_trust_anchor_file", "");

    /// <summary>Setting <c>smtp_tls_verify_cert_match</c>.</summary>
    public static readonly StringParameter SmtpTlsVerifyCertMatch = new("smtp_tls_verify_cert_match", "hostname", min: 1);

    /// <summary>Setting <c>smtp_tls_wrappermode</c>.</summary>
    public static readonly BoolParameter SmtpTlsWrappermode = new("smtp_tls_wrappermode", false);

    /// <summary>Setting <c>smtp_tlsrpt_enable</c>.</summary>
    public static readonly BoolParameter SmtpTlsrptEnable = new("smtp_tlsrpt_enable", false);

    /// <summary>Setting <c>smtp_tlsrpt_skip_reused_handshakes</c>.</summary>
    public static readonly BoolParameter SmtpTlsrptSkipReusedHandshakes = new("smtp_tlsrpt_skip_reused_handshakes", false);

    /// <summary>Setting <c>smtp_tlsrpt_socket_name</c>.</summary>
    public static readonly StringParameter SmtpTlsrptSocketName = new("smtp_tlsrpt_socket_name", "");

    /// <summary>Setting <c>smtp_use_tls</c>.</summary>
    public static readonly BoolParameter SmtpUseTls = new("smtp_use_tls", false);

    /// <summary>Setting <c>smtp_xforward_timeout</c>.</summary>
    public static readonly TimeParameter SmtpXforwardTimeout = new("smtp_xforward_timeout", "300s", min: 1);

    /// <summary>Setting <c>use_srv_lookup</c>.</summary>
    public static readonly StringParameter UseSrvLookup = new("use_srv_lookup", "");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AllowSrvLookupFallback,
        BestMxTransport,
        ConnectionCacheProtocolTimeout,
        ConnectionCacheServiceName,
        ConnectionCacheStatusUpdateTime,
        ConnectionCacheTtlLimit,
        DisableDnsLookups,
        DisableMimeOutputConversion,
        DnsNcacheTtlFixEnable,
        DnssecProbe,
        FallbackRelay,
        IgnoreMxLookupError,
        IgnoreSrvLookupError,
        SendCyrusSaslAuthzid,
        SmtpAddressPreference,
        SmtpAddressVerifyTarget,
        SmtpAlwaysSendEhlo,
        SmtpBalanceInetProtocols,
        SmtpBindAddress,
        SmtpBindAddress6,
        SmtpBindAddressEnforce,
        SmtpBodyChecks,
        SmtpCnameOverridesServername,
        SmtpConnectTimeout,
        SmtpConnectionCacheDestinations,
        SmtpConnectionCacheOnDemand,
        SmtpConnectionCacheTimeLimit,
        SmtpConnectionReuseCountLimit,
        SmtpConnectionReuseTimeLimit,
        SmtpDataDoneTimeout,
        SmtpDataInitTimeout,
        SmtpDataXferTimeout,
        SmtpDeferIfNoMxAddressFound,
        SmtpDeliveryStatusFilter,
        SmtpDiscardEhloKeywordAddressMaps,
        SmtpDiscardEhloKeywords,
        SmtpDnsReplyFilter,
        SmtpDnsResolverOptions,
        SmtpDnsSupportLevel,
        SmtpEnforceTls,
        SmtpFallbackRelay,
        SmtpGenericMaps,
        SmtpHeaderChecks,
        SmtpHeloName,
        SmtpHeloTimeout,
        SmtpHostLookup,
        SmtpLineLengthLimit,
        SmtpLogTlsFeatureStatus,
        SmtpMailTimeout,
        SmtpMimeHeaderChecks,
        SmtpMinDataRate,
        SmtpMxAddressLimit,
        SmtpMxSessionLimit,
        SmtpNestedHeaderChecks,
        SmtpNeverSendEhlo,
        SmtpPerRecordDeadline,
        SmtpPerRequestDeadline,
        SmtpPixWorkaroundDelayTime,
        SmtpPixWorkaroundMaps,
        SmtpPixWorkaroundThresholdTime,
        SmtpPixWorkarounds,
        SmtpQuitTimeout,
        SmtpQuoteRfc821Envelope,
        SmtpRandomizeAddresses,
        SmtpRcptTimeout,
        SmtpReplyFilter,
        SmtpRequiretlsPolicy,
        SmtpRsetTimeout,
        SmtpSaslAuthCacheName,
        SmtpSaslAuthCacheTime,
        SmtpSaslAuthEnable,
        SmtpSaslAuthSoftBounce,
        SmtpSaslMechanismFilter,
        SmtpSaslPasswordMaps,
        SmtpSaslPasswordResultDelimiter,
        SmtpSaslPath,
        SmtpSaslSecurityOptions,
        SmtpSaslTlsSecurityOptions,
        SmtpSaslTlsVerifiedSecurityOptions,
        SmtpSaslType,
        SmtpSendDummyMailAuth,
        SmtpSendXforwardCommand,
        SmtpSenderDependentAuthentication,
        SmtpSkip5xxGreeting,
        SmtpSkipQuitResponse,
        SmtpStarttlsTimeout,
        SmtpTcpPort,
        SmtpTlsCAfile,
        SmtpTlsCApath,
        SmtpTlsBlockEarlyMailReply,
        SmtpTlsCertFile,
        SmtpTlsChainFiles,
        SmtpTlsCiphers,
        SmtpTlsConnectionReuse,
        SmtpTlsDaneInsecureMxPolicy,
        SmtpTlsDcertFile,
        SmtpTlsDkeyFile,
        SmtpTlsEccertFile,
        SmtpTlsEckeyFile,
        SmtpTlsEnableRpk,
        SmtpTlsEnforcePeername,
        SmtpTlsEnforceStsMxPatterns,
        SmtpTlsExcludeCiphers,
        SmtpTlsFingerprintCertMatch,
        SmtpTlsFingerprintDigest,
        SmtpTlsForceInsecureHostTlsaLookup,
        SmtpTlsKeyFile,
        SmtpTlsLoglevel,
        SmtpTlsLoglevelMaps,
        SmtpTlsMandatoryCiphers,
        SmtpTlsMandatoryExcludeCiphers,
        SmtpTlsMandatoryProtocols,
        SmtpTlsNoteStarttlsOffer,
        SmtpTlsPerSite,
        SmtpTlsPolicyMaps,
        SmtpTlsProtocols,
        SmtpTlsScertVerifydepth,
        SmtpTlsSecureCertMatch,
        SmtpTlsSecurityLevel,
        SmtpTlsServername,
        SmtpTlsSessionCacheDatabase,
        SmtpTlsSessionCacheTimeout,
        SmtpTlsTraceSizeLimit,
        SmtpTlsTrustAnchorFile,
        SmtpTlsVerifyCertMatch,
        SmtpTlsWrappermode,
        SmtpTlsrptEnable,
        SmtpTlsrptSkipReusedHandshakes,
        SmtpTlsrptSocketName,
        SmtpUseTls,
        SmtpXforwardTimeout,
        UseSrvLookup,
    ];
}

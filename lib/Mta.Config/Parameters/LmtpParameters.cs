namespace Mta.Config.Parameters;

/// <summary>Parameters of the LMTP client; each has an SMTP client counterpart.</summary>
public static class LmtpParameters
{
    /// <summary>Which protocol is tried first where a server has addresses of both; <c>smtp_address_preference</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpAddressPreference = new("lmtp_address_preference", "any", "any", "ipv4", "ipv6");

    /// <summary>Command after which an address probe ends; <c>smtp_address_verify_target</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpAddressVerifyTarget = new("lmtp_address_verify_target", "rcpt", "rcpt", "data");

    /// <summary>Take a LMTP server that announces no DSN for the final destination.</summary>
    public static readonly BoolParameter LmtpAssumeFinal = new("lmtp_assume_final", false);

    /// <summary>Try addresses of both protocols before the limit on addresses is reached; <c>smtp_balance_inet_protocols</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpBalanceInetProtocols = new("lmtp_balance_inet_protocols", true);

    /// <summary>Own IPv4 address that connections come from; <c>smtp_bind_address</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpBindAddress = new("lmtp_bind_address", "");

    /// <summary>Own IPv6 address that connections come from; <c>smtp_bind_address6</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpBindAddress6 = new("lmtp_bind_address6", "");

    /// <summary>Defer mail when the own address cannot be used; <c>smtp_bind_address_enforce</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpBindAddressEnforce = new("lmtp_bind_address_enforce", false);

    /// <summary>Pattern tables for body lines while delivering; <c>smtp_body_checks</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpBodyChecks = new("lmtp_body_checks", "");

    /// <summary>Send content by BDAT (RFC 3030) to servers that offer CHUNKING; of this MTA only; <c>smtp_chunking_enable</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpChunkingEnable = new("lmtp_chunking_enable", false);

    /// <summary>Use the name that a CNAME record gives for the server; <c>smtp_cname_overrides_servername</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpCnameOverridesServername = new("lmtp_cname_overrides_servername", false);

    /// <summary>Longest wait for a connection; 0 leaves that to the system; <c>smtp_connect_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpConnectTimeout = new("lmtp_connect_timeout", "0s");

    /// <summary>Destinations to which connections are always kept; <c>smtp_connection_cache_destinations</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpConnectionCacheDestinations = new("lmtp_connection_cache_destinations", "");

    /// <summary>Keep connections while a destination has much mail; <c>smtp_connection_cache_on_demand</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpConnectionCacheOnDemand = new("lmtp_connection_cache_on_demand", true);

    /// <summary>How long a connection is kept unused; <c>smtp_connection_cache_time_limit</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpConnectionCacheTimeLimit = new("lmtp_connection_cache_time_limit", "2s", min: 1);

    /// <summary>Deliveries over one connection; 0 is no limit; <c>smtp_connection_reuse_count_limit</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpConnectionReuseCountLimit = new("lmtp_connection_reuse_count_limit", 0);

    /// <summary>Age at which a connection is not used again; <c>smtp_connection_reuse_time_limit</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpConnectionReuseTimeLimit = new("lmtp_connection_reuse_time_limit", "300s", min: 1);

    /// <summary>Longest wait for the reply to the end of the message; <c>smtp_data_done_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpDataDoneTimeout = new("lmtp_data_done_timeout", "600s", min: 1);

    /// <summary>Longest wait for the reply to DATA; <c>smtp_data_init_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpDataInitTimeout = new("lmtp_data_init_timeout", "120s", min: 1);

    /// <summary>Longest wait while message content is sent; <c>smtp_data_xfer_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpDataXferTimeout = new("lmtp_data_xfer_timeout", "180s", min: 1);

    /// <summary>Defer mail when no MX record leads to an address; <c>smtp_defer_if_no_mx_address_found</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpDeferIfNoMxAddressFound = new("lmtp_defer_if_no_mx_address_found", false);

    /// <summary>default_delivery_status_filter for this client; <c>smtp_delivery_status_filter</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpDeliveryStatusFilter = new("lmtp_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Tables with lmtp_discard_lhlo_keywords per server address.</summary>
    public static readonly StringParameter LmtpDiscardLhloKeywordAddressMaps = new("lmtp_discard_lhlo_keyword_address_maps", "");

    /// <summary>LHLO keywords of servers to ignore.</summary>
    public static readonly StringParameter LmtpDiscardLhloKeywords = new("lmtp_discard_lhlo_keywords", "");

    /// <summary>Tables that change or drop DNS answers; <c>smtp_dns_reply_filter</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpDnsReplyFilter = new("lmtp_dns_reply_filter", "");

    /// <summary>Options of the resolver for host names; <c>smtp_dns_resolver_options</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpDnsResolverOptions = new("lmtp_dns_resolver_options", "");

    /// <summary>How much DNS is used: not at all, plainly, or with validation; <c>smtp_dns_support_level</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpDnsSupportLevel = new("lmtp_dns_support_level", "", "", "disabled", "enabled", "dnssec");

    /// <summary>Old way to demand TLS with a verified server; <c>smtp_enforce_tls</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpEnforceTls = new("lmtp_enforce_tls", false);

    /// <summary>Where mail goes when the destination cannot be reached; <c>smtp_fallback_relay</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpFallbackRelay = new("lmtp_fallback_relay", "");

    /// <summary>Tables that rewrite addresses of outgoing mail; <c>smtp_generic_maps</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpGenericMaps = new("lmtp_generic_maps", "");

    /// <summary>Pattern tables for headers while delivering; <c>smtp_header_checks</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpHeaderChecks = new("lmtp_header_checks", "");

    /// <summary>Where host names are looked up; <c>smtp_host_lookup</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpHostLookup = new("lmtp_host_lookup", "dns", min: 1);

    /// <summary>Name of this host in the LHLO command.</summary>
    public static readonly StringParameter LmtpLhloName = new("lmtp_lhlo_name", "$myhostname", min: 1);

    /// <summary>Longest wait for the reply to LHLO.</summary>
    public static readonly TimeParameter LmtpLhloTimeout = new("lmtp_lhlo_timeout", "300s", min: 1);

    /// <summary>Longest line that is sent; longer ones are folded; <c>smtp_line_length_limit</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpLineLengthLimit = new("lmtp_line_length_limit", 998);

    /// <summary>Log the state of TLS features with each delivery; <c>smtp_log_tls_feature_status</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpLogTlsFeatureStatus = new("lmtp_log_tls_feature_status", false);

    /// <summary>Longest wait for the reply to MAIL; <c>smtp_mail_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpMailTimeout = new("lmtp_mail_timeout", "300s", min: 1);

    /// <summary>Pattern tables for MIME headers while delivering; <c>smtp_mime_header_checks</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpMimeHeaderChecks = new("lmtp_mime_header_checks", "");

    /// <summary>Bytes per second that must get through under a request deadline; <c>smtp_min_data_rate</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpMinDataRate = new("lmtp_min_data_rate", 500, min: 1);

    /// <summary>Most server addresses tried; <c>smtp_mx_address_limit</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpMxAddressLimit = new("lmtp_mx_address_limit", 5);

    /// <summary>Most sessions in one delivery attempt; <c>smtp_mx_session_limit</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpMxSessionLimit = new("lmtp_mx_session_limit", 2);

    /// <summary>Pattern tables for headers of attached messages while delivering; <c>smtp_nested_header_checks</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpNestedHeaderChecks = new("lmtp_nested_header_checks", "");

    /// <summary>Old name of smtp_per_request_deadline; <c>smtp_per_record_deadline</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpPerRecordDeadline = new("lmtp_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Time limits hold for whole requests, not for each read and write; <c>smtp_per_request_deadline</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpPerRequestDeadline = new("lmtp_per_request_deadline", "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}");

    /// <summary>Pause before the final dot, for old PIX firewalls; <c>smtp_pix_workaround_delay_time</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpPixWorkaroundDelayTime = new("lmtp_pix_workaround_delay_time", "10s", min: 1);

    /// <summary>Tables with smtp_pix_workarounds per server address; <c>smtp_pix_workaround_maps</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpPixWorkaroundMaps = new("lmtp_pix_workaround_maps", "");

    /// <summary>Age of a message from which PIX workarounds are used; <c>smtp_pix_workaround_threshold_time</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpPixWorkaroundThresholdTime = new("lmtp_pix_workaround_threshold_time", "500s");

    /// <summary>What is done about old PIX firewalls; <c>smtp_pix_workarounds</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpPixWorkarounds = new("lmtp_pix_workarounds", "disable_esmtp,delay_dotcrlf");

    /// <summary>Longest wait for the reply to QUIT; <c>smtp_quit_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpQuitTimeout = new("lmtp_quit_timeout", "300s", min: 1);

    /// <summary>Quote envelope addresses as RFC 821 wants; <c>smtp_quote_rfc821_envelope</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpQuoteRfc821Envelope = new("lmtp_quote_rfc821_envelope", true);

    /// <summary>Shuffle server addresses of equal preference; <c>smtp_randomize_addresses</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpRandomizeAddresses = new("lmtp_randomize_addresses", true);

    /// <summary>Longest wait for the reply to RCPT; <c>smtp_rcpt_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpRcptTimeout = new("lmtp_rcpt_timeout", "300s", min: 1);

    /// <summary>Tables that change replies of servers; <c>smtp_reply_filter</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpReplyFilter = new("lmtp_reply_filter", "");

    /// <summary>How strictly REQUIRETLS is kept, per destination; <c>smtp_requiretls_policy</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpRequiretlsPolicy = new("lmtp_requiretls_policy", "opportunistic");

    /// <summary>Longest wait for the reply to RSET; <c>smtp_rset_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpRsetTimeout = new("lmtp_rset_timeout", "20s", min: 1);

    /// <summary>Table that remembers failed logins; <c>smtp_sasl_auth_cache_name</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslAuthCacheName = new("lmtp_sasl_auth_cache_name", "");

    /// <summary>How long a failed login is remembered; <c>smtp_sasl_auth_cache_time</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpSaslAuthCacheTime = new("lmtp_sasl_auth_cache_time", "90d", 'd');

    /// <summary>Log in to servers; <c>smtp_sasl_auth_enable</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSaslAuthEnable = new("lmtp_sasl_auth_enable", false);

    /// <summary>Defer mail when a login fails; <c>smtp_sasl_auth_soft_bounce</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSaslAuthSoftBounce = new("lmtp_sasl_auth_soft_bounce", true);

    /// <summary>Mechanisms of servers that may be used; <c>smtp_sasl_mechanism_filter</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslMechanismFilter = new("lmtp_sasl_mechanism_filter", "");

    /// <summary>Tables with user name and password per server or sender; <c>smtp_sasl_password_maps</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslPasswordMaps = new("lmtp_sasl_password_maps", "");

    /// <summary>Character between user name and password in smtp_sasl_password_maps; <c>smtp_sasl_password_result_delimiter</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslPasswordResultDelimiter = new("lmtp_sasl_password_result_delimiter", ":", min: 1, max: 1);

    /// <summary>What the SASL implementation is told; <c>smtp_sasl_path</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslPath = new("lmtp_sasl_path", "");

    /// <summary>Demands on mechanisms without TLS; <c>smtp_sasl_security_options</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslSecurityOptions = new("lmtp_sasl_security_options", "noplaintext, noanonymous");

    /// <summary>Demands on mechanisms with TLS; <c>smtp_sasl_tls_security_options</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslTlsSecurityOptions = new("lmtp_sasl_tls_security_options", "$lmtp_sasl_security_options");

    /// <summary>Demands on mechanisms with TLS to a verified server; <c>smtp_sasl_tls_verified_security_options</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslTlsVerifiedSecurityOptions = new("lmtp_sasl_tls_verified_security_options", "$lmtp_sasl_tls_security_options");

    /// <summary>SASL implementation of the client; <c>smtp_sasl_type</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpSaslType = new("lmtp_sasl_type", "cyrus", min: 1);

    /// <summary>Append AUTH=&lt;&gt; to MAIL; <c>smtp_send_dummy_mail_auth</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSendDummyMailAuth = new("lmtp_send_dummy_mail_auth", false);

    /// <summary>Tell the server about the original client; <c>smtp_send_xforward_command</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSendXforwardCommand = new("lmtp_send_xforward_command", false);

    /// <summary>Log in with the account of the sender; <c>smtp_sender_dependent_authentication</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSenderDependentAuthentication = new("lmtp_sender_dependent_authentication", false);

    /// <summary>Try the next server when one greets with 5xx; <c>smtp_skip_5xx_greeting</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSkip5xxGreeting = new("lmtp_skip_5xx_greeting", true);

    /// <summary>Do not wait for the reply to QUIT; <c>smtp_skip_quit_response</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpSkipQuitResponse = new("lmtp_skip_quit_response", false);

    /// <summary>Longest wait in the TLS handshake; <c>smtp_starttls_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpStarttlsTimeout = new("lmtp_starttls_timeout", "300s", min: 1);

    /// <summary>Port of servers; <c>smtp_tcp_port</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTcpPort = new("lmtp_tcp_port", "24");

    /// <summary>File with certificates of trusted authorities; <c>smtp_tls_CAfile</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsCAfile = new("lmtp_tls_CAfile", "");

    /// <summary>Directory with certificates of trusted authorities; <c>smtp_tls_CApath</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsCApath = new("lmtp_tls_CApath", "");

    /// <summary>Detect a server that answers before it is asked after STARTTLS; <c>smtp_tls_block_early_mail_reply</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsBlockEarlyMailReply = new("lmtp_tls_block_early_mail_reply", false);

    /// <summary>File with the client's RSA certificate; <c>smtp_tls_cert_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsCertFile = new("lmtp_tls_cert_file", "");

    /// <summary>Files with keys and certificate chains of the client; <c>smtp_tls_chain_files</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsChainFiles = new("lmtp_tls_chain_files", "");

    /// <summary>Weakest cipher grade for opportunistic TLS; <c>smtp_tls_ciphers</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpTlsCiphers = new("lmtp_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Use TLS connections again; <c>smtp_tls_connection_reuse</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsConnectionReuse = new("lmtp_tls_connection_reuse", false);

    /// <summary>File with the client's DSA certificate; <c>smtp_tls_dcert_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsDcertFile = new("lmtp_tls_dcert_file", "");

    /// <summary>File with the client's DSA key; <c>smtp_tls_dkey_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsDkeyFile = new("lmtp_tls_dkey_file", "$lmtp_tls_dcert_file");

    /// <summary>File with the client's ECDSA certificate; <c>smtp_tls_eccert_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsEccertFile = new("lmtp_tls_eccert_file", "");

    /// <summary>File with the client's ECDSA key; <c>smtp_tls_eckey_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsEckeyFile = new("lmtp_tls_eckey_file", "$lmtp_tls_eccert_file");

    /// <summary>Offer raw public keys; <c>smtp_tls_enable_rpk</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsEnableRpk = new("lmtp_tls_enable_rpk", false);

    /// <summary>Old way to demand the server's name in its certificate; <c>smtp_tls_enforce_peername</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsEnforcePeername = new("lmtp_tls_enforce_peername", true);

    /// <summary>Obey the MX patterns of MTA-STS policies; <c>smtp_tls_enforce_sts_mx_patterns</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsEnforceStsMxPatterns = new("lmtp_tls_enforce_sts_mx_patterns", true);

    /// <summary>Ciphers that are never used; <c>smtp_tls_exclude_ciphers</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsExcludeCiphers = new("lmtp_tls_exclude_ciphers", "");

    /// <summary>Accepted certificate fingerprints for the level "fingerprint"; <c>smtp_tls_fingerprint_cert_match</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsFingerprintCertMatch = new("lmtp_tls_fingerprint_cert_match", "");

    /// <summary>Digest of certificate fingerprints; <c>smtp_tls_fingerprint_digest</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsFingerprintDigest = new("lmtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>Look for TLSA records of hosts whose addresses are not validated; <c>smtp_tls_force_insecure_host_tlsa_lookup</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsForceInsecureHostTlsaLookup = new("lmtp_tls_force_insecure_host_tlsa_lookup", false);

    /// <summary>File with the client's RSA key; <c>smtp_tls_key_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsKeyFile = new("lmtp_tls_key_file", "$lmtp_tls_cert_file");

    /// <summary>How much is logged about TLS; <c>smtp_tls_loglevel</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsLoglevel = new("lmtp_tls_loglevel", "0");

    /// <summary>Tables with a TLS log level per destination; <c>smtp_tls_loglevel_maps</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsLoglevelMaps = new("lmtp_tls_loglevel_maps", "");

    /// <summary>Weakest cipher grade for mandatory TLS; <c>smtp_tls_mandatory_ciphers</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpTlsMandatoryCiphers = new("lmtp_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Ciphers that are never used for mandatory TLS; <c>smtp_tls_mandatory_exclude_ciphers</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsMandatoryExcludeCiphers = new("lmtp_tls_mandatory_exclude_ciphers", "");

    /// <summary>Protocol versions for mandatory TLS; <c>smtp_tls_mandatory_protocols</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsMandatoryProtocols = new("lmtp_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Log servers that offer STARTTLS where TLS is not used; <c>smtp_tls_note_starttls_offer</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsNoteStarttlsOffer = new("lmtp_tls_note_starttls_offer", false);

    /// <summary>Old tables with a TLS policy per destination; <c>smtp_tls_per_site</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsPerSite = new("lmtp_tls_per_site", "");

    /// <summary>Tables with a TLS policy per destination; <c>smtp_tls_policy_maps</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsPolicyMaps = new("lmtp_tls_policy_maps", "");

    /// <summary>Protocol versions for opportunistic TLS; <c>smtp_tls_protocols</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsProtocols = new("lmtp_tls_protocols", ">=TLSv1");

    /// <summary>Longest chain of a server certificate; <c>smtp_tls_scert_verifydepth</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpTlsScertVerifydepth = new("lmtp_tls_scert_verifydepth", 9);

    /// <summary>Names that a certificate must hold at the level "secure"; <c>smtp_tls_secure_cert_match</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsSecureCertMatch = new("lmtp_tls_secure_cert_match", "nexthop", min: 1);

    /// <summary>Security level of TLS; <c>smtp_tls_security_level</c> of the LMTP client.</summary>
    public static readonly EnumParameter LmtpTlsSecurityLevel = new("lmtp_tls_security_level", "", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Server name sent in the handshake; <c>smtp_tls_servername</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsServername = new("lmtp_tls_servername", "");

    /// <summary>Table with TLS sessions; <c>smtp_tls_session_cache_database</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsSessionCacheDatabase = new("lmtp_tls_session_cache_database", "");

    /// <summary>How long a TLS session can be resumed; <c>smtp_tls_session_cache_timeout</c> of the LMTP client.</summary>
    public static readonly TimeParameter LmtpTlsSessionCacheTimeout = new("lmtp_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Largest TLS trace that is logged; <c>smtp_tls_trace_size_limit</c> of the LMTP client.</summary>
    public static readonly IntParameter LmtpTlsTraceSizeLimit = new("lmtp_tls_trace_size_limit", 102_400);

    /// <summary>Files with certificates of authorities or keys to trust instead of all others; <c>smtp_tls_trust_anchor_file</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsTrustAnchorFile = new("lmtp_tls_trust_anchor_file", "");

    /// <summary>Names that a certificate must hold at the level "verify"; <c>smtp_tls_verify_cert_match</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsVerifyCertMatch = new("lmtp_tls_verify_cert_match", "hostname", min: 1);

    /// <summary>Begin with TLS, without STARTTLS; <c>smtp_tls_wrappermode</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsWrappermode = new("lmtp_tls_wrappermode", false);

    /// <summary>Report on TLS for TLSRPT; <c>smtp_tlsrpt_enable</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsrptEnable = new("lmtp_tlsrpt_enable", false);

    /// <summary>Report no handshakes of resumed sessions; <c>smtp_tlsrpt_skip_reused_handshakes</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpTlsrptSkipReusedHandshakes = new("lmtp_tlsrpt_skip_reused_handshakes", false);

    /// <summary>Where TLSRPT reports go; <c>smtp_tlsrpt_socket_name</c> of the LMTP client.</summary>
    public static readonly StringParameter LmtpTlsrptSocketName = new("lmtp_tlsrpt_socket_name", "");

    /// <summary>Old way to use TLS where it is offered; <c>smtp_use_tls</c> of the LMTP client.</summary>
    public static readonly BoolParameter LmtpUseTls = new("lmtp_use_tls", false);

    /// <summary>Longest wait for the reply to XFORWARD; <c>smtp_xforward_timeout</c> of the LMTP client.</summary>
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
        LmtpChunkingEnable,
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

namespace Mta.Config.Parameters;

/// <summary>Parameters of the SMTP client.</summary>
public static class SmtpParameters
{
    /// <summary>Go on with MX records when SRV records cannot be found.</summary>
    public static readonly BoolParameter AllowSrvLookupFallback = new("allow_srv_lookup_fallback", false);

    /// <summary>Transport for a domain whose best MX host is this one; empty bounces such mail as a loop.</summary>
    public static readonly StringParameter BestMxTransport = new("best_mx_transport", "");

    /// <summary>Longest wait for the connection cache.</summary>
    public static readonly TimeParameter ConnectionCacheProtocolTimeout = new("connection_cache_protocol_timeout", "5s", min: 1);

    /// <summary>Name of the connection cache service.</summary>
    public static readonly StringParameter ConnectionCacheServiceName = new("connection_cache_service_name", "scache", min: 1);

    /// <summary>Pause between two log lines about the connection cache.</summary>
    public static readonly TimeParameter ConnectionCacheStatusUpdateTime = new("connection_cache_status_update_time", "600s", min: 1);

    /// <summary>Longest time that a connection stays in the cache.</summary>
    public static readonly TimeParameter ConnectionCacheTtlLimit = new("connection_cache_ttl_limit", "2s", min: 1);

    /// <summary>The SMTP and LMTP clients look up no DNS names.</summary>
    public static readonly BoolParameter DisableDnsLookups = new("disable_dns_lookups", false);

    /// <summary>Never convert 8-bit mail to 7 bits for delivery.</summary>
    public static readonly BoolParameter DisableMimeOutputConversion = new("disable_mime_output_conversion", false);

    /// <summary>Keep negative DNS answers as long as the SOA record says.</summary>
    public static readonly BoolParameter DnsNcacheTtlFixEnable = new("dns_ncache_ttl_fix_enable", false);

    /// <summary>DNS question whose answer shows whether the resolver validates; empty asks none.</summary>
    public static readonly StringParameter DnssecProbe = new("dnssec_probe", "ns:.");

    /// <summary>Old name of smtp_fallback_relay.</summary>
    public static readonly StringParameter FallbackRelay = new("fallback_relay", "") { IsLegacy = true };

    /// <summary>Take a failed MX lookup for "no MX records".</summary>
    public static readonly BoolParameter IgnoreMxLookupError = new("ignore_mx_lookup_error", false);

    /// <summary>Take a failed SRV lookup for "no SRV records".</summary>
    public static readonly BoolParameter IgnoreSrvLookupError = new("ignore_srv_lookup_error", false);

    /// <summary>Send an authorization name even when it is that of authentication.</summary>
    public static readonly BoolParameter SendCyrusSaslAuthzid = new("send_cyrus_sasl_authzid", false);

    /// <summary>Which protocol is tried first where a server has addresses of both.</summary>
    public static readonly EnumParameter SmtpAddressPreference = new("smtp_address_preference", "any", "any", "ipv4", "ipv6");

    /// <summary>Command after which an address probe ends.</summary>
    public static readonly EnumParameter SmtpAddressVerifyTarget = new("smtp_address_verify_target", "rcpt", "rcpt", "data");

    /// <summary>Send EHLO even to a server that does not speak of ESMTP.</summary>
    public static readonly BoolParameter SmtpAlwaysSendEhlo = new("smtp_always_send_ehlo", true);

    /// <summary>Try addresses of both protocols before the limit on addresses is reached.</summary>
    public static readonly BoolParameter SmtpBalanceInetProtocols = new("smtp_balance_inet_protocols", true);

    /// <summary>Own IPv4 address that connections come from.</summary>
    public static readonly StringParameter SmtpBindAddress = new("smtp_bind_address", "");

    /// <summary>Own IPv6 address that connections come from.</summary>
    public static readonly StringParameter SmtpBindAddress6 = new("smtp_bind_address6", "");

    /// <summary>Defer mail when the own address cannot be used.</summary>
    public static readonly BoolParameter SmtpBindAddressEnforce = new("smtp_bind_address_enforce", false);

    /// <summary>Pattern tables for body lines while delivering.</summary>
    public static readonly StringParameter SmtpBodyChecks = new("smtp_body_checks", "");

    /// <summary>Send content by BDAT (RFC 3030) to servers that offer CHUNKING; of this MTA only.</summary>
    public static readonly BoolParameter SmtpChunkingEnable = new("smtp_chunking_enable", false);

    /// <summary>Use the name that a CNAME record gives for the server.</summary>
    public static readonly BoolParameter SmtpCnameOverridesServername = new("smtp_cname_overrides_servername", false);

    /// <summary>Longest wait for a connection; 0 leaves that to the system.</summary>
    public static readonly TimeParameter SmtpConnectTimeout = new("smtp_connect_timeout", "30s");

    /// <summary>Destinations to which connections are always kept.</summary>
    public static readonly StringParameter SmtpConnectionCacheDestinations = new("smtp_connection_cache_destinations", "");

    /// <summary>Keep connections while a destination has much mail.</summary>
    public static readonly BoolParameter SmtpConnectionCacheOnDemand = new("smtp_connection_cache_on_demand", true);

    /// <summary>How long a connection is kept unused.</summary>
    public static readonly TimeParameter SmtpConnectionCacheTimeLimit = new("smtp_connection_cache_time_limit", "2s", min: 1);

    /// <summary>Deliveries over one connection; 0 is no limit.</summary>
    public static readonly IntParameter SmtpConnectionReuseCountLimit = new("smtp_connection_reuse_count_limit", 0);

    /// <summary>Age at which a connection is not used again.</summary>
    public static readonly TimeParameter SmtpConnectionReuseTimeLimit = new("smtp_connection_reuse_time_limit", "300s", min: 1);

    /// <summary>Longest wait for the reply to the end of the message.</summary>
    public static readonly TimeParameter SmtpDataDoneTimeout = new("smtp_data_done_timeout", "600s", min: 1);

    /// <summary>Longest wait for the reply to DATA.</summary>
    public static readonly TimeParameter SmtpDataInitTimeout = new("smtp_data_init_timeout", "120s", min: 1);

    /// <summary>Longest wait while message content is sent.</summary>
    public static readonly TimeParameter SmtpDataXferTimeout = new("smtp_data_xfer_timeout", "180s", min: 1);

    /// <summary>Defer mail when no MX record leads to an address.</summary>
    public static readonly BoolParameter SmtpDeferIfNoMxAddressFound = new("smtp_defer_if_no_mx_address_found", false);

    /// <summary>default_delivery_status_filter for this client.</summary>
    public static readonly StringParameter SmtpDeliveryStatusFilter = new("smtp_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>Tables with smtp_discard_ehlo_keywords per server address.</summary>
    public static readonly StringParameter SmtpDiscardEhloKeywordAddressMaps = new("smtp_discard_ehlo_keyword_address_maps", "");

    /// <summary>EHLO keywords of servers to ignore.</summary>
    public static readonly StringParameter SmtpDiscardEhloKeywords = new("smtp_discard_ehlo_keywords", "");

    /// <summary>Tables that change or drop DNS answers.</summary>
    public static readonly StringParameter SmtpDnsReplyFilter = new("smtp_dns_reply_filter", "");

    /// <summary>Options of the resolver for host names.</summary>
    public static readonly StringParameter SmtpDnsResolverOptions = new("smtp_dns_resolver_options", "");

    /// <summary>How much DNS is used: not at all, plainly, or with validation.</summary>
    public static readonly EnumParameter SmtpDnsSupportLevel = new("smtp_dns_support_level", "", "", "disabled", "enabled", "dnssec");

    /// <summary>Old way to demand TLS with a verified server.</summary>
    public static readonly BoolParameter SmtpEnforceTls = new("smtp_enforce_tls", false);

    /// <summary>Where mail goes when the destination cannot be reached.</summary>
    public static readonly StringParameter SmtpFallbackRelay = new("smtp_fallback_relay", "$fallback_relay");

    /// <summary>Tables that rewrite addresses of outgoing mail.</summary>
    public static readonly StringParameter SmtpGenericMaps = new("smtp_generic_maps", "");

    /// <summary>Pattern tables for headers while delivering.</summary>
    public static readonly StringParameter SmtpHeaderChecks = new("smtp_header_checks", "");

    /// <summary>Name of this host in HELO and EHLO.</summary>
    public static readonly StringParameter SmtpHeloName = new("smtp_helo_name", "$myhostname", min: 1);

    /// <summary>Longest wait for the reply to HELO or EHLO, and for the greeting.</summary>
    public static readonly TimeParameter SmtpHeloTimeout = new("smtp_helo_timeout", "300s", min: 1);

    /// <summary>Where host names are looked up.</summary>
    public static readonly StringParameter SmtpHostLookup = new("smtp_host_lookup", "dns", min: 1);

    /// <summary>Longest line that is sent; longer ones are folded.</summary>
    public static readonly IntParameter SmtpLineLengthLimit = new("smtp_line_length_limit", 998);

    /// <summary>Log the state of TLS features with each delivery.</summary>
    public static readonly BoolParameter SmtpLogTlsFeatureStatus = new("smtp_log_tls_feature_status", false);

    /// <summary>Longest wait for the reply to MAIL.</summary>
    public static readonly TimeParameter SmtpMailTimeout = new("smtp_mail_timeout", "300s", min: 1);

    /// <summary>Pattern tables for MIME headers while delivering.</summary>
    public static readonly StringParameter SmtpMimeHeaderChecks = new("smtp_mime_header_checks", "");

    /// <summary>Bytes per second that must get through under a request deadline.</summary>
    public static readonly IntParameter SmtpMinDataRate = new("smtp_min_data_rate", 500, min: 1);

    /// <summary>Most server addresses tried.</summary>
    public static readonly IntParameter SmtpMxAddressLimit = new("smtp_mx_address_limit", 5);

    /// <summary>Most sessions in one delivery attempt.</summary>
    public static readonly IntParameter SmtpMxSessionLimit = new("smtp_mx_session_limit", 2);

    /// <summary>Pattern tables for headers of attached messages while delivering.</summary>
    public static readonly StringParameter SmtpNestedHeaderChecks = new("smtp_nested_header_checks", "");

    /// <summary>Never send EHLO.</summary>
    public static readonly BoolParameter SmtpNeverSendEhlo = new("smtp_never_send_ehlo", false);

    /// <summary>Old name of smtp_per_request_deadline.</summary>
    public static readonly StringParameter SmtpPerRecordDeadline = new("smtp_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Time limits hold for whole requests, not for each read and write.</summary>
    public static readonly BoolParameter SmtpPerRequestDeadline = new("smtp_per_request_deadline", "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}");

    /// <summary>Pause before the final dot, for old PIX firewalls.</summary>
    public static readonly TimeParameter SmtpPixWorkaroundDelayTime = new("smtp_pix_workaround_delay_time", "10s", min: 1);

    /// <summary>Tables with smtp_pix_workarounds per server address.</summary>
    public static readonly StringParameter SmtpPixWorkaroundMaps = new("smtp_pix_workaround_maps", "");

    /// <summary>Age of a message from which PIX workarounds are used.</summary>
    public static readonly TimeParameter SmtpPixWorkaroundThresholdTime = new("smtp_pix_workaround_threshold_time", "500s");

    /// <summary>What is done about old PIX firewalls.</summary>
    public static readonly StringParameter SmtpPixWorkarounds = new("smtp_pix_workarounds", "disable_esmtp,delay_dotcrlf");

    /// <summary>Longest wait for the reply to QUIT.</summary>
    public static readonly TimeParameter SmtpQuitTimeout = new("smtp_quit_timeout", "300s", min: 1);

    /// <summary>Quote envelope addresses as RFC 821 wants.</summary>
    public static readonly BoolParameter SmtpQuoteRfc821Envelope = new("smtp_quote_rfc821_envelope", true);

    /// <summary>Shuffle server addresses of equal preference.</summary>
    public static readonly BoolParameter SmtpRandomizeAddresses = new("smtp_randomize_addresses", true);

    /// <summary>Longest wait for the reply to RCPT.</summary>
    public static readonly TimeParameter SmtpRcptTimeout = new("smtp_rcpt_timeout", "300s", min: 1);

    /// <summary>Tables that change replies of servers.</summary>
    public static readonly StringParameter SmtpReplyFilter = new("smtp_reply_filter", "");

    /// <summary>How strictly REQUIRETLS is kept, per destination.</summary>
    public static readonly StringParameter SmtpRequiretlsPolicy = new("smtp_requiretls_policy", "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce");

    /// <summary>Longest wait for the reply to RSET.</summary>
    public static readonly TimeParameter SmtpRsetTimeout = new("smtp_rset_timeout", "20s", min: 1);

    /// <summary>Table that remembers failed logins.</summary>
    public static readonly StringParameter SmtpSaslAuthCacheName = new("smtp_sasl_auth_cache_name", "");

    /// <summary>How long a failed login is remembered.</summary>
    public static readonly TimeParameter SmtpSaslAuthCacheTime = new("smtp_sasl_auth_cache_time", "90d", 'd');

    /// <summary>Log in to servers.</summary>
    public static readonly BoolParameter SmtpSaslAuthEnable = new("smtp_sasl_auth_enable", false);

    /// <summary>Defer mail when a login fails.</summary>
    public static readonly BoolParameter SmtpSaslAuthSoftBounce = new("smtp_sasl_auth_soft_bounce", true);

    /// <summary>Mechanisms of servers that may be used.</summary>
    public static readonly StringParameter SmtpSaslMechanismFilter = new("smtp_sasl_mechanism_filter", "");

    /// <summary>Tables with user name and password per server or sender.</summary>
    public static readonly StringParameter SmtpSaslPasswordMaps = new("smtp_sasl_password_maps", "");

    /// <summary>Character between user name and password in smtp_sasl_password_maps.</summary>
    public static readonly StringParameter SmtpSaslPasswordResultDelimiter = new("smtp_sasl_password_result_delimiter", ":", min: 1, max: 1);

    /// <summary>What the SASL implementation is told.</summary>
    public static readonly StringParameter SmtpSaslPath = new("smtp_sasl_path", "");

    /// <summary>Demands on mechanisms without TLS.</summary>
    public static readonly StringParameter SmtpSaslSecurityOptions = new("smtp_sasl_security_options", "noplaintext, noanonymous");

    /// <summary>Demands on mechanisms with TLS.</summary>
    public static readonly StringParameter SmtpSaslTlsSecurityOptions = new("smtp_sasl_tls_security_options", "$smtp_sasl_security_options");

    /// <summary>Demands on mechanisms with TLS to a verified server.</summary>
    public static readonly StringParameter SmtpSaslTlsVerifiedSecurityOptions = new("smtp_sasl_tls_verified_security_options", "$smtp_sasl_tls_security_options");

    /// <summary>SASL implementation of the client.</summary>
    public static readonly StringParameter SmtpSaslType = new("smtp_sasl_type", "cyrus", min: 1);

    /// <summary>Append AUTH=&lt;&gt; to MAIL.</summary>
    public static readonly BoolParameter SmtpSendDummyMailAuth = new("smtp_send_dummy_mail_auth", false);

    /// <summary>Tell the server about the original client.</summary>
    public static readonly BoolParameter SmtpSendXforwardCommand = new("smtp_send_xforward_command", false);

    /// <summary>Log in with the account of the sender.</summary>
    public static readonly BoolParameter SmtpSenderDependentAuthentication = new("smtp_sender_dependent_authentication", false);

    /// <summary>Try the next server when one greets with 5xx.</summary>
    public static readonly BoolParameter SmtpSkip5xxGreeting = new("smtp_skip_5xx_greeting", true);

    /// <summary>Do not wait for the reply to QUIT.</summary>
    public static readonly BoolParameter SmtpSkipQuitResponse = new("smtp_skip_quit_response", true);

    /// <summary>Longest wait in the TLS handshake.</summary>
    public static readonly TimeParameter SmtpStarttlsTimeout = new("smtp_starttls_timeout", "300s", min: 1);

    /// <summary>Port of servers.</summary>
    public static readonly StringParameter SmtpTcpPort = new("smtp_tcp_port", "smtp");

    /// <summary>File with certificates of trusted authorities.</summary>
    public static readonly StringParameter SmtpTlsCAfile = new("smtp_tls_CAfile", "");

    /// <summary>Directory with certificates of trusted authorities.</summary>
    public static readonly StringParameter SmtpTlsCApath = new("smtp_tls_CApath", "");

    /// <summary>Detect a server that answers before it is asked after STARTTLS.</summary>
    public static readonly BoolParameter SmtpTlsBlockEarlyMailReply = new("smtp_tls_block_early_mail_reply", false);

    /// <summary>File with the client's RSA certificate.</summary>
    public static readonly StringParameter SmtpTlsCertFile = new("smtp_tls_cert_file", "");

    /// <summary>Files with keys and certificate chains of the client.</summary>
    public static readonly StringParameter SmtpTlsChainFiles = new("smtp_tls_chain_files", "");

    /// <summary>Weakest cipher grade for opportunistic TLS.</summary>
    public static readonly EnumParameter SmtpTlsCiphers = new("smtp_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Use TLS connections again.</summary>
    public static readonly BoolParameter SmtpTlsConnectionReuse = new("smtp_tls_connection_reuse", false);

    /// <summary>Security level for a DANE destination whose MX records are not validated.</summary>
    public static readonly EnumParameter SmtpTlsDaneInsecureMxPolicy = new("smtp_tls_dane_insecure_mx_policy", "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}", "dane", "encrypt", "may");

    /// <summary>File with the client's DSA certificate.</summary>
    public static readonly StringParameter SmtpTlsDcertFile = new("smtp_tls_dcert_file", "");

    /// <summary>File with the client's DSA key.</summary>
    public static readonly StringParameter SmtpTlsDkeyFile = new("smtp_tls_dkey_file", "$smtp_tls_dcert_file");

    /// <summary>File with the client's ECDSA certificate.</summary>
    public static readonly StringParameter SmtpTlsEccertFile = new("smtp_tls_eccert_file", "");

    /// <summary>File with the client's ECDSA key.</summary>
    public static readonly StringParameter SmtpTlsEckeyFile = new("smtp_tls_eckey_file", "$smtp_tls_eccert_file");

    /// <summary>Offer raw public keys.</summary>
    public static readonly BoolParameter SmtpTlsEnableRpk = new("smtp_tls_enable_rpk", false);

    /// <summary>Old way to demand the server's name in its certificate.</summary>
    public static readonly BoolParameter SmtpTlsEnforcePeername = new("smtp_tls_enforce_peername", true);

    /// <summary>Obey the MX patterns of MTA-STS policies.</summary>
    public static readonly BoolParameter SmtpTlsEnforceStsMxPatterns = new("smtp_tls_enforce_sts_mx_patterns", true);

    /// <summary>Ciphers that are never used.</summary>
    public static readonly StringParameter SmtpTlsExcludeCiphers = new("smtp_tls_exclude_ciphers", "");

    /// <summary>Accepted certificate fingerprints for the level "fingerprint".</summary>
    public static readonly StringParameter SmtpTlsFingerprintCertMatch = new("smtp_tls_fingerprint_cert_match", "");

    /// <summary>Digest of certificate fingerprints.</summary>
    public static readonly StringParameter SmtpTlsFingerprintDigest = new("smtp_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>Look for TLSA records of hosts whose addresses are not validated.</summary>
    public static readonly BoolParameter SmtpTlsForceInsecureHostTlsaLookup = new("smtp_tls_force_insecure_host_tlsa_lookup", false);

    /// <summary>File with the client's RSA key.</summary>
    public static readonly StringParameter SmtpTlsKeyFile = new("smtp_tls_key_file", "$smtp_tls_cert_file");

    /// <summary>How much is logged about TLS.</summary>
    public static readonly StringParameter SmtpTlsLoglevel = new("smtp_tls_loglevel", "0");

    /// <summary>Tables with a TLS log level per destination.</summary>
    public static readonly StringParameter SmtpTlsLoglevelMaps = new("smtp_tls_loglevel_maps", "");

    /// <summary>Weakest cipher grade for mandatory TLS.</summary>
    public static readonly EnumParameter SmtpTlsMandatoryCiphers = new("smtp_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Ciphers that are never used for mandatory TLS.</summary>
    public static readonly StringParameter SmtpTlsMandatoryExcludeCiphers = new("smtp_tls_mandatory_exclude_ciphers", "");

    /// <summary>Protocol versions for mandatory TLS.</summary>
    public static readonly StringParameter SmtpTlsMandatoryProtocols = new("smtp_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Log servers that offer STARTTLS where TLS is not used.</summary>
    public static readonly BoolParameter SmtpTlsNoteStarttlsOffer = new("smtp_tls_note_starttls_offer", false);

    /// <summary>Old tables with a TLS policy per destination.</summary>
    public static readonly StringParameter SmtpTlsPerSite = new("smtp_tls_per_site", "");

    /// <summary>Tables with a TLS policy per destination.</summary>
    public static readonly StringParameter SmtpTlsPolicyMaps = new("smtp_tls_policy_maps", "");

    /// <summary>Protocol versions for opportunistic TLS.</summary>
    public static readonly StringParameter SmtpTlsProtocols = new("smtp_tls_protocols", ">=TLSv1");

    /// <summary>Longest chain of a server certificate.</summary>
    public static readonly IntParameter SmtpTlsScertVerifydepth = new("smtp_tls_scert_verifydepth", 9);

    /// <summary>Names that a certificate must hold at the level "secure".</summary>
    public static readonly StringParameter SmtpTlsSecureCertMatch = new("smtp_tls_secure_cert_match", "nexthop, dot-nexthop", min: 1);

    /// <summary>Security level of TLS.</summary>
    public static readonly EnumParameter SmtpTlsSecurityLevel = new("smtp_tls_security_level", "", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Server name sent in the handshake.</summary>
    public static readonly StringParameter SmtpTlsServername = new("smtp_tls_servername", "");

    /// <summary>Table with TLS sessions.</summary>
    public static readonly StringParameter SmtpTlsSessionCacheDatabase = new("smtp_tls_session_cache_database", "");

    /// <summary>How long a TLS session can be resumed.</summary>
    public static readonly TimeParameter SmtpTlsSessionCacheTimeout = new("smtp_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Largest TLS trace that is logged.</summary>
    public static readonly IntParameter SmtpTlsTraceSizeLimit = new("smtp_tls_trace_size_limit", 102_400);

    /// <summary>Files with certificates of authorities or keys to trust instead of all others.</summary>
    public static readonly StringParameter SmtpTlsTrustAnchorFile = new("smtp_tls_trust_anchor_file", "");

    /// <summary>Names that a certificate must hold at the level "verify".</summary>
    public static readonly StringParameter SmtpTlsVerifyCertMatch = new("smtp_tls_verify_cert_match", "hostname", min: 1);

    /// <summary>Begin with TLS, without STARTTLS.</summary>
    public static readonly BoolParameter SmtpTlsWrappermode = new("smtp_tls_wrappermode", false);

    /// <summary>Report on TLS for TLSRPT.</summary>
    public static readonly BoolParameter SmtpTlsrptEnable = new("smtp_tlsrpt_enable", false);

    /// <summary>Report no handshakes of resumed sessions.</summary>
    public static readonly BoolParameter SmtpTlsrptSkipReusedHandshakes = new("smtp_tlsrpt_skip_reused_handshakes", false);

    /// <summary>Where TLSRPT reports go.</summary>
    public static readonly StringParameter SmtpTlsrptSocketName = new("smtp_tlsrpt_socket_name", "");

    /// <summary>Old way to use TLS where it is offered.</summary>
    public static readonly BoolParameter SmtpUseTls = new("smtp_use_tls", false);

    /// <summary>Longest wait for the reply to XFORWARD.</summary>
    public static readonly TimeParameter SmtpXforwardTimeout = new("smtp_xforward_timeout", "300s", min: 1);

    /// <summary>Services for which SRV records are looked up.</summary>
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
        SmtpChunkingEnable,
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

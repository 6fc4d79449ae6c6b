namespace Mta.Config.Parameters;

/// <summary>Parameters of the SMTP server.</summary>
public static class SmtpdParameters
{
    /// <summary>Reply code for a "defer" result of an access table.</summary>
    public static readonly IntParameter AccessMapDeferCode = new("access_map_defer_code", 450);

    /// <summary>Reply code for a "reject" result of an access table.</summary>
    public static readonly IntParameter AccessMapRejectCode = new("access_map_reject_code", 554);

    /// <summary>Old name of smtpd_authorized_verp_clients.</summary>
    public static readonly StringParameter AuthorizedVerpClients = new("authorized_verp_clients", "") { IsLegacy = true };

    /// <summary>Announce AUTH in the old form with an equals sign too.</summary>
    public static readonly BoolParameter BrokenSaslAuthClients = new("broken_sasl_auth_clients", false);

    /// <summary>Reply text for a client that a DNS list holds.</summary>
    public static readonly StringParameter DefaultRblReply = new("default_rbl_reply", "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}", min: 1) { IsRaw = true };

    /// <summary>Reply code for a "defer" restriction.</summary>
    public static readonly IntParameter DeferCode = new("defer_code", 450);

    /// <summary>Refuse the VRFY command.</summary>
    public static readonly BoolParameter DisableVrfyCommand = new("disable_vrfy_command", false);

    /// <summary>Reply code for a malformed HELO name.</summary>
    public static readonly IntParameter InvalidHostnameRejectCode = new("invalid_hostname_reject_code", 501);

    /// <summary>Clients whose headers are completed as those of local mail.</summary>
    public static readonly StringParameter LocalHeaderRewriteClients = new("local_header_rewrite_clients", "permit_inet_interfaces");

    /// <summary>DNS lists that reject_maps_rbl asks.</summary>
    public static readonly StringParameter MapsRblDomains = new("maps_rbl_domains", "");

    /// <summary>Reply code for a client that a DNS list holds.</summary>
    public static readonly IntParameter MapsRblRejectCode = new("maps_rbl_reject_code", 554);

    /// <summary>Reply code for a bounce to several recipients.</summary>
    public static readonly IntParameter MultiRecipientBounceRejectCode = new("multi_recipient_bounce_reject_code", 550);

    /// <summary>Reply code for a name without domain.</summary>
    public static readonly IntParameter NonFqdnRejectCode = new("non_fqdn_reject_code", 504);

    /// <summary>Networks of primary MX hosts for permit_mx_backup.</summary>
    public static readonly StringParameter PermitMxBackupNetworks = new("permit_mx_backup_networks", "");

    /// <summary>Reply code for a session that is not encrypted.</summary>
    public static readonly IntParameter PlaintextRejectCode = new("plaintext_reject_code", 450);

    /// <summary>Free bytes in the queue file system below which mail is refused.</summary>
    public static readonly SizeParameter QueueMinfree = new("queue_minfree", 0);

    /// <summary>Tables with a reply text per DNS list.</summary>
    public static readonly StringParameter RblReplyMaps = new("rbl_reply_maps", "");

    /// <summary>Reply code for a "reject" restriction.</summary>
    public static readonly IntParameter RejectCode = new("reject_code", 554);

    /// <summary>What a reject restriction does when its lookup fails for the moment.</summary>
    public static readonly EnumParameter RejectTempfailAction = new("reject_tempfail_action", "defer_if_permit", "defer", "defer_if_permit");

    /// <summary>Tables with fingerprints of client certificates that may relay.</summary>
    public static readonly StringParameter RelayClientcerts = new("relay_clientcerts", "");

    /// <summary>Reply code for a domain that is not relayed to.</summary>
    public static readonly IntParameter RelayDomainsRejectCode = new("relay_domains_reject_code", 554);

    /// <summary>Announce and obey REQUIRETLS.</summary>
    public static readonly BoolParameter RequiretlsEnable = new("requiretls_enable", false);

    /// <summary>Record REQUIRETLS in a header of the message.</summary>
    public static readonly BoolParameter RequiretlsEsmtpHeader = new("requiretls_esmtp_header", true);

    /// <summary>Name the table in replies about unknown users.</summary>
    public static readonly BoolParameter ShowUserUnknownTableName = new("show_user_unknown_table_name", true);

    /// <summary>Clients that may ask for VERP.</summary>
    public static readonly StringParameter SmtpdAuthorizedVerpClients = new("smtpd_authorized_verp_clients", "$authorized_verp_clients");

    /// <summary>Clients that may use XCLIENT.</summary>
    public static readonly StringParameter SmtpdAuthorizedXclientHosts = new("smtpd_authorized_xclient_hosts", "");

    /// <summary>Clients that may use XFORWARD.</summary>
    public static readonly StringParameter SmtpdAuthorizedXforwardHosts = new("smtpd_authorized_xforward_hosts", "");

    /// <summary>Text behind the code 220 of the greeting.</summary>
    public static readonly StringParameter SmtpdBanner = new("smtpd_banner", "$myhostname ESMTP $mail_name", min: 1);

    /// <summary>Most AUTH commands of a client per time unit; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientAuthRateLimit = new("smtpd_client_auth_rate_limit", 0);

    /// <summary>Most connections of a client at the same time; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientConnectionCountLimit = new("smtpd_client_connection_count_limit", 50);

    /// <summary>Old name of smtpd_client_event_limit_exceptions.</summary>
    public static readonly StringParameter SmtpdClientConnectionLimitExceptions = new("smtpd_client_connection_limit_exceptions", "") { IsLegacy = true };

    /// <summary>Most connections of a client per time unit; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientConnectionRateLimit = new("smtpd_client_connection_rate_limit", 0);

    /// <summary>Clients that are not limited.</summary>
    public static readonly StringParameter SmtpdClientEventLimitExceptions = new("smtpd_client_event_limit_exceptions", "${smtpd_client_connection_limit_exceptions:$mynetworks}");

    /// <summary>Bits of an IPv4 address that make one client.</summary>
    public static readonly IntParameter SmtpdClientIpv4PrefixLength = new("smtpd_client_ipv4_prefix_length", 32, max: 32);

    /// <summary>Bits of an IPv6 address that make one client.</summary>
    public static readonly IntParameter SmtpdClientIpv6PrefixLength = new("smtpd_client_ipv6_prefix_length", 128, max: 128);

    /// <summary>Most messages of a client per time unit; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientMessageRateLimit = new("smtpd_client_message_rate_limit", 0);

    /// <summary>Most new TLS sessions of a client per time unit; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientNewTlsSessionRateLimit = new("smtpd_client_new_tls_session_rate_limit", 0);

    /// <summary>Log the client's port.</summary>
    public static readonly BoolParameter SmtpdClientPortLogging = new("smtpd_client_port_logging", false);

    /// <summary>Most recipients of a client per time unit; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdClientRecipientRateLimit = new("smtpd_client_recipient_rate_limit", 0);

    /// <summary>Restrictions when a client connects.</summary>
    public static readonly StringParameter SmtpdClientRestrictions = new("smtpd_client_restrictions", "");

    /// <summary>Tables that change commands of clients.</summary>
    public static readonly StringParameter SmtpdCommandFilter = new("smtpd_command_filter", "");

    /// <summary>Restrictions at DATA.</summary>
    public static readonly StringParameter SmtpdDataRestrictions = new("smtpd_data_restrictions", "");

    /// <summary>Open a queue file only when a recipient was accepted.</summary>
    public static readonly BoolParameter SmtpdDelayOpenUntilValidRcpt = new("smtpd_delay_open_until_valid_rcpt", true);

    /// <summary>Refuse at RCPT what was to be refused before.</summary>
    public static readonly BoolParameter SmtpdDelayReject = new("smtpd_delay_reject", true);

    /// <summary>Tables with smtpd_discard_ehlo_keywords per client address.</summary>
    public static readonly StringParameter SmtpdDiscardEhloKeywordAddressMaps = new("smtpd_discard_ehlo_keyword_address_maps", "");

    /// <summary>EHLO keywords that are not announced.</summary>
    public static readonly StringParameter SmtpdDiscardEhloKeywords = new("smtpd_discard_ehlo_keywords", "");

    /// <summary>Tables that change or drop DNS answers in the server.</summary>
    public static readonly StringParameter SmtpdDnsReplyFilter = new("smtpd_dns_reply_filter", "");

    /// <summary>Restrictions at the end of the message.</summary>
    public static readonly StringParameter SmtpdEndOfDataRestrictions = new("smtpd_end_of_data_restrictions", "");

    /// <summary>Old way to demand TLS of clients.</summary>
    public static readonly BoolParameter SmtpdEnforceTls = new("smtpd_enforce_tls", false);

    /// <summary>Pause before a reply to a client that made many errors.</summary>
    public static readonly TimeParameter SmtpdErrorSleepTime = new("smtpd_error_sleep_time", "1s");

    /// <summary>Restrictions at ETRN.</summary>
    public static readonly StringParameter SmtpdEtrnRestrictions = new("smtpd_etrn_restrictions", "");

    /// <summary>Characters that stay in the $names of DNS list replies.</summary>
    public static readonly StringParameter SmtpdExpansionFilter = new("smtpd_expansion_filter", "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", min: 1) { IsRaw = true };

    /// <summary>What to do about lines that end in LF alone.</summary>
    public static readonly EnumParameter SmtpdForbidBareNewline = new("smtpd_forbid_bare_newline", "normalize", "normalize", "yes", "note", "reject", "no");

    /// <summary>Clients to which smtpd_forbid_bare_newline does not apply.</summary>
    public static readonly StringParameter SmtpdForbidBareNewlineExclusions = new("smtpd_forbid_bare_newline_exclusions", "$mynetworks");

    /// <summary>Reply code for a line that ends in LF alone.</summary>
    public static readonly IntParameter SmtpdForbidBareNewlineRejectCode = new("smtpd_forbid_bare_newline_reject_code", 550, min: 500, max: 599);

    /// <summary>Disconnect clients that send commands before it is their turn.</summary>
    public static readonly BoolParameter SmtpdForbidUnauthPipelining = new("smtpd_forbid_unauth_pipelining", true);

    /// <summary>Commands that end the session at once.</summary>
    public static readonly StringParameter SmtpdForbiddenCommands = new("smtpd_forbidden_commands", "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}");

    /// <summary>Errors after which a client is disconnected.</summary>
    public static readonly IntParameter SmtpdHardErrorLimit = new("smtpd_hard_error_limit", "${stress?{1}:{20}}", min: 1);

    /// <summary>Clients must send HELO or EHLO.</summary>
    public static readonly BoolParameter SmtpdHeloRequired = new("smtpd_helo_required", false);

    /// <summary>Restrictions at HELO and EHLO.</summary>
    public static readonly StringParameter SmtpdHeloRestrictions = new("smtpd_helo_restrictions", "");

    /// <summary>Leave the client of a session out of the Received header.</summary>
    public static readonly BoolParameter SmtpdHideClientSession = new("smtpd_hide_client_session", false);

    /// <summary>Bytes of dialogue kept for notices about errors.</summary>
    public static readonly IntParameter SmtpdHistoryFlushThreshold = new("smtpd_history_flush_threshold", 100, min: 1);

    /// <summary>Commands without effect after which they count as errors.</summary>
    public static readonly IntParameter SmtpdJunkCommandLimit = new("smtpd_junk_command_limit", "${stress?{1}:{100}}", min: 1);

    /// <summary>Restrictions whose "permit" is logged.</summary>
    public static readonly StringParameter SmtpdLogAccessPermitActions = new("smtpd_log_access_permit_actions", "");

    /// <summary>Tables with smtpd_milters per client address.</summary>
    public static readonly StringParameter SmtpdMilterMaps = new("smtpd_milter_maps", "");

    /// <summary>Milters for mail that comes by SMTP.</summary>
    public static readonly StringParameter SmtpdMilters = new("smtpd_milters", "");

    /// <summary>Bytes per second that must come in under a request deadline.</summary>
    public static readonly IntParameter SmtpdMinDataRate = new("smtpd_min_data_rate", 500, min: 1);

    /// <summary>Commands that are answered and do nothing.</summary>
    public static readonly StringParameter SmtpdNoopCommands = new("smtpd_noop_commands", "");

    /// <summary>Key for the null sender in access tables.</summary>
    public static readonly StringParameter SmtpdNullAccessLookupKey = new("smtpd_null_access_lookup_key", "<>");

    /// <summary>Look up names of clients.</summary>
    public static readonly BoolParameter SmtpdPeernameLookup = new("smtpd_peername_lookup", true);

    /// <summary>Old name of smtpd_per_request_deadline.</summary>
    public static readonly StringParameter SmtpdPerRecordDeadline = new("smtpd_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Time limits hold for whole requests, not for each read and write.</summary>
    public static readonly BoolParameter SmtpdPerRequestDeadline = new("smtpd_per_request_deadline", "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}");

    /// <summary>What holds when a policy service fails.</summary>
    public static readonly StringParameter SmtpdPolicyServiceDefaultAction = new("smtpd_policy_service_default_action", "451 4.3.5 Server configuration problem", min: 1);

    /// <summary>Age at which an unused policy connection is closed.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceMaxIdle = new("smtpd_policy_service_max_idle", "300s", min: 1);

    /// <summary>Age at which a policy connection is closed.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceMaxTtl = new("smtpd_policy_service_max_ttl", "1000s", min: 1);

    /// <summary>Text that policy services are given.</summary>
    public static readonly StringParameter SmtpdPolicyServicePolicyContext = new("smtpd_policy_service_policy_context", "");

    /// <summary>Requests over one policy connection; 0 is no limit.</summary>
    public static readonly IntParameter SmtpdPolicyServiceRequestLimit = new("smtpd_policy_service_request_limit", 0);

    /// <summary>Pause before a policy service is asked again.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceRetryDelay = new("smtpd_policy_service_retry_delay", "1s", min: 1);

    /// <summary>Longest wait for a policy service.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceTimeout = new("smtpd_policy_service_timeout", "100s", min: 1);

    /// <summary>How often a policy service is asked.</summary>
    public static readonly IntParameter SmtpdPolicyServiceTryLimit = new("smtpd_policy_service_try_limit", 2, min: 1);

    /// <summary>Name in the EHLO command to smtpd_proxy_filter.</summary>
    public static readonly StringParameter SmtpdProxyEhlo = new("smtpd_proxy_ehlo", "$myhostname");

    /// <summary>Content filter that sees mail before it is accepted.</summary>
    public static readonly StringParameter SmtpdProxyFilter = new("smtpd_proxy_filter", "");

    /// <summary>How smtpd_proxy_filter is spoken to.</summary>
    public static readonly StringParameter SmtpdProxyOptions = new("smtpd_proxy_options", "");

    /// <summary>Longest wait for smtpd_proxy_filter.</summary>
    public static readonly TimeParameter SmtpdProxyTimeout = new("smtpd_proxy_timeout", "100s", min: 1);

    /// <summary>Most recipients of a message.</summary>
    public static readonly IntParameter SmtpdRecipientLimit = new("smtpd_recipient_limit", 1_000, min: 1);

    /// <summary>Recipients above the limit before they count as errors.</summary>
    public static readonly IntParameter SmtpdRecipientOvershootLimit = new("smtpd_recipient_overshoot_limit", 1_000, min: 1);

    /// <summary>Restrictions at RCPT against unwanted mail.</summary>
    public static readonly StringParameter SmtpdRecipientRestrictions = new("smtpd_recipient_restrictions", "");

    /// <summary>Tables that change refusals.</summary>
    public static readonly StringParameter SmtpdRejectFilterMaps = new("smtpd_reject_filter_maps", "");

    /// <summary>Text added to refusals.</summary>
    public static readonly StringParameter SmtpdRejectFooter = new("smtpd_reject_footer", "") { IsRaw = true };

    /// <summary>Tables with a text added to refusals.</summary>
    public static readonly StringParameter SmtpdRejectFooterMaps = new("smtpd_reject_footer_maps", "");

    /// <summary>Refuse recipients that do not exist.</summary>
    public static readonly BoolParameter SmtpdRejectUnlistedRecipient = new("smtpd_reject_unlisted_recipient", true);

    /// <summary>Refuse senders that do not exist.</summary>
    public static readonly BoolParameter SmtpdRejectUnlistedSender = new("smtpd_reject_unlisted_sender", false);

    /// <summary>Judge smtpd_relay_restrictions first.</summary>
    public static readonly BoolParameter SmtpdRelayBeforeRecipientRestrictions = new("smtpd_relay_before_recipient_restrictions", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}");

    /// <summary>Restrictions at RCPT against relaying.</summary>
    public static readonly StringParameter SmtpdRelayRestrictions = new("smtpd_relay_restrictions", "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}");

    /// <summary>Names that stand for lists of restrictions.</summary>
    public static readonly StringParameter SmtpdRestrictionClasses = new("smtpd_restriction_classes", "");

    /// <summary>Clients may log in.</summary>
    public static readonly BoolParameter SmtpdSaslAuthEnable = new("smtpd_sasl_auth_enable", false);

    /// <summary>Name the account in the Received header.</summary>
    public static readonly BoolParameter SmtpdSaslAuthenticatedHeader = new("smtpd_sasl_authenticated_header", false);

    /// <summary>Clients to which AUTH is not announced.</summary>
    public static readonly StringParameter SmtpdSaslExceptionsNetworks = new("smtpd_sasl_exceptions_networks", "");

    /// <summary>SASL realm of the server.</summary>
    public static readonly StringParameter SmtpdSaslLocalDomain = new("smtpd_sasl_local_domain", "");

    /// <summary>Mechanisms that are announced.</summary>
    public static readonly StringParameter SmtpdSaslMechanismFilter = new("smtpd_sasl_mechanism_filter", "!external, static:rest");

    /// <summary>What the SASL implementation is told, such as the path of its socket.</summary>
    public static readonly StringParameter SmtpdSaslPath = new("smtpd_sasl_path", "smtpd", min: 1);

    /// <summary>Longest response of a client.</summary>
    public static readonly IntParameter SmtpdSaslResponseLimit = new("smtpd_sasl_response_limit", 12_288, min: 12288);

    /// <summary>Demands on mechanisms without TLS.</summary>
    public static readonly StringParameter SmtpdSaslSecurityOptions = new("smtpd_sasl_security_options", "noanonymous");

    /// <summary>Service name for the SASL implementation.</summary>
    public static readonly StringParameter SmtpdSaslService = new("smtpd_sasl_service", "smtp", min: 1);

    /// <summary>Demands on mechanisms with TLS.</summary>
    public static readonly StringParameter SmtpdSaslTlsSecurityOptions = new("smtpd_sasl_tls_security_options", "$smtpd_sasl_security_options");

    /// <summary>SASL implementation of the server.</summary>
    public static readonly StringParameter SmtpdSaslType = new("smtpd_sasl_type", "cyrus", min: 1);

    /// <summary>Tables that say which accounts may use a sender.</summary>
    public static readonly StringParameter SmtpdSenderLoginMaps = new("smtpd_sender_login_maps", "");

    /// <summary>Restrictions at MAIL.</summary>
    public static readonly StringParameter SmtpdSenderRestrictions = new("smtpd_sender_restrictions", "");

    /// <summary>Name of the service that postscreen passes clients to.</summary>
    public static readonly StringParameter SmtpdServiceName = new("smtpd_service_name", "smtpd", min: 1);

    /// <summary>Errors after which replies are delayed.</summary>
    public static readonly IntParameter SmtpdSoftErrorLimit = new("smtpd_soft_error_limit", 10, min: 1);

    /// <summary>Longest wait in the TLS handshake.</summary>
    public static readonly TimeParameter SmtpdStarttlsTimeout = new("smtpd_starttls_timeout", "${stress?{10}:{300}}s", min: 1);

    /// <summary>Longest wait for a client.</summary>
    public static readonly TimeParameter SmtpdTimeout = new("smtpd_timeout", "${stress?{10}:{300}}s", min: 1);

    /// <summary>File with certificates of authorities trusted to name clients.</summary>
    public static readonly StringParameter SmtpdTlsCAfile = new("smtpd_tls_CAfile", "");

    /// <summary>Directory with certificates of authorities trusted to name clients.</summary>
    public static readonly StringParameter SmtpdTlsCApath = new("smtpd_tls_CApath", "");

    /// <summary>Give clients session numbers even without a session cache.</summary>
    public static readonly BoolParameter SmtpdTlsAlwaysIssueSessionIds = new("smtpd_tls_always_issue_session_ids", true);

    /// <summary>Ask clients for a certificate.</summary>
    public static readonly BoolParameter SmtpdTlsAskCcert = new("smtpd_tls_ask_ccert", false);

    /// <summary>Announce AUTH under TLS only.</summary>
    public static readonly BoolParameter SmtpdTlsAuthOnly = new("smtpd_tls_auth_only", false);

    /// <summary>Longest chain of a client certificate.</summary>
    public static readonly IntParameter SmtpdTlsCcertVerifydepth = new("smtpd_tls_ccert_verifydepth", 9);

    /// <summary>File with the server's RSA certificate.</summary>
    public static readonly StringParameter SmtpdTlsCertFile = new("smtpd_tls_cert_file", "");

    /// <summary>Files with keys and certificate chains of the server.</summary>
    public static readonly StringParameter SmtpdTlsChainFiles = new("smtpd_tls_chain_files", "");

    /// <summary>Weakest cipher grade for opportunistic TLS.</summary>
    public static readonly EnumParameter SmtpdTlsCiphers = new("smtpd_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>File with the server's DSA certificate.</summary>
    public static readonly StringParameter SmtpdTlsDcertFile = new("smtpd_tls_dcert_file", "");

    /// <summary>File with Diffie-Hellman parameters.</summary>
    public static readonly StringParameter SmtpdTlsDh1024ParamFile = new("smtpd_tls_dh1024_param_file", "");

    /// <summary>File with export-grade Diffie-Hellman parameters; not used.</summary>
    public static readonly StringParameter SmtpdTlsDh512ParamFile = new("smtpd_tls_dh512_param_file", "");

    /// <summary>File with the server's DSA key.</summary>
    public static readonly StringParameter SmtpdTlsDkeyFile = new("smtpd_tls_dkey_file", "$smtpd_tls_dcert_file");

    /// <summary>File with the server's ECDSA certificate.</summary>
    public static readonly StringParameter SmtpdTlsEccertFile = new("smtpd_tls_eccert_file", "");

    /// <summary>File with the server's ECDSA key.</summary>
    public static readonly StringParameter SmtpdTlsEckeyFile = new("smtpd_tls_eckey_file", "$smtpd_tls_eccert_file");

    /// <summary>Strength of elliptic curves.</summary>
    public static readonly EnumParameter SmtpdTlsEecdhGrade = new("smtpd_tls_eecdh_grade", "auto", "none", "strong", "ultra", "auto");

    /// <summary>Accept raw public keys.</summary>
    public static readonly BoolParameter SmtpdTlsEnableRpk = new("smtpd_tls_enable_rpk", false);

    /// <summary>Ciphers that are never used.</summary>
    public static readonly StringParameter SmtpdTlsExcludeCiphers = new("smtpd_tls_exclude_ciphers", "");

    /// <summary>Digest of client certificate fingerprints.</summary>
    public static readonly StringParameter SmtpdTlsFingerprintDigest = new("smtpd_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>File with the server's RSA key.</summary>
    public static readonly StringParameter SmtpdTlsKeyFile = new("smtpd_tls_key_file", "$smtpd_tls_cert_file");

    /// <summary>How much is logged about TLS.</summary>
    public static readonly StringParameter SmtpdTlsLoglevel = new("smtpd_tls_loglevel", "0");

    /// <summary>Tables with a TLS log level per client.</summary>
    public static readonly StringParameter SmtpdTlsLoglevelMaps = new("smtpd_tls_loglevel_maps", "");

    /// <summary>Weakest cipher grade for mandatory TLS.</summary>
    public static readonly EnumParameter SmtpdTlsMandatoryCiphers = new("smtpd_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Ciphers that are never used for mandatory TLS.</summary>
    public static readonly StringParameter SmtpdTlsMandatoryExcludeCiphers = new("smtpd_tls_mandatory_exclude_ciphers", "");

    /// <summary>Protocol versions for mandatory TLS.</summary>
    public static readonly StringParameter SmtpdTlsMandatoryProtocols = new("smtpd_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Protocol versions for opportunistic TLS.</summary>
    public static readonly StringParameter SmtpdTlsProtocols = new("smtpd_tls_protocols", ">=TLSv1");

    /// <summary>Describe TLS in the Received header.</summary>
    public static readonly BoolParameter SmtpdTlsReceivedHeader = new("smtpd_tls_received_header", false);

    /// <summary>Demand a trusted client certificate under mandatory TLS.</summary>
    public static readonly BoolParameter SmtpdTlsReqCcert = new("smtpd_tls_req_ccert", false);

    /// <summary>Security level of TLS.</summary>
    public static readonly EnumParameter SmtpdTlsSecurityLevel = new("smtpd_tls_security_level", "", "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure");

    /// <summary>Table with TLS sessions.</summary>
    public static readonly StringParameter SmtpdTlsSessionCacheDatabase = new("smtpd_tls_session_cache_database", "");

    /// <summary>How long a TLS session can be resumed.</summary>
    public static readonly TimeParameter SmtpdTlsSessionCacheTimeout = new("smtpd_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Largest TLS trace that is logged.</summary>
    public static readonly IntParameter SmtpdTlsTraceSizeLimit = new("smtpd_tls_trace_size_limit", 102_400);

    /// <summary>Begin with TLS, without STARTTLS.</summary>
    public static readonly BoolParameter SmtpdTlsWrappermode = new("smtpd_tls_wrappermode", false);

    /// <summary>Protocol in which a proxy in front tells about clients.</summary>
    public static readonly EnumParameter SmtpdUpstreamProxyProtocol = new("smtpd_upstream_proxy_protocol", "", "", "haproxy");

    /// <summary>Longest wait for a proxy in front.</summary>
    public static readonly TimeParameter SmtpdUpstreamProxyTimeout = new("smtpd_upstream_proxy_timeout", "5s", min: 1);

    /// <summary>Old way to offer TLS.</summary>
    public static readonly BoolParameter SmtpdUseTls = new("smtpd_use_tls", false);

    /// <summary>Demand &lt;&gt; around addresses, and nothing else in them.</summary>
    public static readonly BoolParameter StrictRfc821Envelopes = new("strict_rfc821_envelopes", false);

    /// <summary>Reply code for an unknown sender or recipient domain.</summary>
    public static readonly IntParameter UnknownAddressRejectCode = new("unknown_address_reject_code", 450);

    /// <summary>reject_tempfail_action for unknown domains.</summary>
    public static readonly EnumParameter UnknownAddressTempfailAction = new("unknown_address_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Reply code for a client without a name.</summary>
    public static readonly IntParameter UnknownClientRejectCode = new("unknown_client_reject_code", 450);

    /// <summary>reject_tempfail_action for unknown HELO names.</summary>
    public static readonly EnumParameter UnknownHeloHostnameTempfailAction = new("unknown_helo_hostname_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Reply code for an unknown HELO name.</summary>
    public static readonly IntParameter UnknownHostnameRejectCode = new("unknown_hostname_reject_code", 450);

    /// <summary>Reply code for an unknown local recipient.</summary>
    public static readonly IntParameter UnknownLocalRecipientRejectCode = new("unknown_local_recipient_reject_code", 550);

    /// <summary>Reply code for an unknown recipient in relay_domains.</summary>
    public static readonly IntParameter UnknownRelayRecipientRejectCode = new("unknown_relay_recipient_reject_code", 550);

    /// <summary>Reply code for an unknown recipient in virtual_alias_domains.</summary>
    public static readonly IntParameter UnknownVirtualAliasRejectCode = new("unknown_virtual_alias_reject_code", 550);

    /// <summary>Reply code for an unknown recipient in virtual_mailbox_domains.</summary>
    public static readonly IntParameter UnknownVirtualMailboxRejectCode = new("unknown_virtual_mailbox_reject_code", 550);

    /// <summary>Reply code when a recipient probe has no result yet.</summary>
    public static readonly IntParameter UnverifiedRecipientDeferCode = new("unverified_recipient_defer_code", 450, min: 200, max: 499);

    /// <summary>Reply code for a recipient whose probe failed.</summary>
    public static readonly IntParameter UnverifiedRecipientRejectCode = new("unverified_recipient_reject_code", 450, min: 200, max: 599);

    /// <summary>Reply text for a recipient whose probe failed.</summary>
    public static readonly StringParameter UnverifiedRecipientRejectReason = new("unverified_recipient_reject_reason", "");

    /// <summary>reject_tempfail_action for recipient probes.</summary>
    public static readonly EnumParameter UnverifiedRecipientTempfailAction = new("unverified_recipient_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Reply code when a sender probe has no result yet.</summary>
    public static readonly IntParameter UnverifiedSenderDeferCode = new("unverified_sender_defer_code", 450, min: 200, max: 499);

    /// <summary>Reply code for a sender whose probe failed.</summary>
    public static readonly IntParameter UnverifiedSenderRejectCode = new("unverified_sender_reject_code", 450, min: 200, max: 599);

    /// <summary>Reply text for a sender whose probe failed.</summary>
    public static readonly StringParameter UnverifiedSenderRejectReason = new("unverified_sender_reject_reason", "");

    /// <summary>reject_tempfail_action for sender probes.</summary>
    public static readonly EnumParameter UnverifiedSenderTempfailAction = new("unverified_sender_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AccessMapDeferCode,
        AccessMapRejectCode,
        AuthorizedVerpClients,
        BrokenSaslAuthClients,
        DefaultRblReply,
        DeferCode,
        DisableVrfyCommand,
        InvalidHostnameRejectCode,
        LocalHeaderRewriteClients,
        MapsRblDomains,
        MapsRblRejectCode,
        MultiRecipientBounceRejectCode,
        NonFqdnRejectCode,
        PermitMxBackupNetworks,
        PlaintextRejectCode,
        QueueMinfree,
        RblReplyMaps,
        RejectCode,
        RejectTempfailAction,
        RelayClientcerts,
        RelayDomainsRejectCode,
        RequiretlsEnable,
        RequiretlsEsmtpHeader,
        ShowUserUnknownTableName,
        SmtpdAuthorizedVerpClients,
        SmtpdAuthorizedXclientHosts,
        SmtpdAuthorizedXforwardHosts,
        SmtpdBanner,
        SmtpdClientAuthRateLimit,
        SmtpdClientConnectionCountLimit,
        SmtpdClientConnectionLimitExceptions,
        SmtpdClientConnectionRateLimit,
        SmtpdClientEventLimitExceptions,
        SmtpdClientIpv4PrefixLength,
        SmtpdClientIpv6PrefixLength,
        SmtpdClientMessageRateLimit,
        SmtpdClientNewTlsSessionRateLimit,
        SmtpdClientPortLogging,
        SmtpdClientRecipientRateLimit,
        SmtpdClientRestrictions,
        SmtpdCommandFilter,
        SmtpdDataRestrictions,
        SmtpdDelayOpenUntilValidRcpt,
        SmtpdDelayReject,
        SmtpdDiscardEhloKeywordAddressMaps,
        SmtpdDiscardEhloKeywords,
        SmtpdDnsReplyFilter,
        SmtpdEndOfDataRestrictions,
        SmtpdEnforceTls,
        SmtpdErrorSleepTime,
        SmtpdEtrnRestrictions,
        SmtpdExpansionFilter,
        SmtpdForbidBareNewline,
        SmtpdForbidBareNewlineExclusions,
        SmtpdForbidBareNewlineRejectCode,
        SmtpdForbidUnauthPipelining,
        SmtpdForbiddenCommands,
        SmtpdHardErrorLimit,
        SmtpdHeloRequired,
        SmtpdHeloRestrictions,
        SmtpdHideClientSession,
        SmtpdHistoryFlushThreshold,
        SmtpdJunkCommandLimit,
        SmtpdLogAccessPermitActions,
        SmtpdMilterMaps,
        SmtpdMilters,
        SmtpdMinDataRate,
        SmtpdNoopCommands,
        SmtpdNullAccessLookupKey,
        SmtpdPeernameLookup,
        SmtpdPerRecordDeadline,
        SmtpdPerRequestDeadline,
        SmtpdPolicyServiceDefaultAction,
        SmtpdPolicyServiceMaxIdle,
        SmtpdPolicyServiceMaxTtl,
        SmtpdPolicyServicePolicyContext,
        SmtpdPolicyServiceRequestLimit,
        SmtpdPolicyServiceRetryDelay,
        SmtpdPolicyServiceTimeout,
        SmtpdPolicyServiceTryLimit,
        SmtpdProxyEhlo,
        SmtpdProxyFilter,
        SmtpdProxyOptions,
        SmtpdProxyTimeout,
        SmtpdRecipientLimit,
        SmtpdRecipientOvershootLimit,
        SmtpdRecipientRestrictions,
        SmtpdRejectFilterMaps,
        SmtpdRejectFooter,
        SmtpdRejectFooterMaps,
        SmtpdRejectUnlistedRecipient,
        SmtpdRejectUnlistedSender,
        SmtpdRelayBeforeRecipientRestrictions,
        SmtpdRelayRestrictions,
        SmtpdRestrictionClasses,
        SmtpdSaslAuthEnable,
        SmtpdSaslAuthenticatedHeader,
        SmtpdSaslExceptionsNetworks,
        SmtpdSaslLocalDomain,
        SmtpdSaslMechanismFilter,
        SmtpdSaslPath,
        SmtpdSaslResponseLimit,
        SmtpdSaslSecurityOptions,
        SmtpdSaslService,
        SmtpdSaslTlsSecurityOptions,
        SmtpdSaslType,
        SmtpdSenderLoginMaps,
        SmtpdSenderRestrictions,
        SmtpdServiceName,
        SmtpdSoftErrorLimit,
        SmtpdStarttlsTimeout,
        SmtpdTimeout,
        SmtpdTlsCAfile,
        SmtpdTlsCApath,
        SmtpdTlsAlwaysIssueSessionIds,
        SmtpdTlsAskCcert,
        SmtpdTlsAuthOnly,
        SmtpdTlsCcertVerifydepth,
        SmtpdTlsCertFile,
        SmtpdTlsChainFiles,
        SmtpdTlsCiphers,
        SmtpdTlsDcertFile,
        SmtpdTlsDh1024ParamFile,
        SmtpdTlsDh512ParamFile,
        SmtpdTlsDkeyFile,
        SmtpdTlsEccertFile,
        SmtpdTlsEckeyFile,
        SmtpdTlsEecdhGrade,
        SmtpdTlsEnableRpk,
        SmtpdTlsExcludeCiphers,
        SmtpdTlsFingerprintDigest,
        SmtpdTlsKeyFile,
        SmtpdTlsLoglevel,
        SmtpdTlsLoglevelMaps,
        SmtpdTlsMandatoryCiphers,
        SmtpdTlsMandatoryExcludeCiphers,
        SmtpdTlsMandatoryProtocols,
        SmtpdTlsProtocols,
        SmtpdTlsReceivedHeader,
        SmtpdTlsReqCcert,
        SmtpdTlsSecurityLevel,
        SmtpdTlsSessionCacheDatabase,
        SmtpdTlsSessionCacheTimeout,
        SmtpdTlsTraceSizeLimit,
        SmtpdTlsWrappermode,
        SmtpdUpstreamProxyProtocol,
        SmtpdUpstreamProxyTimeout,
        SmtpdUseTls,
        StrictRfc821Envelopes,
        UnknownAddressRejectCode,
        UnknownAddressTempfailAction,
        UnknownClientRejectCode,
        UnknownHeloHostnameTempfailAction,
        UnknownHostnameRejectCode,
        UnknownLocalRecipientRejectCode,
        UnknownRelayRecipientRejectCode,
        UnknownVirtualAliasRejectCode,
        UnknownVirtualMailboxRejectCode,
        UnverifiedRecipientDeferCode,
        UnverifiedRecipientRejectCode,
        UnverifiedRecipientRejectReason,
        UnverifiedRecipientTempfailAction,
        UnverifiedSenderDeferCode,
        UnverifiedSenderRejectCode,
        UnverifiedSenderRejectReason,
        UnverifiedSenderTempfailAction,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the SMTP server.</summary>
public static class SmtpdParameters
{
    /// <summary>Setting <c>access_map_defer_code</c>.</summary>
    public static readonly IntParameter AccessMapDeferCode = new("access_map_defer_code", 450);

    /// <summary>Setting <c>access_map_reject_code</c>.</summary>
    public static readonly IntParameter AccessMapRejectCode = new("access_map_reject_code", 554);

    /// <summary>Setting <c>authorized_verp_clients</c>.</summary>
    public static readonly StringParameter AuthorizedVerpClients = new("authorized_verp_clients", "") { IsLegacy = true };

    /// <summary>Setting <c>broken_sasl_auth_clients</c>.</summary>
    public static readonly BoolParameter BrokenSaslAuthClients = new("broken_sasl_auth_clients", false);

    /// <summary>Setting <c>default_rbl_reply</c>.</summary>
    public static readonly StringParameter DefaultRblReply = new("default_rbl_reply", "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}", min: 1) { IsRaw = true };

    /// <summary>Setting <c>defer_code</c>.</summary>
    public static readonly IntParameter DeferCode = new("defer_code", 450);

    /// <summary>Setting <c>disable_vrfy_command</c>.</summary>
    public static readonly BoolParameter DisableVrfyCommand = new("disable_vrfy_command", false);

    /// <summary>Setting <c>invalid_hostname_reject_code</c>.</summary>
    public static readonly IntParameter InvalidHostnameRejectCode = new("invalid_hostname_reject_code", 501);

    /// <summary>Setting <c>local_header_rewrite_clients</c>.</summary>
    public static readonly StringParameter LocalHeaderRewriteClients = new("local_header_rewrite_clients", "permit_inet_interfaces");

    /// <summary>Setting <c>maps_rbl_domains</c>.</summary>
    public static readonly StringParameter MapsRblDomains = new("maps_rbl_domains", "");

    /// <summary>Setting <c>maps_rbl_reject_code</c>.</summary>
    public static readonly IntParameter MapsRblRejectCode = new("maps_rbl_reject_code", 554);

    /// <summary>Setting <c>multi_recipient_bounce_reject_code</c>.</summary>
    public static readonly IntParameter MultiRecipientBounceRejectCode = new("multi_recipient_bounce_reject_code", 550);

    /// <summary>Setting <c>non_fqdn_reject_code</c>.</summary>
    public static readonly IntParameter NonFqdnRejectCode = new("non_fqdn_reject_code", 504);

    /// <summary>Setting <c>permit_mx_backup_networks</c>.</summary>
    public static readonly StringParameter PermitMxBackupNetworks = new("permit_mx_backup_networks", "");

    /// <summary>Setting <c>plaintext_reject_code</c>.</summary>
    public static readonly IntParameter PlaintextRejectCode = new("plaintext_reject_code", 450);

    /// <summary>Setting <c>queue_minfree</c>.</summary>
    public static readonly SizeParameter QueueMinfree = new("queue_minfree", 0);

    /// <summary>Setting <c>rbl_reply_maps</c>.</summary>
    public static readonly StringParameter RblReplyMaps = new("rbl_reply_maps", "");

    /// <summary>Setting <c>reject_code</c>.</summary>
    public static readonly IntParameter RejectCode = new("reject_code", 554);

    /// <summary>Setting <c>reject_tempfail_action</c>.</summary>
    public static readonly EnumParameter RejectTempfailAction = new("reject_tempfail_action", "defer_if_permit", "defer", "defer_if_permit");

    /// <summary>Setting <c>relay_clientcerts</c>.</summary>
    public static readonly StringParameter RelayClientcerts = new("relay_clientcerts", "");

    /// <summary>Setting <c>relay_domains_reject_code</c>.</summary>
    public static readonly IntParameter RelayDomainsRejectCode = new("relay_domains_reject_code", 554);

    /// <summary>Setting <c>requiretls_enable</c>.</summary>
    public static readonly BoolParameter RequiretlsEnable = new("requiretls_enable", false);

    /// <summary>Setting <c>requiretls_esmtp_header</c>.</summary>
    public static readonly BoolParameter RequiretlsEsmtpHeader = new("requiretls_esmtp_header", true);

    /// <summary>Setting <c>show_user_unknown_table_name</c>.</summary>
    public static readonly BoolParameter ShowUserUnknownTableName = new("show_user_unknown_table_name", true);

    /// <summary>Setting <c>smtpd_authorized_verp_clients</c>.</summary>
    public static readonly StringParameter SmtpdAuthorizedVerpClients = new("smtpd_authorized_verp_clients", "$authorized_verp_clients");

    /// <summary>Setting <c>smtpd_authorized_xclient_hosts</c>.</summary>
    public static readonly StringParameter SmtpdAuthorizedXclientHosts = new("smtpd_authorized_xclient_hosts", "");

    /// <summary>Setting <c>smtpd_authorized_xforward_hosts</c>.</summary>
    public static readonly StringParameter SmtpdAuthorizedXforwardHosts = new("smtpd_authorized_xforward_hosts", "");

    /// <summary>Setting <c>smtpd_banner</c>.</summary>
    public static readonly StringParameter SmtpdBanner = new("smtpd_banner", "$myhostname ESMTP $mail_name", min: 1);

    /// <summary>Setting <c>smtpd_client_auth_rate_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientAuthRateLimit = new("smtpd_client_auth_rate_limit", 0);

    /// <summary>Setting <c>smtpd_client_connection_count_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientConnectionCountLimit = new("smtpd_client_connection_count_limit", 50);

    /// <summary>Setting <c>smtpd_client_connection_limit_exceptions</c>.</summary>
    public static readonly StringParameter SmtpdClientConnectionLimitExceptions = new("smtpd_client_connection_limit_exceptions", "") { IsLegacy = true };

    /// <summary>Setting <c>smtpd_client_connection_rate_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientConnectionRateLimit = new("smtpd_client_connection_rate_limit", 0);

    /// <summary>Setting <c>smtpd_client_event_limit_exceptions</c>.</summary>
    public static readonly StringParameter SmtpdClientEventLimitExceptions = new("smtpd_client_event_limit_exceptions", "${smtpd_client_connection_limit_exceptions:$mynetworks}");

    /// <summary>Setting <c>smtpd_client_ipv4_prefix_length</c>.</summary>
    public static readonly IntParameter SmtpdClientIpv4PrefixLength = new("smtpd_client_ipv4_prefix_length", 32, max: 32);

    /// <summary>Setting <c>smtpd_client_ipv6_prefix_length</c>.</summary>
    public static readonly IntParameter SmtpdClientIpv6PrefixLength = new("smtpd_client_ipv6_prefix_length", 128, max: 128);

    /// <summary>Setting <c>smtpd_client_message_rate_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientMessageRateLimit = new("smtpd_client_message_rate_limit", 0);

    /// <summary>Setting <c>smtpd_client_new_tls_session_rate_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientNewTlsSessionRateLimit = new("smtpd_client_new_tls_session_rate_limit", 0);

    /// <summary>Setting <c>smtpd_client_port_logging</c>.</summary>
    public static readonly BoolParameter SmtpdClientPortLogging = new("smtpd_client_port_logging", false);

    /// <summary>Setting <c>smtpd_client_recipient_rate_limit</c>.</summary>
    public static readonly IntParameter SmtpdClientRecipientRateLimit = new("smtpd_client_recipient_rate_limit", 0);

    /// <summary>Setting <c>smtpd_client_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdClientRestrictions = new("smtpd_client_restrictions", "");

    /// <summary>Setting <c>smtpd_command_filter</c>.</summary>
    public static readonly StringParameter SmtpdCommandFilter = new("smtpd_command_filter", "");

    /// <summary>Setting <c>smtpd_data_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdDataRestrictions = new("smtpd_data_restrictions", "");

    /// <summary>Setting <c>smtpd_delay_open_until_valid_rcpt</c>.</summary>
    public static readonly BoolParameter SmtpdDelayOpenUntilValidRcpt = new("smtpd_delay_open_until_valid_rcpt", true);

    /// <summary>Setting <c>smtpd_delay_reject</c>.</summary>
    public static readonly BoolParameter SmtpdDelayReject = new("smtpd_delay_reject", true);

    /// <summary>Setting <c>smtpd_discard_ehlo_keyword_address_maps</c>.</summary>
    public static readonly StringParameter SmtpdDiscardEhloKeywordAddressMaps = new("smtpd_discard_ehlo_keyword_address_maps", "");

    /// <summary>Setting <c>smtpd_discard_ehlo_keywords</c>.</summary>
    public static readonly StringParameter SmtpdDiscardEhloKeywords = new("smtpd_discard_ehlo_keywords", "");

    /// <summary>Setting <c>smtpd_dns_reply_filter</c>.</summary>
    public static readonly StringParameter SmtpdDnsReplyFilter = new("smtpd_dns_reply_filter", "");

    /// <summary>Setting <c>smtpd_end_of_data_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdEndOfDataRestrictions = new("smtpd_end_of_data_restrictions", "");

    /// <summary>Setting <c>smtpd_enforce_tls</c>.</summary>
    public static readonly BoolParameter SmtpdEnforceTls = new("smtpd_enforce_tls", false);

    /// <summary>Setting <c>smtpd_error_sleep_time</c>.</summary>
    public static readonly TimeParameter SmtpdErrorSleepTime = new("smtpd_error_sleep_time", "1s");

    /// <summary>Setting <c>smtpd_etrn_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdEtrnRestrictions = new("smtpd_etrn_restrictions", "");

    /// <summary>Setting <c>smtpd_expansion_filter</c>.</summary>
    public static readonly StringParameter SmtpdExpansionFilter = new("smtpd_expansion_filter", "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", min: 1) { IsRaw = true };

    /// <summary>Setting <c>smtpd_forbid_bare_newline</c>.</summary>
    public static readonly EnumParameter SmtpdForbidBareNewline = new("smtpd_forbid_bare_newline", "normalize", "normalize", "yes", "note", "reject", "no");

    /// <summary>Setting <c>smtpd_forbid_bare_newline_exclusions</c>.</summary>
    public static readonly StringParameter SmtpdForbidBareNewlineExclusions = new("smtpd_forbid_bare_newline_exclusions", "$mynetworks");

    /// <summary>Setting <c>smtpd_forbid_bare_newline_reject_code</c>.</summary>
    public static readonly IntParameter SmtpdForbidBareNewlineRejectCode = new("smtpd_forbid_bare_newline_reject_code", 550, min: 500, max: 599);

    /// <summary>Setting <c>smtpd_forbid_unauth_pipelining</c>.</summary>
    public static readonly BoolParameter SmtpdForbidUnauthPipelining = new("smtpd_forbid_unauth_pipelining", true);

    /// <summary>Setting <c>smtpd_forbidden_commands</c>.</summary>
    public static readonly StringParameter SmtpdForbiddenCommands = new("smtpd_forbidden_commands", "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}");

    /// <summary>Setting <c>smtpd_hard_error_limit</c>.</summary>
    public static readonly IntParameter SmtpdHardErrorLimit = new("smtpd_hard_error_limit", "${stress?{1}:{20}}", min: 1);

    /// <summary>Setting <c>smtpd_helo_required</c>.</summary>
    public static readonly BoolParameter SmtpdHeloRequired = new("smtpd_helo_required", false);

    /// <summary>Setting <c>smtpd_helo_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdHeloRestrictions = new("smtpd_helo_restrictions", "");

    /// <summary>Setting <c>smtpd_hide_client_session</c>.</summary>
    public static readonly BoolParameter SmtpdHideClientSession = new("smtpd_hide_client_session", false);

    /// <summary>Setting <c>smtpd_history_flush_threshold</c>.</summary>
    public static readonly IntParameter SmtpdHistoryFlushThreshold = new("smtpd_history_flush_threshold", 100, min: 1);

    /// <summary>Setting <c>smtpd_junk_command_limit</c>.</summary>
    public static readonly IntParameter SmtpdJunkCommandLimit = new("smtpd_junk_command_limit", "${stress?{1}:{100}}", min: 1);

    /// <summary>Setting <c>smtpd_log_access_permit_actions</c>.</summary>
    public static readonly StringParameter SmtpdLogAccessPermitActions = new("smtpd_log_access_permit_actions", "");

    /// <summary>Setting <c>smtpd_milter_maps</c>.</summary>
    public static readonly StringParameter SmtpdMilterMaps = new("smtpd_milter_maps", "");

    /// <summary>Setting <c>smtpd_milters</c>.</summary>
    public static readonly StringParameter SmtpdMilters = new("smtpd_milters", "");

    /// <summary>Setting <c>smtpd_min_data_rate</c>.</summary>
    public static readonly IntParameter SmtpdMinDataRate = new("smtpd_min_data_rate", 500, min: 1);

    /// <summary>Setting <c>smtpd_noop_commands</c>.</summary>
    public static readonly StringParameter SmtpdNoopCommands = new("smtpd_noop_commands", "");

    /// <summary>Setting <c>smtpd_null_access_lookup_key</c>.</summary>
    public static readonly StringParameter SmtpdNullAccessLookupKey = new("smtpd_null_access_lookup_key", "<>");

    /// <summary>Setting <c>smtpd_peername_lookup</c>.</summary>
    public static readonly BoolParameter SmtpdPeernameLookup = new("smtpd_peername_lookup", true);

    /// <summary>Setting <c>smtpd_per_record_deadline</c>.</summary>
    public static readonly StringParameter SmtpdPerRecordDeadline = new("smtpd_per_record_deadline", "") { IsLegacy = true };

    /// <summary>Setting <c>smtpd_per_request_deadline</c>.</summary>
    public static readonly BoolParameter SmtpdPerRequestDeadline = new("smtpd_per_request_deadline", "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}");

    /// <summary>Setting <c>smtpd_policy_service_default_action</c>.</summary>
    public static readonly StringParameter SmtpdPolicyServiceDefaultAction = new("smtpd_policy_service_default_action", "451 4.3.5 Server configuration problem", min: 1);

    /// <summary>Setting <c>smtpd_policy_service_max_idle</c>.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceMaxIdle = new("smtpd_policy_service_max_idle", "300s", min: 1);

    /// <summary>Setting <c>smtpd_policy_service_max_ttl</c>.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceMaxTtl = new("smtpd_policy_service_max_ttl", "1000s", min: 1);

    /// <summary>Setting <c>smtpd_policy_service_policy_context</c>.</summary>
    public static readonly StringParameter SmtpdPolicyServicePolicyContext = new("smtpd_policy_service_policy_context", "");

    /// <summary>Setting <c>smtpd_policy_service_request_limit</c>.</summary>
    public static readonly IntParameter SmtpdPolicyServiceRequestLimit = new("smtpd_policy_service_request_limit", 0);

    /// <summary>Setting <c>smtpd_policy_service_retry_delay</c>.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceRetryDelay = new("smtpd_policy_service_retry_delay", "1s", min: 1);

    /// <summary>Setting <c>smtpd_policy_service_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdPolicyServiceTimeout = new("smtpd_policy_service_timeout", "100s", min: 1);

    /// <summary>Setting <c>smtpd_policy_service_try_limit</c>.</summary>
    public static readonly IntParameter SmtpdPolicyServiceTryLimit = new("smtpd_policy_service_try_limit", 2, min: 1);

    /// <summary>Setting <c>smtpd_proxy_ehlo</c>.</summary>
    public static readonly StringParameter SmtpdProxyEhlo = new("smtpd_proxy_ehlo", "$myhostname");

    /// <summary>Setting <c>smtpd_proxy_filter</c>.</summary>
    public static readonly StringParameter SmtpdProxyFilter = new("smtpd_proxy_filter", "");

    /// <summary>Setting <c>smtpd_proxy_options</c>.</summary>
    public static readonly StringParameter SmtpdProxyOptions = new("smtpd_proxy_options", "");

    /// <summary>Setting <c>smtpd_proxy_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdProxyTimeout = new("smtpd_proxy_timeout", "100s", min: 1);

    /// <summary>Setting <c>smtpd_recipient_limit</c>.</summary>
    public static readonly IntParameter SmtpdRecipientLimit = new("smtpd_recipient_limit", 1_000, min: 1);

    /// <summary>Setting <c>smtpd_recipient_overshoot_limit</c>.</summary>
    public static readonly IntParameter SmtpdRecipientOvershootLimit = new("smtpd_recipient_overshoot_limit", 1_000, min: 1);

    /// <summary>Setting <c>smtpd_recipient_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdRecipientRestrictions = new("smtpd_recipient_restrictions", "");

    /// <summary>Setting <c>smtpd_reject_filter_maps</c>.</summary>
    public static readonly StringParameter SmtpdRejectFilterMaps = new("smtpd_reject_filter_maps", "");

    /// <summary>Setting <c>smtpd_reject_footer</c>.</summary>
    public static readonly StringParameter SmtpdRejectFooter = new("smtpd_reject_footer", "") { IsRaw = true };

    /// <summary>Setting <c>smtpd_reject_footer_maps</c>.</summary>
    public static readonly StringParameter SmtpdRejectFooterMaps = new("smtpd_reject_footer_maps", "");

    /// <summary>Setting <c>smtpd_reject_unlisted_recipient</c>.</summary>
    public static readonly BoolParameter SmtpdRejectUnlistedRecipient = new("smtpd_reject_unlisted_recipient", true);

    /// <summary>Setting <c>smtpd_reject_unlisted_sender</c>.</summary>
    public static readonly BoolParameter SmtpdRejectUnlistedSender = new("smtpd_reject_unlisted_sender", false);

    /// <summary>Setting <c>smtpd_relay_before_recipient_restrictions</c>.</summary>
    public static readonly BoolParameter SmtpdRelayBeforeRecipientRestrictions = new("smtpd_relay_before_recipient_restrictions", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}");

    /// <summary>Setting <c>smtpd_relay_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdRelayRestrictions = new("smtpd_relay_restrictions", "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}");

    /// <summary>Setting <c>smtpd_restriction_classes</c>.</summary>
    public static readonly StringParameter SmtpdRestrictionClasses = new("smtpd_restriction_classes", "");

    /// <summary>Setting <c>smtpd_sasl_auth_enable</c>.</summary>
    public static readonly BoolParameter SmtpdSaslAuthEnable = new("smtpd_sasl_auth_enable", false);

    /// <summary>Setting <c>smtpd_sasl_authenticated_header</c>.</summary>
    public static readonly BoolParameter SmtpdSaslAuthenticatedHeader = new("smtpd_sasl_authenticated_header", false);

    /// <summary>Setting <c>smtpd_sasl_exceptions_networks</c>.</summary>
    public static readonly StringParameter SmtpdSaslExceptionsNetworks = new("smtpd_sasl_exceptions_networks", "");

    /// <summary>Setting <c>smtpd_sasl_local_domain</c>.</summary>
    public static readonly StringParameter SmtpdSaslLocalDomain = new("smtpd_sasl_local_domain", "");

    /// <summary>Setting <c>smtpd_sasl_mechanism_filter</c>.</summary>
    public static readonly StringParameter SmtpdSaslMechanismFilter = new("smtpd_sasl_mechanism_filter", "!external, static:rest");

    /// <summary>Setting <c>smtpd_sasl_path</c>.</summary>
    public static readonly StringParameter SmtpdSaslPath = new("smtpd_sasl_path", "smtpd", min: 1);

    /// <summary>Setting <c>smtpd_sasl_response_limit</c>.</summary>
    public static readonly IntParameter SmtpdSaslResponseLimit = new("smtpd_sasl_response_limit", 12_288, min: 12288);

    /// <summary>Setting <c>smtpd_sasl_security_options</c>.</summary>
    public static readonly StringParameter SmtpdSaslSecurityOptions = new("smtpd_sasl_security_options", "noanonymous");

    /// <summary>Setting <c>smtpd_sasl_service</c>.</summary>
    public static readonly StringParameter SmtpdSaslService = new("smtpd_sasl_service", "smtp", min: 1);

    /// <summary>Setting <c>smtpd_sasl_tls_security_options</c>.</summary>
    public static readonly StringParameter SmtpdSaslTlsSecurityOptions = new("smtpd_sasl_tls_security_options", "$smtpd_sasl_security_options");

    /// <summary>Setting <c>smtpd_sasl_type</c>.</summary>
    public static readonly StringParameter SmtpdSaslType = new("smtpd_sasl_type", "cyrus", min: 1);

    /// <summary>Setting <c>smtpd_sender_login_maps</c>.</summary>
    public static readonly StringParameter SmtpdSenderLoginMaps = new("smtpd_sender_login_maps", "");

    /// <summary>Setting <c>smtpd_sender_restrictions</c>.</summary>
    public static readonly StringParameter SmtpdSenderRestrictions = new("smtpd_sender_restrictions", "");

    /// <summary>Setting <c>smtpd_service_name</c>.</summary>
    public static readonly StringParameter SmtpdServiceName = new("smtpd_service_name", "smtpd", min: 1);

    /// <summary>Setting <c>smtpd_soft_error_limit</c>.</summary>
    public static readonly IntParameter SmtpdSoftErrorLimit = new("smtpd_soft_error_limit", 10, min: 1);

    /// <summary>Setting <c>smtpd_starttls_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdStarttlsTimeout = new("smtpd_starttls_timeout", "${stress?{10}:{300}}s", min: 1);

    /// <summary>Setting <c>smtpd_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdTimeout = new("smtpd_timeout", "${stress?{10}:{300}}s", min: 1);

    /// <summary>Setting <c>smtpd_tls_CAfile</c>.</summary>
    public static readonly StringParameter SmtpdTlsCAfile = new("smtpd_tls_CAfile", "");

    /// <summary>Setting <c>smtpd_tls_CApath</c>.</summary>
    public static readonly StringParameter SmtpdTlsCApath = new("smtpd_tls_CApath", "");

    /// <summary>Setting <c>smtpd_tls_always_issue_session_ids</c>.</summary>
    public static readonly BoolParameter SmtpdTlsAlwaysIssueSessionIds = new("smtpd_tls_always_issue_session_ids", true);

    /// <summary>Setting <c>smtpd_tls_ask_ccert</c>.</summary>
    public static readonly BoolParameter SmtpdTlsAskCcert = new("smtpd_tls_ask_ccert", false);

    /// <summary>Setting <c>smtpd_tls_auth_only</c>.</summary>
    public static readonly BoolParameter SmtpdTlsAuthOnly = new("smtpd_tls_auth_only", false);

    /// <summary>Setting <c>smtpd_tls_ccert_verifydepth</c>.</summary>
    public static readonly IntParameter SmtpdTlsCcertVerifydepth = new("smtpd_tls_ccert_verifydepth", 9);

    /// <summary>Setting <c>smtpd_tls_cert_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsCertFile = new("smtpd_tls_cert_file", "");

    /// <summary>Setting <c>smtpd_tls_chain_files</c>.</summary>
    public static readonly StringParameter SmtpdTlsChainFiles = new("smtpd_tls_chain_files", "");

    /// <summary>Setting <c>smtpd_tls_ciphers</c>.</summary>
    public static readonly EnumParameter SmtpdTlsCiphers = new("smtpd_tls_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>smtpd_tls_dcert_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsDcertFile = new("smtpd_tls_dcert_file", "");

    /// <summary>Setting <c>smtpd_tls_dh1024_param_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsDh1024ParamFile = new("smtpd_tls_dh1024_param_file", "");

    /// <summary>Setting <c>smtpd_tls_dh512_param_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsDh512ParamFile = new("smtpd_tls_dh512_param_file", "");

    /// <summary>Setting <c>smtpd_tls_dkey_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsDkeyFile = new("smtpd_tls_dkey_file", "$smtpd_tls_dcert_file");

    /// <summary>Setting <c>smtpd_tls_eccert_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsEccertFile = new("smtpd_tls_eccert_file", "");

    /// <summary>Setting <c>smtpd_tls_eckey_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsEckeyFile = new("smtpd_tls_eckey_file", "$smtpd_tls_eccert_file");

    /// <summary>Setting <c>smtpd_tls_eecdh_grade</c>.</summary>
    public static readonly EnumParameter SmtpdTlsEecdhGrade = new("smtpd_tls_eecdh_grade", "auto", "none", "strong", "ultra", "auto");

    /// <summary>Setting <c>smtpd_tls_enable_rpk</c>.</summary>
    public static readonly BoolParameter SmtpdTlsEnableRpk = new("smtpd_tls_enable_rpk", false);

    /// <summary>Setting <c>smtpd_tls_exclude_ciphers</c>.</summary>
    public static readonly StringParameter SmtpdTlsExcludeCiphers = new("smtpd_tls_exclude_ciphers", "");

    /// <summary>Setting <c>smtpd_tls_fingerprint_digest</c>.</summary>
    public static readonly StringParameter SmtpdTlsFingerprintDigest = new("smtpd_tls_fingerprint_digest", "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", min: 1);

    /// <summary>Setting <c>smtpd_tls_key_file</c>.</summary>
    public static readonly StringParameter SmtpdTlsKeyFile = new("smtpd_tls_key_file", "$smtpd_tls_cert_file");

    /// <summary>Setting <c>smtpd_tls_loglevel</c>.</summary>
    public static readonly StringParameter SmtpdTlsLoglevel = new("smtpd_tls_loglevel", "0");

    /// <summary>Setting <c>smtpd_tls_loglevel_maps</c>.</summary>
    public static readonly StringParameter SmtpdTlsLoglevelMaps = new("smtpd_tls_loglevel_maps", "");

    /// <summary>Setting <c>smtpd_tls_mandatory_ciphers</c>.</summary>
    public static readonly EnumParameter SmtpdTlsMandatoryCiphers = new("smtpd_tls_mandatory_ciphers", "medium", "export", "low", "medium", "high", "null");

    /// <summary>Setting <c>smtpd_tls_mandatory_exclude_ciphers</c>.</summary>
    public static readonly StringParameter SmtpdTlsMandatoryExcludeCiphers = new("smtpd_tls_mandatory_exclude_ciphers", "");

    /// <summary>Setting <c>smtpd_tls_mandatory_protocols</c>.</summary>
    public static readonly StringParameter SmtpdTlsMandatoryProtocols = new("smtpd_tls_mandatory_protocols", ">=TLSv1");

    /// <summary>Setting <c>smtpd_tls_protocols</c>.</summary>
    public static readonly StringParameter SmtpdTlsProtocols = new("smtpd_tls_protocols", ">=TLSv1");

    /// <summary>Setting <c>smtpd_tls_received_header</c>.</summary>
    public static readonly BoolParameter SmtpdTlsReceivedHeader = new("smtpd_tls_received_header", false);

    /// <summary>Setting <c>smtpd_tls_req_ccert</c>.</summary>
    public static readonly BoolParameter SmtpdTlsReqCcert = new("smtpd_tls_req_ccert", false);

    /// <summary>Setting <c>smtpd_tls_security_level</c>.</summary>
    public static readonly EnumParameter SmtpdTlsSecurityLevel = new("smtpd_tls_security_level", "", "", "none", "may", "encrypt");

    /// <summary>Setting <c>smtpd_tls_session_cache_database</c>.</summary>
    public static readonly StringParameter SmtpdTlsSessionCacheDatabase = new("smtpd_tls_session_cache_database", "");

    /// <summary>Setting <c>smtpd_tls_session_cache_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdTlsSessionCacheTimeout = new("smtpd_tls_session_cache_timeout", "3600s", max: 8640000);

    /// <summary>Setting <c>smtpd_tls_trace_size_limit</c>.</summary>
    public static readonly IntParameter SmtpdTlsTraceSizeLimit = new("smtpd_tls_trace_size_limit", 102_400);

    /// <summary>Setting <c>smtpd_tls_wrappermode</c>.</summary>
    public static readonly BoolParameter SmtpdTlsWrappermode = new("smtpd_tls_wrappermode", false);

    /// <summary>Setting <c>smtpd_upstream_proxy_protocol</c>.</summary>
    public static readonly EnumParameter SmtpdUpstreamProxyProtocol = new("smtpd_upstream_proxy_protocol", "", "", "haproxy");

    /// <summary>Setting <c>smtpd_upstream_proxy_timeout</c>.</summary>
    public static readonly TimeParameter SmtpdUpstreamProxyTimeout = new("smtpd_upstream_proxy_timeout", "5s", min: 1);

    /// <summary>Setting <c>smtpd_use_tls</c>.</summary>
    public static readonly BoolParameter SmtpdUseTls = new("smtpd_use_tls", false);

    /// <summary>Setting <c>strict_rfc821_envelopes</c>.</summary>
    public static readonly BoolParameter StrictRfc821Envelopes = new("strict_rfc821_envelopes", false);

    /// <summary>Setting <c>unknown_address_reject_code</c>.</summary>
    public static readonly IntParameter UnknownAddressRejectCode = new("unknown_address_reject_code", 450);

    /// <summary>Setting <c>unknown_address_tempfail_action</c>.</summary>
    public static readonly EnumParameter UnknownAddressTempfailAction = new("unknown_address_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Setting <c>unknown_client_reject_code</c>.</summary>
    public static readonly IntParameter UnknownClientRejectCode = new("unknown_client_reject_code", 450);

    /// <summary>Setting <c>unknown_helo_hostname_tempfail_action</c>.</summary>
    public static readonly EnumParameter UnknownHeloHostnameTempfailAction = new("unknown_helo_hostname_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Setting <c>unknown_hostname_reject_code</c>.</summary>
    public static readonly IntParameter UnknownHostnameRejectCode = new("unknown_hostname_reject_code", 450);

    /// <summary>Setting <c>unknown_local_recipient_reject_code</c>.</summary>
    public static readonly IntParameter UnknownLocalRecipientRejectCode = new("unknown_local_recipient_reject_code", 550);

    /// <summary>Setting <c>unknown_relay_recipient_reject_code</c>.</summary>
    public static readonly IntParameter UnknownRelayRecipientRejectCode = new("unknown_relay_recipient_reject_code", 550);

    /// <summary>Setting <c>unknown_virtual_alias_reject_code</c>.</summary>
    public static readonly IntParameter UnknownVirtualAliasRejectCode = new("unknown_virtual_alias_reject_code", 550);

    /// <summary>Setting <c>unknown_virtual_mailbox_reject_code</c>.</summary>
    public static readonly IntParameter UnknownVirtualMailboxRejectCode = new("unknown_virtual_mailbox_reject_code", 550);

    /// <summary>Setting <c>unverified_recipient_defer_code</c>.</summary>
    public static readonly IntParameter UnverifiedRecipientDeferCode = new("unverified_recipient_defer_code", 450, min: 200, max: 499);

    /// <summary>Setting <c>unverified_recipient_reject_code</c>.</summary>
    public static readonly IntParameter UnverifiedRecipientRejectCode = new("unverified_recipient_reject_code", 450, min: 200, max: 599);

    /// <summary>Setting <c>unverified_recipient_reject_reason</c>.</summary>
    public static readonly StringParameter UnverifiedRecipientRejectReason = new("unverified_recipient_reject_reason", "");

    /// <summary>Setting <c>unverified_recipient_tempfail_action</c>.</summary>
    public static readonly EnumParameter UnverifiedRecipientTempfailAction = new("unverified_recipient_tempfail_action", "$reject_tempfail_action", "defer", "defer_if_permit");

    /// <summary>Setting <c>unverified_sender_defer_code</c>.</summary>
    public static readonly IntParameter UnverifiedSenderDeferCode = new("unverified_sender_defer_code", 450, min: 200, max: 499);

    /// <summary>Setting <c>unverified_sender_reject_code</c>.</summary>
    public static readonly IntParameter UnverifiedSenderRejectCode = new("unverified_sender_reject_code", 450, min: 200, max: 599);

    /// <summary>Setting <c>unverified_sender_reject_reason</c>.</summary>
    public static readonly StringParameter UnverifiedSenderRejectReason = new("unverified_sender_reject_reason", "");

    /// <summary>Setting <c>unverified_sender_tempfail_action</c>.</summary>
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

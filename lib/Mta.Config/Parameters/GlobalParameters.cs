namespace Mta.Config.Parameters;

/// <summary>Parameters that several programs share.</summary>
public static class GlobalParameters
{
    /// <summary>Setting <c>allow_min_user</c>.</summary>
    public static readonly BoolParameter AllowMinUser = new("allow_min_user", false);

    /// <summary>Setting <c>allow_untrusted_routing</c>.</summary>
    public static readonly BoolParameter AllowUntrustedRouting = new("allow_untrusted_routing", false);

    /// <summary>Setting <c>application_event_drain_time</c>.</summary>
    public static readonly TimeParameter ApplicationEventDrainTime = new("application_event_drain_time", "100s", min: 1);

    /// <summary>Setting <c>bounce_service_name</c>.</summary>
    public static readonly StringParameter BounceServiceName = new("bounce_service_name", "bounce", min: 1);

    /// <summary>Setting <c>cleanup_service_name</c>.</summary>
    public static readonly StringParameter CleanupServiceName = new("cleanup_service_name", "cleanup", min: 1);

    /// <summary>Setting <c>command_directory</c>.</summary>
    public static readonly StringParameter CommandDirectory = new("command_directory", "/usr/sbin", min: 1);

    /// <summary>Setting <c>command_time_limit</c>.</summary>
    public static readonly TimeParameter CommandTimeLimit = new("command_time_limit", "1000s", min: 1);

    /// <summary>Setting <c>compatibility_level</c>.</summary>
    public static readonly StringParameter CompatibilityLevel = new("compatibility_level", "0");

    /// <summary>Setting <c>config_directory</c>.</summary>
    public static readonly StringParameter ConfigDirectory = new("config_directory", "", min: 1) { ComputedDefault = HostDefaults.ConfigDirectory };

    /// <summary>Setting <c>content_filter</c>.</summary>
    public static readonly StringParameter ContentFilter = new("content_filter", "");

    /// <summary>Setting <c>cyrus_sasl_config_path</c>.</summary>
    public static readonly StringParameter CyrusSaslConfigPath = new("cyrus_sasl_config_path", "");

    /// <summary>Setting <c>daemon_directory</c>.</summary>
    public static readonly StringParameter DaemonDirectory = new("daemon_directory", "/usr/lib/postfix/sbin", min: 1);

    /// <summary>Setting <c>daemon_timeout</c>.</summary>
    public static readonly TimeParameter DaemonTimeout = new("daemon_timeout", "18000s", min: 1);

    /// <summary>Setting <c>data_directory</c>.</summary>
    public static readonly StringParameter DataDirectory = new("data_directory", "/var/lib/postfix", min: 1);

    /// <summary>Setting <c>debug_peer_level</c>.</summary>
    public static readonly IntParameter DebugPeerLevel = new("debug_peer_level", 2, min: 1);

    /// <summary>Setting <c>debug_peer_list</c>.</summary>
    public static readonly StringParameter DebugPeerList = new("debug_peer_list", "");

    /// <summary>Setting <c>debugger_command</c>.</summary>
    public static readonly StringParameter DebuggerCommand = new("debugger_command", "", min: 1);

    /// <summary>Setting <c>default_delivery_status_filter</c>.</summary>
    public static readonly StringParameter DefaultDeliveryStatusFilter = new("default_delivery_status_filter", "");

    /// <summary>Setting <c>default_verp_delimiters</c>.</summary>
    public static readonly StringParameter DefaultVerpDelimiters = new("default_verp_delimiters", "+=", min: 2, max: 2);

    /// <summary>Setting <c>defer_service_name</c>.</summary>
    public static readonly StringParameter DeferServiceName = new("defer_service_name", "defer", min: 1);

    /// <summary>Setting <c>delay_logging_resolution_limit</c>.</summary>
    public static readonly IntParameter DelayLoggingResolutionLimit = new("delay_logging_resolution_limit", 2, max: 6);

    /// <summary>Setting <c>deliver_lock_attempts</c>.</summary>
    public static readonly IntParameter DeliverLockAttempts = new("deliver_lock_attempts", 20, min: 1);

    /// <summary>Setting <c>deliver_lock_delay</c>.</summary>
    public static readonly TimeParameter DeliverLockDelay = new("deliver_lock_delay", "1s", min: 1);

    /// <summary>
    /// The name server that the SMTP client asks instead of those in resolv.conf: <c>address</c> or
    /// <c>address@port</c>. Empty: resolv.conf.
    /// </summary>
    public static readonly StringParameter DnsForwardAddress = new("dns_forward_address", "");

    /// <summary>Setting <c>dont_remove</c>.</summary>
    public static readonly IntParameter DontRemove = new("dont_remove", 0);

    /// <summary>Setting <c>double_bounce_sender</c>.</summary>
    public static readonly StringParameter DoubleBounceSender = new("double_bounce_sender", "double-bounce", min: 1);

    /// <summary>Setting <c>duplicate_filter_limit</c>.</summary>
    public static readonly IntParameter DuplicateFilterLimit = new("duplicate_filter_limit", 1_000);

    /// <summary>Setting <c>empty_address_recipient</c>.</summary>
    public static readonly StringParameter EmptyAddressRecipient = new("empty_address_recipient", "MAILER-DAEMON", min: 1);

    /// <summary>Setting <c>enable_idna2003_compatibility</c>.</summary>
    public static readonly BoolParameter EnableIdna2003Compatibility = new("enable_idna2003_compatibility", false);

    /// <summary>Setting <c>enable_long_queue_ids</c>.</summary>
    public static readonly BoolParameter EnableLongQueueIds = new("enable_long_queue_ids", false);

    /// <summary>Setting <c>error_service_name</c>.</summary>
    public static readonly StringParameter ErrorServiceName = new("error_service_name", "error", min: 1);

    /// <summary>Setting <c>export_environment</c>.</summary>
    public static readonly StringParameter ExportEnvironment = new("export_environment", "TZ MAIL_CONFIG LANG");

    /// <summary>Setting <c>fault_injection_code</c>.</summary>
    public static readonly IntParameter FaultInjectionCode = new("fault_injection_code", 0);

    /// <summary>Setting <c>flush_service_name</c>.</summary>
    public static readonly StringParameter FlushServiceName = new("flush_service_name", "flush", min: 1);

    /// <summary>Setting <c>fork_attempts</c>.</summary>
    public static readonly IntParameter ForkAttempts = new("fork_attempts", 5, min: 1);

    /// <summary>Setting <c>fork_delay</c>.</summary>
    public static readonly TimeParameter ForkDelay = new("fork_delay", "1s", min: 1);

    /// <summary>Setting <c>hash_queue_depth</c>.</summary>
    public static readonly IntParameter HashQueueDepth = new("hash_queue_depth", 1, min: 1);

    /// <summary>Setting <c>hash_queue_names</c>.</summary>
    public static readonly StringParameter HashQueueNames = new("hash_queue_names", "deferred, defer", min: 1);

    /// <summary>Setting <c>header_address_token_limit</c>.</summary>
    public static readonly IntParameter HeaderAddressTokenLimit = new("header_address_token_limit", 10_240, min: 1);

    /// <summary>Setting <c>header_size_limit</c>.</summary>
    public static readonly IntParameter HeaderSizeLimit = new("header_size_limit", 102_400, min: 1);

    /// <summary>Setting <c>helpful_warnings</c>.</summary>
    public static readonly BoolParameter HelpfulWarnings = new("helpful_warnings", true);

    /// <summary>Setting <c>html_directory</c>.</summary>
    public static readonly StringParameter HtmlDirectory = new("html_directory", "/usr/share/doc/postfix/html", min: 1);

    /// <summary>Setting <c>import_environment</c>.</summary>
    public static readonly StringParameter ImportEnvironment = new("import_environment", "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME");

    /// <summary>Setting <c>in_flow_delay</c>.</summary>
    public static readonly TimeParameter InFlowDelay = new("in_flow_delay", "1s", max: 10);

    /// <summary>Setting <c>inet_interfaces</c>.</summary>
    public static readonly StringParameter InetInterfaces = new("inet_interfaces", "all");

    /// <summary>Setting <c>inet_protocols</c>.</summary>
    public static readonly StringParameter InetProtocols = new("inet_protocols", "all");

    /// <summary>Setting <c>info_log_address_format</c>.</summary>
    public static readonly EnumParameter InfoLogAddressFormat = new("info_log_address_format", "external", "external", "internal");

    /// <summary>Setting <c>ipc_idle</c>.</summary>
    public static readonly TimeParameter IpcIdle = new("ipc_idle", "5s", min: 1);

    /// <summary>Setting <c>ipc_timeout</c>.</summary>
    public static readonly TimeParameter IpcTimeout = new("ipc_timeout", "3600s", min: 1);

    /// <summary>Setting <c>ipc_ttl</c>.</summary>
    public static readonly TimeParameter IpcTtl = new("ipc_ttl", "1000s", min: 1);

    /// <summary>Setting <c>known_tcp_ports</c>.</summary>
    public static readonly StringParameter KnownTcpPorts = new("known_tcp_ports", "lmtp=24, smtp=25, smtps=submissions=465, submission=587");

    /// <summary>Setting <c>line_length_limit</c>.</summary>
    public static readonly IntParameter LineLengthLimit = new("line_length_limit", 2_048, min: 512);

    /// <summary>Setting <c>local_recipient_maps</c>.</summary>
    public static readonly StringParameter LocalRecipientMaps = new("local_recipient_maps", "proxy:unix:passwd.byname $alias_maps");

    /// <summary>Setting <c>mail_name</c>.</summary>
    public static readonly StringParameter MailName = new("mail_name", "Mta", min: 1);

    /// <summary>Setting <c>mail_owner</c>.</summary>
    public static readonly StringParameter MailOwner = new("mail_owner", "postfix", min: 1);

    /// <summary>Setting <c>mail_release_date</c>.</summary>
    public static readonly StringParameter MailReleaseDate = new("mail_release_date", "20240304", min: 1);

    /// <summary>Setting <c>mail_version</c>.</summary>
    public static readonly StringParameter MailVersion = new("mail_version", "3.7.11", min: 1);

    /// <summary>Setting <c>mailq_path</c>.</summary>
    public static readonly StringParameter MailqPath = new("mailq_path", "/usr/bin/mailq", min: 1);

    /// <summary>Setting <c>manpage_directory</c>.</summary>
    public static readonly StringParameter ManpageDirectory = new("manpage_directory", "/usr/share/man", min: 1);

    /// <summary>Setting <c>max_idle</c>.</summary>
    public static readonly TimeParameter MaxIdle = new("max_idle", "100s", min: 1);

    /// <summary>Setting <c>max_use</c>.</summary>
    public static readonly IntParameter MaxUse = new("max_use", 100, min: 1);

    /// <summary>Setting <c>message_size_limit</c>.</summary>
    public static readonly SizeParameter MessageSizeLimit = new("message_size_limit", 10_240_000);

    /// <summary>Setting <c>meta_directory</c>.</summary>
    public static readonly StringParameter MetaDirectory = new("meta_directory", "/etc/postfix", min: 1);

    /// <summary>Setting <c>mta_version</c>.</summary>
    public static readonly StringParameter MtaVersion = new("mta_version", "1.0.0", min: 1);

    /// <summary>Setting <c>mydestination</c>.</summary>
    public static readonly StringParameter Mydestination = new("mydestination", "$myhostname, localhost.$mydomain, localhost");

    /// <summary>Setting <c>mydomain</c>.</summary>
    public static readonly StringParameter Mydomain = new("mydomain", "", min: 1) { ComputedDefault = HostDefaults.MyDomain };

    /// <summary>Setting <c>myhostname</c>.</summary>
    public static readonly StringParameter Myhostname = new("myhostname", "", min: 1) { ComputedDefault = HostDefaults.MyHostname };

    /// <summary>Setting <c>mynetworks</c>.</summary>
    public static readonly StringParameter Mynetworks = new("mynetworks", "") { ComputedDefault = HostDefaults.MyNetworks };

    /// <summary>Setting <c>mynetworks_style</c>.</summary>
    public static readonly EnumParameter MynetworksStyle = new("mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}", "class", "subnet", "host");

    /// <summary>Setting <c>myorigin</c>.</summary>
    public static readonly StringParameter Myorigin = new("myorigin", "$myhostname", min: 1);

    /// <summary>Setting <c>newaliases_path</c>.</summary>
    public static readonly StringParameter NewaliasesPath = new("newaliases_path", "/usr/bin/newaliases", min: 1);

    /// <summary>Setting <c>notify_classes</c>.</summary>
    public static readonly StringParameter NotifyClasses = new("notify_classes", "resource, software");

    /// <summary>Setting <c>openssl_path</c>.</summary>
    public static readonly StringParameter OpensslPath = new("openssl_path", "openssl", min: 1);

    /// <summary>Setting <c>parent_domain_matches_subdomains</c>.</summary>
    public static readonly StringParameter ParentDomainMatchesSubdomains = new("parent_domain_matches_subdomains", "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps");

    /// <summary>Setting <c>pickup_service_name</c>.</summary>
    public static readonly StringParameter PickupServiceName = new("pickup_service_name", "pickup", min: 1);

    /// <summary>Setting <c>process_id</c>.</summary>
    public static readonly IntParameter ProcessId = new("process_id", "") { ComputedDefault = HostDefaults.ProcessId, IsReadOnly = true };

    /// <summary>Setting <c>process_id_directory</c>.</summary>
    public static readonly StringParameter ProcessIdDirectory = new("process_id_directory", "pid", min: 1);

    /// <summary>Setting <c>process_name</c>.</summary>
    public static readonly StringParameter ProcessName = new("process_name", "") { ComputedDefault = HostDefaults.ProcessName, IsReadOnly = true };

    /// <summary>Setting <c>propagate_unmatched_extensions</c>.</summary>
    public static readonly StringParameter PropagateUnmatchedExtensions = new("propagate_unmatched_extensions", "canonical, virtual");

    /// <summary>Setting <c>proxy_interfaces</c>.</summary>
    public static readonly StringParameter ProxyInterfaces = new("proxy_interfaces", "");

    /// <summary>Setting <c>proxymap_service_name</c>.</summary>
    public static readonly StringParameter ProxymapServiceName = new("proxymap_service_name", "proxymap", min: 1);

    /// <summary>Setting <c>proxywrite_service_name</c>.</summary>
    public static readonly StringParameter ProxywriteServiceName = new("proxywrite_service_name", "proxywrite", min: 1);

    /// <summary>Setting <c>queue_directory</c>.</summary>
    public static readonly StringParameter QueueDirectory = new("queue_directory", "/var/spool/postfix", min: 1);

    /// <summary>Setting <c>queue_service_name</c>.</summary>
    public static readonly StringParameter QueueServiceName = new("queue_service_name", "qmgr", min: 1);

    /// <summary>Setting <c>readme_directory</c>.</summary>
    public static readonly StringParameter ReadmeDirectory = new("readme_directory", "/usr/share/doc/postfix", min: 1);

    /// <summary>Setting <c>receive_override_options</c>.</summary>
    public static readonly StringParameter ReceiveOverrideOptions = new("receive_override_options", "");

    /// <summary>Setting <c>recipient_delimiter</c>.</summary>
    public static readonly StringParameter RecipientDelimiter = new("recipient_delimiter", "");

    /// <summary>Setting <c>relay_domains</c>.</summary>
    public static readonly StringParameter RelayDomains = new("relay_domains", "${{$compatibility_level} <level {2} ? {$mydestination} : {}}");

    /// <summary>Setting <c>relay_recipient_maps</c>.</summary>
    public static readonly StringParameter RelayRecipientMaps = new("relay_recipient_maps", "");

    /// <summary>Setting <c>respectful_logging</c>.</summary>
    public static readonly BoolParameter RespectfulLogging = new("respectful_logging", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}");

    /// <summary>Setting <c>rewrite_service_name</c>.</summary>
    public static readonly StringParameter RewriteServiceName = new("rewrite_service_name", "rewrite", min: 1);

    /// <summary>Setting <c>sample_directory</c>.</summary>
    public static readonly StringParameter SampleDirectory = new("sample_directory", "/etc/postfix", min: 1);

    /// <summary>Setting <c>sendmail_path</c>.</summary>
    public static readonly StringParameter SendmailPath = new("sendmail_path", "/usr/sbin/sendmail", min: 1);

    /// <summary>Setting <c>service_name</c>.</summary>
    public static readonly StringParameter ServiceName = new("service_name", "") { ComputedDefault = HostDefaults.ServiceName, IsReadOnly = true };

    /// <summary>Setting <c>setgid_group</c>.</summary>
    public static readonly StringParameter SetgidGroup = new("setgid_group", "postdrop", min: 1);

    /// <summary>Setting <c>shlib_directory</c>.</summary>
    public static readonly StringParameter ShlibDirectory = new("shlib_directory", "/usr/lib/postfix", min: 1);

    /// <summary>Setting <c>showq_service_name</c>.</summary>
    public static readonly StringParameter ShowqServiceName = new("showq_service_name", "showq", min: 1);

    /// <summary>Setting <c>smtputf8_autodetect_classes</c>.</summary>
    public static readonly StringParameter Smtputf8AutodetectClasses = new("smtputf8_autodetect_classes", "sendmail, verify", min: 1);

    /// <summary>Setting <c>smtputf8_enable</c>.</summary>
    public static readonly BoolParameter Smtputf8Enable = new("smtputf8_enable", "${{$compatibility_level} <level {1} ? {no} : {yes}}");

    /// <summary>Setting <c>soft_bounce</c>.</summary>
    public static readonly BoolParameter SoftBounce = new("soft_bounce", false);

    /// <summary>Setting <c>stale_lock_time</c>.</summary>
    public static readonly TimeParameter StaleLockTime = new("stale_lock_time", "500s", min: 1);

    /// <summary>Setting <c>stress</c>.</summary>
    public static readonly StringParameter Stress = new("stress", "");

    /// <summary>Setting <c>strict_smtputf8</c>.</summary>
    public static readonly BoolParameter StrictSmtputf8 = new("strict_smtputf8", false);

    /// <summary>Setting <c>sun_mailtool_compatibility</c>.</summary>
    public static readonly BoolParameter SunMailtoolCompatibility = new("sun_mailtool_compatibility", false);

    /// <summary>Setting <c>syslog_facility</c>.</summary>
    public static readonly StringParameter SyslogFacility = new("syslog_facility", "mail", min: 1);

    /// <summary>Setting <c>syslog_name</c>.</summary>
    public static readonly StringParameter SyslogName = new("syslog_name", "${multi_instance_name?{$multi_instance_name}:{postfix}}", min: 1);

    /// <summary>Setting <c>tcp_windowsize</c>.</summary>
    public static readonly IntParameter TcpWindowsize = new("tcp_windowsize", 0);

    /// <summary>Setting <c>trace_service_name</c>.</summary>
    public static readonly StringParameter TraceServiceName = new("trace_service_name", "trace", min: 1);

    /// <summary>Setting <c>trigger_timeout</c>.</summary>
    public static readonly TimeParameter TriggerTimeout = new("trigger_timeout", "10s", min: 1);

    /// <summary>Setting <c>verp_delimiter_filter</c>.</summary>
    public static readonly StringParameter VerpDelimiterFilter = new("verp_delimiter_filter", "-=+", min: 1);

    /// <summary>Setting <c>virtual_alias_domains</c>.</summary>
    public static readonly StringParameter VirtualAliasDomains = new("virtual_alias_domains", "$virtual_alias_maps");

    /// <summary>Setting <c>virtual_alias_maps</c>.</summary>
    public static readonly StringParameter VirtualAliasMaps = new("virtual_alias_maps", "$virtual_maps");

    /// <summary>Setting <c>virtual_mailbox_domains</c>.</summary>
    public static readonly StringParameter VirtualMailboxDomains = new("virtual_mailbox_domains", "$virtual_mailbox_maps");

    /// <summary>Setting <c>virtual_mailbox_maps</c>.</summary>
    public static readonly StringParameter VirtualMailboxMaps = new("virtual_mailbox_maps", "");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AllowMinUser,
        AllowUntrustedRouting,
        ApplicationEventDrainTime,
        BounceServiceName,
        CleanupServiceName,
        CommandDirectory,
        CommandTimeLimit,
        CompatibilityLevel,
        ConfigDirectory,
        ContentFilter,
        CyrusSaslConfigPath,
        DaemonDirectory,
        DaemonTimeout,
        DataDirectory,
        DebugPeerLevel,
        DebugPeerList,
        DebuggerCommand,
        DefaultDeliveryStatusFilter,
        DefaultVerpDelimiters,
        DeferServiceName,
        DelayLoggingResolutionLimit,
        DeliverLockAttempts,
        DeliverLockDelay,
        DnsForwardAddress,
        DontRemove,
        DoubleBounceSender,
        DuplicateFilterLimit,
        EmptyAddressRecipient,
        EnableIdna2003Compatibility,
        EnableLongQueueIds,
        ErrorServiceName,
        ExportEnvironment,
        FaultInjectionCode,
        FlushServiceName,
        ForkAttempts,
        ForkDelay,
        HashQueueDepth,
        HashQueueNames,
        HeaderAddressTokenLimit,
        HeaderSizeLimit,
        HelpfulWarnings,
        HtmlDirectory,
        ImportEnvironment,
        InFlowDelay,
        InetInterfaces,
        InetProtocols,
        InfoLogAddressFormat,
        IpcIdle,
        IpcTimeout,
        IpcTtl,
        KnownTcpPorts,
        LineLengthLimit,
        LocalRecipientMaps,
        MailName,
        MailOwner,
        MailReleaseDate,
        MailVersion,
        MailqPath,
        ManpageDirectory,
        MaxIdle,
        MaxUse,
        MessageSizeLimit,
        MetaDirectory,
        MtaVersion,
        Mydestination,
        Mydomain,
        Myhostname,
        Mynetworks,
        MynetworksStyle,
        Myorigin,
        NewaliasesPath,
        NotifyClasses,
        OpensslPath,
        ParentDomainMatchesSubdomains,
        PickupServiceName,
        ProcessId,
        ProcessIdDirectory,
        ProcessName,
        PropagateUnmatchedExtensions,
        ProxyInterfaces,
        ProxymapServiceName,
        ProxywriteServiceName,
        QueueDirectory,
        QueueServiceName,
        ReadmeDirectory,
        ReceiveOverrideOptions,
        RecipientDelimiter,
        RelayDomains,
        RelayRecipientMaps,
        RespectfulLogging,
        RewriteServiceName,
        SampleDirectory,
        SendmailPath,
        ServiceName,
        SetgidGroup,
        ShlibDirectory,
        ShowqServiceName,
        Smtputf8AutodetectClasses,
        Smtputf8Enable,
        SoftBounce,
        StaleLockTime,
        Stress,
        StrictSmtputf8,
        SunMailtoolCompatibility,
        SyslogFacility,
        SyslogName,
        TcpWindowsize,
        TraceServiceName,
        TriggerTimeout,
        VerpDelimiterFilter,
        VirtualAliasDomains,
        VirtualAliasMaps,
        VirtualMailboxDomains,
        VirtualMailboxMaps,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters that several programs share.</summary>
public static class GlobalParameters
{
    /// <summary>Accept a recipient address that begins with a dash.</summary>
    public static readonly BoolParameter AllowMinUser = new("allow_min_user", false);

    /// <summary>Relay sender-routed addresses (user@elsewhere@domain) of strangers.</summary>
    public static readonly BoolParameter AllowUntrustedRouting = new("allow_untrusted_routing", false);

    /// <summary>Longest wait of a command for its trigger to be taken.</summary>
    public static readonly TimeParameter ApplicationEventDrainTime = new("application_event_drain_time", "100s", min: 1);

    /// <summary>Name of the service that logs and reports failed recipients.</summary>
    public static readonly StringParameter BounceServiceName = new("bounce_service_name", "bounce", min: 1);

    /// <summary>Name of the service that takes new mail.</summary>
    public static readonly StringParameter CleanupServiceName = new("cleanup_service_name", "cleanup", min: 1);

    /// <summary>Where the commands are.</summary>
    public static readonly StringParameter CommandDirectory = new("command_directory", "/usr/sbin", min: 1);

    /// <summary>Longest run of a command that receives mail.</summary>
    public static readonly TimeParameter CommandTimeLimit = new("command_time_limit", "1000s", min: 1);

    /// <summary>Level of changed defaults that the administrator has accepted.</summary>
    public static readonly StringParameter CompatibilityLevel = new("compatibility_level", "0");

    /// <summary>Where main.cf and master.cf are.</summary>
    public static readonly StringParameter ConfigDirectory = new("config_directory", "", min: 1) { ComputedDefault = HostDefaults.ConfigDirectory };

    /// <summary>Transport and next hop to which all mail goes first.</summary>
    public static readonly StringParameter ContentFilter = new("content_filter", "");

    /// <summary>Where the Cyrus SASL library looks for its configuration.</summary>
    public static readonly StringParameter CyrusSaslConfigPath = new("cyrus_sasl_config_path", "");

    /// <summary>Where the daemons are.</summary>
    public static readonly StringParameter DaemonDirectory = new("daemon_directory", "/usr/lib/postfix/sbin", min: 1);

    /// <summary>Longest time that a daemon may spend on one request before its watchdog ends it.</summary>
    public static readonly TimeParameter DaemonTimeout = new("daemon_timeout", "18000s", min: 1);

    /// <summary>Where caches and other data of the mail system are.</summary>
    public static readonly StringParameter DataDirectory = new("data_directory", "/var/lib/postfix", min: 1);

    /// <summary>How much more verbose logging is for debug_peer_list.</summary>
    public static readonly IntParameter DebugPeerLevel = new("debug_peer_level", 2, min: 1);

    /// <summary>Peers for which logging is more verbose.</summary>
    public static readonly StringParameter DebugPeerList = new("debug_peer_list", "");

    /// <summary>Command that runs when a daemon is started with -D.</summary>
    public static readonly StringParameter DebuggerCommand = new("debugger_command", "");

    /// <summary>Tables that change the status and text of a delivery attempt.</summary>
    public static readonly StringParameter DefaultDeliveryStatusFilter = new("default_delivery_status_filter", "");

    /// <summary>The two characters in which VERP encloses the recipient.</summary>
    public static readonly StringParameter DefaultVerpDelimiters = new("default_verp_delimiters", "+=", min: 2, max: 2);

    /// <summary>Name of the service that logs deferred recipients.</summary>
    public static readonly StringParameter DeferServiceName = new("defer_service_name", "defer", min: 1);

    /// <summary>Digits behind the point in logged delays.</summary>
    public static readonly IntParameter DelayLoggingResolutionLimit = new("delay_logging_resolution_limit", 2, max: 6);

    /// <summary>How often a mailbox lock is tried.</summary>
    public static readonly IntParameter DeliverLockAttempts = new("deliver_lock_attempts", 20, min: 1);

    /// <summary>Pause between two tries to lock a mailbox.</summary>
    public static readonly TimeParameter DeliverLockDelay = new("deliver_lock_delay", "1s", min: 1);

    /// <summary>
    /// The name server that the SMTP client asks instead of those in resolv.conf: <c>address</c> or
    /// <c>address@port</c>. Empty: resolv.conf.
    /// </summary>
    public static readonly StringParameter DnsForwardAddress = new("dns_forward_address", "");

    /// <summary>Key of the DNS root for DNSSEC validation.</summary>
    public static readonly StringParameter DnsTrustAnchorFile = new("dns_trust_anchor_file", "/usr/share/dns/root.key");

    /// <summary>Keep queue files of delivered mail in the saved queue.</summary>
    public static readonly IntParameter DontRemove = new("dont_remove", 0);

    /// <summary>Local part of the sender of notices that must not be answered.</summary>
    public static readonly StringParameter DoubleBounceSender = new("double_bounce_sender", "double-bounce", min: 1);

    /// <summary>Most addresses remembered to suppress duplicates; 0 is no limit.</summary>
    public static readonly IntParameter DuplicateFilterLimit = new("duplicate_filter_limit", 1_000);

    /// <summary>Recipient of mail to the null address.</summary>
    public static readonly StringParameter EmptyAddressRecipient = new("empty_address_recipient", "MAILER-DAEMON", min: 1);

    /// <summary>Convert domain names by the rules of IDNA 2003.</summary>
    public static readonly BoolParameter EnableIdna2003Compatibility = new("enable_idna2003_compatibility", false);

    /// <summary>Give queue files names that do not come again.</summary>
    public static readonly BoolParameter EnableLongQueueIds = new("enable_long_queue_ids", false);

    /// <summary>Name of the service that fails all deliveries.</summary>
    public static readonly StringParameter ErrorServiceName = new("error_service_name", "error", min: 1);

    /// <summary>Variables that commands outside the mail system see.</summary>
    public static readonly StringParameter ExportEnvironment = new("export_environment", "TZ MAIL_CONFIG LANG");

    /// <summary>Errors to provoke, for tests.</summary>
    public static readonly IntParameter FaultInjectionCode = new("fault_injection_code", 0);

    /// <summary>Name of the service that remembers mail for sites.</summary>
    public static readonly StringParameter FlushServiceName = new("flush_service_name", "flush", min: 1);

    /// <summary>How often starting a process is tried.</summary>
    public static readonly IntParameter ForkAttempts = new("fork_attempts", 5, min: 1);

    /// <summary>Pause between two tries to start a process.</summary>
    public static readonly TimeParameter ForkDelay = new("fork_delay", "1s", min: 1);

    /// <summary>Levels of subdirectories in hashed queues.</summary>
    public static readonly IntParameter HashQueueDepth = new("hash_queue_depth", 1, min: 1);

    /// <summary>Queues with subdirectories.</summary>
    public static readonly StringParameter HashQueueNames = new("hash_queue_names", "deferred, defer", min: 1);

    /// <summary>Most address tokens looked at in one header.</summary>
    public static readonly IntParameter HeaderAddressTokenLimit = new("header_address_token_limit", 10_240, min: 1);

    /// <summary>Most bytes of one header; the rest is cut off.</summary>
    public static readonly IntParameter HeaderSizeLimit = new("header_size_limit", 102_400, min: 1);

    /// <summary>Warn of settings that are probably mistakes.</summary>
    public static readonly BoolParameter HelpfulWarnings = new("helpful_warnings", true);

    /// <summary>Where the HTML documentation is, or no.</summary>
    public static readonly StringParameter HtmlDirectory = new("html_directory", "/usr/share/doc/postfix/html", min: 1);

    /// <summary>Variables that are taken over from whoever starts a program.</summary>
    public static readonly StringParameter ImportEnvironment = new("import_environment", "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME");

    /// <summary>How long a new message waits when mail arrives faster than it leaves.</summary>
    public static readonly TimeParameter InFlowDelay = new("in_flow_delay", "1s", max: 10);

    /// <summary>Addresses on which mail is received.</summary>
    public static readonly StringParameter InetInterfaces = new("inet_interfaces", "all");

    /// <summary>Internet protocols in use.</summary>
    public static readonly StringParameter InetProtocols = new("inet_protocols", "all");

    /// <summary>Form of addresses in log lines: quoted or not.</summary>
    public static readonly EnumParameter InfoLogAddressFormat = new("info_log_address_format", "external", "external", "internal");

    /// <summary>Age at which an unused internal connection is closed.</summary>
    public static readonly TimeParameter IpcIdle = new("ipc_idle", "5s", min: 1);

    /// <summary>Longest wait on an internal connection.</summary>
    public static readonly TimeParameter IpcTimeout = new("ipc_timeout", "3600s", min: 1);

    /// <summary>Age at which an internal connection is closed.</summary>
    public static readonly TimeParameter IpcTtl = new("ipc_ttl", "1000s", min: 1);

    /// <summary>Ports known by name without the services file.</summary>
    public static readonly StringParameter KnownTcpPorts = new("known_tcp_ports", "lmtp=24, smtp=25, smtps=submissions=465, submission=587");

    /// <summary>Longest piece in which a line of text is handled.</summary>
    public static readonly IntParameter LineLengthLimit = new("line_length_limit", 2_048, min: 512);

    /// <summary>Tables that know all local recipients; empty accepts all.</summary>
    public static readonly StringParameter LocalRecipientMaps = new("local_recipient_maps", "proxy:unix:passwd.byname $alias_maps");

    /// <summary>Name of the mail system in greetings, headers and notices.</summary>
    public static readonly StringParameter MailName = new("mail_name", "Mta", min: 1);

    /// <summary>User who owns the queue and whose rights most daemons have.</summary>
    public static readonly StringParameter MailOwner = new("mail_owner", "postfix", min: 1);

    /// <summary>Date of this release.</summary>
    public static readonly StringParameter MailReleaseDate = new("mail_release_date", "20240304", min: 1);

    /// <summary>Version that scripts and macros are told.</summary>
    public static readonly StringParameter MailVersion = new("mail_version", "3.7.11", min: 1);

    /// <summary>Where the mailq command is.</summary>
    public static readonly StringParameter MailqPath = new("mailq_path", "/usr/bin/mailq", min: 1);

    /// <summary>Where the manual pages are.</summary>
    public static readonly StringParameter ManpageDirectory = new("manpage_directory", "/usr/share/man", min: 1);

    /// <summary>How long a daemon waits for work before it ends.</summary>
    public static readonly TimeParameter MaxIdle = new("max_idle", "100s", min: 1);

    /// <summary>Requests after which a daemon ends.</summary>
    public static readonly IntParameter MaxUse = new("max_use", 100, min: 1);

    /// <summary>Largest message, with its envelope; 0 is no limit.</summary>
    public static readonly SizeParameter MessageSizeLimit = new("message_size_limit", 10_240_000);

    /// <summary>Where files about the installation are.</summary>
    public static readonly StringParameter MetaDirectory = new("meta_directory", "/etc/postfix", min: 1);

    /// <summary>Version of this program.</summary>
    public static readonly StringParameter MtaVersion = new("mta_version", "1.0.0", min: 1);

    /// <summary>Domains whose mail is delivered locally.</summary>
    public static readonly StringParameter Mydestination = new("mydestination", "$myhostname, localhost.$mydomain, localhost");

    /// <summary>The domain of this host.</summary>
    public static readonly StringParameter Mydomain = new("mydomain", "", min: 1) { ComputedDefault = HostDefaults.MyDomain };

    /// <summary>The full name of this host.</summary>
    public static readonly StringParameter Myhostname = new("myhostname", "", min: 1) { ComputedDefault = HostDefaults.MyHostname };

    /// <summary>Clients that are trusted.</summary>
    public static readonly StringParameter Mynetworks = new("mynetworks", "") { ComputedDefault = HostDefaults.MyNetworks };

    /// <summary>How mynetworks is computed when it is not set.</summary>
    public static readonly EnumParameter MynetworksStyle = new("mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}", "class", "subnet", "host") { MaskName = "mynetworks mask style" };

    /// <summary>Domain of mail that is submitted on this host.</summary>
    public static readonly StringParameter Myorigin = new("myorigin", "$myhostname", min: 1);

    /// <summary>Where the newaliases command is.</summary>
    public static readonly StringParameter NewaliasesPath = new("newaliases_path", "/usr/bin/newaliases", min: 1);

    /// <summary>Kinds of trouble that the postmaster hears of.</summary>
    public static readonly StringParameter NotifyClasses = new("notify_classes", "resource, software");

    /// <summary>Where the openssl command is.</summary>
    public static readonly StringParameter OpensslPath = new("openssl_path", "openssl", min: 1);

    /// <summary>Lists in which domain.tld stands for its subdomains too.</summary>
    public static readonly StringParameter ParentDomainMatchesSubdomains = new("parent_domain_matches_subdomains", "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps");

    /// <summary>Name of the service that takes locally submitted mail.</summary>
    public static readonly StringParameter PickupServiceName = new("pickup_service_name", "pickup", min: 1);

    /// <summary>Number of this process.</summary>
    public static readonly IntParameter ProcessId = new("process_id", "") { ComputedDefault = HostDefaults.ProcessId, IsReadOnly = true };

    /// <summary>Where lock files of daemons are.</summary>
    public static readonly StringParameter ProcessIdDirectory = new("process_id_directory", "pid", min: 1);

    /// <summary>Name of this process.</summary>
    public static readonly StringParameter ProcessName = new("process_name", "") { ComputedDefault = HostDefaults.ProcessName, IsReadOnly = true };

    /// <summary>Rewritings that keep an address extension the table did not match.</summary>
    public static readonly StringParameter PropagateUnmatchedExtensions = new("propagate_unmatched_extensions", "canonical, virtual");

    /// <summary>Addresses of proxies and translators in front of this host.</summary>
    public static readonly StringParameter ProxyInterfaces = new("proxy_interfaces", "");

    /// <summary>Name of the service for reading tables.</summary>
    public static readonly StringParameter ProxymapServiceName = new("proxymap_service_name", "proxymap", min: 1);

    /// <summary>Name of the service for writing tables.</summary>
    public static readonly StringParameter ProxywriteServiceName = new("proxywrite_service_name", "proxywrite", min: 1);

    /// <summary>Where the queue is.</summary>
    public static readonly StringParameter QueueDirectory = new("queue_directory", "/var/spool/postfix", min: 1);

    /// <summary>Name of the queue manager.</summary>
    public static readonly StringParameter QueueServiceName = new("queue_service_name", "qmgr", min: 1);

    /// <summary>Where the text documentation is, or no.</summary>
    public static readonly StringParameter ReadmeDirectory = new("readme_directory", "/usr/share/doc/postfix", min: 1);

    /// <summary>Checks and rewritings to leave out while receiving.</summary>
    public static readonly StringParameter ReceiveOverrideOptions = new("receive_override_options", "");

    /// <summary>Characters that separate a user name from its extension.</summary>
    public static readonly StringParameter RecipientDelimiter = new("recipient_delimiter", "");

    /// <summary>Domains for which this host takes mail from strangers and passes it on.</summary>
    public static readonly StringParameter RelayDomains = new("relay_domains", "${{$compatibility_level} <level {2} ? {$mydestination} : {}}");

    /// <summary>Tables that know all recipients in relay_domains.</summary>
    public static readonly StringParameter RelayRecipientMaps = new("relay_recipient_maps", "");

    /// <summary>Say allowlist and denylist in log lines.</summary>
    public static readonly BoolParameter RespectfulLogging = new("respectful_logging", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}");

    /// <summary>Name of the rewriting and resolving service.</summary>
    public static readonly StringParameter RewriteServiceName = new("rewrite_service_name", "rewrite", min: 1);

    /// <summary>Where sample files are.</summary>
    public static readonly StringParameter SampleDirectory = new("sample_directory", "/etc/postfix", min: 1);

    /// <summary>Where the sendmail command is.</summary>
    public static readonly StringParameter SendmailPath = new("sendmail_path", "/usr/sbin/sendmail", min: 1);

    /// <summary>Name of this service in master.cf.</summary>
    public static readonly StringParameter ServiceName = new("service_name", "") { ComputedDefault = HostDefaults.ServiceName, IsReadOnly = true };

    /// <summary>Group of the submission directories and commands.</summary>
    public static readonly StringParameter SetgidGroup = new("setgid_group", "postdrop", min: 1);

    /// <summary>Where shared libraries are, or no.</summary>
    public static readonly StringParameter ShlibDirectory = new("shlib_directory", "/usr/lib/postfix", min: 1);

    /// <summary>Name of the queue listing service.</summary>
    public static readonly StringParameter ShowqServiceName = new("showq_service_name", "showq", min: 1);

    /// <summary>Kinds of mail in which the need for SMTPUTF8 is looked for.</summary>
    public static readonly StringParameter Smtputf8AutodetectClasses = new("smtputf8_autodetect_classes", "sendmail, verify", min: 1);

    /// <summary>Accept and send internationalised mail.</summary>
    public static readonly BoolParameter Smtputf8Enable = new("smtputf8_enable", "${{$compatibility_level} <level {1} ? {no} : {yes}}");

    /// <summary>Defer everything that would bounce, for tests.</summary>
    public static readonly BoolParameter SoftBounce = new("soft_bounce", false);

    /// <summary>Age at which a forgotten mailbox lock is removed.</summary>
    public static readonly TimeParameter StaleLockTime = new("stale_lock_time", "500s", min: 1);

    /// <summary>Says "yes" in a service under stress.</summary>
    public static readonly StringParameter Stress = new("stress", "");

    /// <summary>Demand SMTPUTF8 of clients that send UTF-8 addresses.</summary>
    public static readonly BoolParameter StrictSmtputf8 = new("strict_smtputf8", false);

    /// <summary>Without effect.</summary>
    public static readonly BoolParameter SunMailtoolCompatibility = new("sun_mailtool_compatibility", false);

    /// <summary>Facility of log lines.</summary>
    public static readonly StringParameter SyslogFacility = new("syslog_facility", "mail", min: 1);

    /// <summary>What stands before the program's name in log lines.</summary>
    public static readonly StringParameter SyslogName = new("syslog_name", "${multi_instance_name?{$multi_instance_name}:{postfix}}", min: 1);

    /// <summary>TCP window size; 0 leaves that to the system.</summary>
    public static readonly IntParameter TcpWindowsize = new("tcp_windowsize", 0);

    /// <summary>Name of the service for delivery reports.</summary>
    public static readonly StringParameter TraceServiceName = new("trace_service_name", "trace", min: 1);

    /// <summary>Longest wait for a trigger to be taken.</summary>
    public static readonly TimeParameter TriggerTimeout = new("trigger_timeout", "10s", min: 1);

    /// <summary>Characters that may be VERP delimiters.</summary>
    public static readonly StringParameter VerpDelimiterFilter = new("verp_delimiter_filter", "-=+", min: 1);

    /// <summary>Domains whose every recipient is an alias.</summary>
    public static readonly StringParameter VirtualAliasDomains = new("virtual_alias_domains", "$virtual_alias_maps");

    /// <summary>Tables that redirect recipients of any domain.</summary>
    public static readonly StringParameter VirtualAliasMaps = new("virtual_alias_maps", "$virtual_maps");

    /// <summary>Domains whose mail goes to virtual mailboxes.</summary>
    public static readonly StringParameter VirtualMailboxDomains = new("virtual_mailbox_domains", "$virtual_mailbox_maps");

    /// <summary>Tables with the mailbox path per recipient.</summary>
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
        DnsTrustAnchorFile,
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

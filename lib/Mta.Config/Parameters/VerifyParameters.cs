namespace Mta.Config.Parameters;

/// <summary>Parameters of address verification.</summary>
public static class VerifyParameters
{
    /// <summary>Pause between clean-ups of the address verification cache; 0 turns them off.</summary>
    public static readonly TimeParameter AddressVerifyCacheCleanupInterval = new("address_verify_cache_cleanup_interval", "12h", 'h');

    /// <summary>default_transport for address probes.</summary>
    public static readonly StringParameter AddressVerifyDefaultTransport = new("address_verify_default_transport", "$default_transport", min: 1);

    /// <summary>local_transport for address probes.</summary>
    public static readonly StringParameter AddressVerifyLocalTransport = new("address_verify_local_transport", "$local_transport", min: 1);

    /// <summary>Table in which results of address probes are kept; empty keeps them in memory.</summary>
    public static readonly StringParameter AddressVerifyMap = new("address_verify_map", "btree:$data_directory/verify_cache")
    {
        ComputedDefault = static configuration => TableParameters.CacheDefault(configuration, "verify_cache"),
    };

    /// <summary>Keep failed probes in the cache too.</summary>
    public static readonly BoolParameter AddressVerifyNegativeCache = new("address_verify_negative_cache", true);

    /// <summary>Age at which a failed probe is forgotten.</summary>
    public static readonly TimeParameter AddressVerifyNegativeExpireTime = new("address_verify_negative_expire_time", "3d", 'd', min: 1);

    /// <summary>Age at which a failed probe is tried again.</summary>
    public static readonly TimeParameter AddressVerifyNegativeRefreshTime = new("address_verify_negative_refresh_time", "3h", 'h', min: 1);

    /// <summary>Most probes under way at the same time.</summary>
    public static readonly IntParameter AddressVerifyPendingRequestLimit = new("address_verify_pending_request_limit", 5_000, min: 1);

    /// <summary>How often to ask for the result of a probe before answering "try again later".</summary>
    public static readonly IntParameter AddressVerifyPollCount = new("address_verify_poll_count", "${stress?{1}:{3}}", min: 1);

    /// <summary>Pause between two questions for the result of a probe.</summary>
    public static readonly TimeParameter AddressVerifyPollDelay = new("address_verify_poll_delay", "3s", min: 1);

    /// <summary>Age at which a successful probe is forgotten.</summary>
    public static readonly TimeParameter AddressVerifyPositiveExpireTime = new("address_verify_positive_expire_time", "31d", 'd', min: 1);

    /// <summary>Age at which a successful probe is repeated.</summary>
    public static readonly TimeParameter AddressVerifyPositiveRefreshTime = new("address_verify_positive_refresh_time", "7d", 'd', min: 1);

    /// <summary>relay_transport for address probes.</summary>
    public static readonly StringParameter AddressVerifyRelayTransport = new("address_verify_relay_transport", "$relay_transport", min: 1);

    /// <summary>relayhost for address probes.</summary>
    public static readonly StringParameter AddressVerifyRelayhost = new("address_verify_relayhost", "$relayhost");

    /// <summary>Envelope sender of address probes; empty is the null sender.</summary>
    public static readonly StringParameter AddressVerifySender = new("address_verify_sender", "$double_bounce_sender");

    /// <summary>sender_dependent_default_transport_maps for address probes.</summary>
    public static readonly StringParameter AddressVerifySenderDependentDefaultTransportMaps = new("address_verify_sender_dependent_default_transport_maps", "$sender_dependent_default_transport_maps");

    /// <summary>sender_dependent_relayhost_maps for address probes.</summary>
    public static readonly StringParameter AddressVerifySenderDependentRelayhostMaps = new("address_verify_sender_dependent_relayhost_maps", "$sender_dependent_relayhost_maps");

    /// <summary>How long the sender address of probes stays the same; 0 is for ever.</summary>
    public static readonly TimeParameter AddressVerifySenderTtl = new("address_verify_sender_ttl", "0s");

    /// <summary>Name of the address verification service.</summary>
    public static readonly StringParameter AddressVerifyServiceName = new("address_verify_service_name", "verify", min: 1);

    /// <summary>transport_maps for address probes.</summary>
    public static readonly StringParameter AddressVerifyTransportMaps = new("address_verify_transport_maps", "$transport_maps");

    /// <summary>virtual_transport for address probes.</summary>
    public static readonly StringParameter AddressVerifyVirtualTransport = new("address_verify_virtual_transport", "$virtual_transport", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AddressVerifyCacheCleanupInterval,
        AddressVerifyDefaultTransport,
        AddressVerifyLocalTransport,
        AddressVerifyMap,
        AddressVerifyNegativeCache,
        AddressVerifyNegativeExpireTime,
        AddressVerifyNegativeRefreshTime,
        AddressVerifyPendingRequestLimit,
        AddressVerifyPollCount,
        AddressVerifyPollDelay,
        AddressVerifyPositiveExpireTime,
        AddressVerifyPositiveRefreshTime,
        AddressVerifyRelayTransport,
        AddressVerifyRelayhost,
        AddressVerifySender,
        AddressVerifySenderDependentDefaultTransportMaps,
        AddressVerifySenderDependentRelayhostMaps,
        AddressVerifySenderTtl,
        AddressVerifyServiceName,
        AddressVerifyTransportMaps,
        AddressVerifyVirtualTransport,
    ];
}

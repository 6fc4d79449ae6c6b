namespace Mta.Config.Parameters;

/// <summary>Parameters of address verification.</summary>
public static class VerifyParameters
{
    /// <summary>Setting <c>address_verify_cache_cleanup_interval</c>.</summary>
    public static readonly TimeParameter AddressVerifyCacheCleanupInterval = new("address_verify_cache_cleanup_interval", "12h", 'h');

    /// <summary>Setting <c>address_verify_default_transport</c>.</summary>
    public static readonly StringParameter AddressVerifyDefaultTransport = new("address_verify_default_transport", "$default_transport", min: 1);

    /// <summary>Setting <c>address_verify_local_transport</c>.</summary>
    public static readonly StringParameter AddressVerifyLocalTransport = new("address_verify_local_transport", "$local_transport", min: 1);

    /// <summary>Setting <c>address_verify_map</c>.</summary>
    public static readonly StringParameter AddressVerifyMap = new("address_verify_map", "btree:$data_directory/verify_cache");

    /// <summary>Setting <c>address_verify_negative_cache</c>.</summary>
    public static readonly BoolParameter AddressVerifyNegativeCache = new("address_verify_negative_cache", true);

    /// <summary>Setting <c>address_verify_negative_expire_time</c>.</summary>
    public static readonly TimeParameter AddressVerifyNegativeExpireTime = new("address_verify_negative_expire_time", "3d", 'd', min: 1);

    /// <summary>Setting <c>address_verify_negative_refresh_time</c>.</summary>
    public static readonly TimeParameter AddressVerifyNegativeRefreshTime = new("address_verify_negative_refresh_time", "3h", 'h', min: 1);

    /// <summary>Setting <c>address_verify_pending_request_limit</c>.</summary>
    public static readonly IntParameter AddressVerifyPendingRequestLimit = new("address_verify_pending_request_limit", 5_000, min: 1);

    /// <summary>Setting <c>address_verify_poll_count</c>.</summary>
    public static readonly IntParameter AddressVerifyPollCount = new("address_verify_poll_count", "${stress?{1}:{3}}", min: 1);

    /// <summary>Setting <c>address_verify_poll_delay</c>.</summary>
    public static readonly TimeParameter AddressVerifyPollDelay = new("address_verify_poll_delay", "3s", min: 1);

    /// <summary>Setting <c>address_verify_positive_expire_time</c>.</summary>
    public static readonly TimeParameter AddressVerifyPositiveExpireTime = new("address_verify_positive_expire_time", "31d", 'd', min: 1);

    /// <summary>Setting <c>address_verify_positive_refresh_time</c>.</summary>
    public static readonly TimeParameter AddressVerifyPositiveRefreshTime = new("address_verify_positive_refresh_time", "7d", 'd', min: 1);

    /// <summary>Setting <c>address_verify_relay_transport</c>.</summary>
    public static readonly StringParameter AddressVerifyRelayTransport = new("address_verify_relay_transport", "$relay_transport", min: 1);

    /// <summary>Setting <c>address_verify_relayhost</c>.</summary>
    public static readonly StringParameter AddressVerifyRelayhost = new("address_verify_relayhost", "$relayhost");

    /// <summary>Setting <c>address_verify_sender</c>.</summary>
    public static readonly StringParameter AddressVerifySender = new("address_verify_sender", "$double_bounce_sender");

    /// <summary>Setting <c>address_verify_sender_dependent_default_transport_maps</c>.</summary>
    public static readonly StringParameter AddressVerifySenderDependentDefaultTransportMaps = new("address_verify_sender_dependent_default_transport_maps", "$sender_dependent_default_transport_maps");

    /// <summary>Setting <c>address_verify_sender_dependent_relayhost_maps</c>.</summary>
    public static readonly StringParameter AddressVerifySenderDependentRelayhostMaps = new("address_verify_sender_dependent_relayhost_maps", "$sender_dependent_relayhost_maps");

    /// <summary>Setting <c>address_verify_sender_ttl</c>.</summary>
    public static readonly TimeParameter AddressVerifySenderTtl = new("address_verify_sender_ttl", "0s");

    /// <summary>Setting <c>address_verify_service_name</c>.</summary>
    public static readonly StringParameter AddressVerifyServiceName = new("address_verify_service_name", "verify", min: 1);

    /// <summary>Setting <c>address_verify_transport_maps</c>.</summary>
    public static readonly StringParameter AddressVerifyTransportMaps = new("address_verify_transport_maps", "$transport_maps");

    /// <summary>Setting <c>address_verify_virtual_transport</c>.</summary>
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

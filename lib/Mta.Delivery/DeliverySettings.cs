using Mta.Mail.Protocols;

namespace Mta.Delivery;

/// <summary>What every delivery agent needs from the configuration.</summary>
public sealed record DeliverySettings
{
    /// <summary>Name of the service in master.cf.</summary>
    public required string ServiceName { get; init; }

    /// <summary><c>soft_bounce</c>: failures that would be final are deferred.</summary>
    public bool SoftBounce { get; init; }

    /// <summary><c>address_verify_negative_cache</c>.</summary>
    public bool CacheNegativeProbes { get; init; } = true;

    /// <summary><c>delay_logging_resolution_limit</c>, 0 to 6 decimals.</summary>
    public int DelayDecimals { get; init; } = 2;

    /// <summary><c>info_log_addr_format</c> is <c>external</c>: local parts are quoted where RFC 822 needs it.</summary>
    public bool LogExternalAddresses { get; init; } = true;

    public BounceServiceNames BounceServices { get; init; } = new();

    /// <summary><c>address_verify_service_name</c>.</summary>
    public string VerifyService { get; init; } = "verify";
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the fast flush server.</summary>
public static class FlushParameters
{
    /// <summary>Domains for which waiting mail is remembered for ETRN and sendmail -qR.</summary>
    public static readonly StringParameter FastFlushDomains = new("fast_flush_domains", "$relay_domains");

    /// <summary>Age at which an empty log of a site is removed.</summary>
    public static readonly TimeParameter FastFlushPurgeTime = new("fast_flush_purge_time", "7d", 'd', min: 1);

    /// <summary>Age at which mail for a site is tried without being asked for.</summary>
    public static readonly TimeParameter FastFlushRefreshTime = new("fast_flush_refresh_time", "12h", 'h', min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        FastFlushDomains,
        FastFlushPurgeTime,
        FastFlushRefreshTime,
    ];
}

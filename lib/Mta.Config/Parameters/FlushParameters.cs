namespace Mta.Config.Parameters;

/// <summary>Parameters of the fast flush server.</summary>
public static class FlushParameters
{
    /// <summary>Setting <c>fast_flush_domains</c>.</summary>
    public static readonly StringParameter FastFlushDomains = new("fast_flush_domains", "$relay_domains");

    /// <summary>Setting <c>fast_flush_purge_time</c>.</summary>
    public static readonly TimeParameter FastFlushPurgeTime = new("fast_flush_purge_time", "7d", 'd', min: 1);

    /// <summary>Setting <c>fast_flush_refresh_time</c>.</summary>
    public static readonly TimeParameter FastFlushRefreshTime = new("fast_flush_refresh_time", "12h", 'h', min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        FastFlushDomains,
        FastFlushPurgeTime,
        FastFlushRefreshTime,
    ];
}

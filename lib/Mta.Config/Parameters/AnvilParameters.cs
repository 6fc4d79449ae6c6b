namespace Mta.Config.Parameters;

/// <summary>Parameters of the client rate server.</summary>
public static class AnvilParameters
{
    /// <summary>Length of the window in which client events are counted.</summary>
    public static readonly TimeParameter AnvilRateTimeUnit = new("anvil_rate_time_unit", "60s", min: 1);

    /// <summary>Pause between two log lines about the highest counters.</summary>
    public static readonly TimeParameter AnvilStatusUpdateTime = new("anvil_status_update_time", "600s", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        AnvilRateTimeUnit,
        AnvilStatusUpdateTime,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of the master.</summary>
public static class MasterParameters
{
    /// <summary>Setting <c>default_process_limit</c>.</summary>
    public static readonly IntParameter DefaultProcessLimit = new("default_process_limit", 100, min: 1);

    /// <summary>Setting <c>master_service_disable</c>.</summary>
    public static readonly StringParameter MasterServiceDisable = new("master_service_disable", "");

    /// <summary>Setting <c>service_throttle_time</c>.</summary>
    public static readonly TimeParameter ServiceThrottleTime = new("service_throttle_time", "60s", min: 1);

    /// <summary>Setting <c>worker_process_limit</c>.</summary>
    public static readonly IntParameter WorkerProcessLimit = new("worker_process_limit", "", min: 0) { ComputedDefault = HostDefaults.Processors };

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        DefaultProcessLimit,
        MasterServiceDisable,
        ServiceThrottleTime,
        WorkerProcessLimit,
    ];
}

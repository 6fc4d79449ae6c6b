namespace Mta.Config.Parameters;

/// <summary>Parameters of the master.</summary>
public static class MasterParameters
{
    /// <summary>Most processes of a service that names no limit.</summary>
    public static readonly IntParameter DefaultProcessLimit = new("default_process_limit", 100, min: 1);

    /// <summary>Services of master.cf that are not started.</summary>
    public static readonly StringParameter MasterServiceDisable = new("master_service_disable", "");

    /// <summary>Pause before the master starts a service again whose processes end too soon.</summary>
    public static readonly TimeParameter ServiceThrottleTime = new("service_throttle_time", "60s", min: 1);

    /// <summary>Most processes of one service that the master starts; each serves many clients.</summary>
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

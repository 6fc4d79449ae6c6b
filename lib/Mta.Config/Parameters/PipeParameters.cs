namespace Mta.Config.Parameters;

/// <summary>Parameters of the pipe delivery agent.</summary>
public static class PipeParameters
{
    /// <summary>default_delivery_status_filter for deliveries to commands.</summary>
    public static readonly StringParameter PipeDeliveryStatusFilter = new("pipe_delivery_status_filter", "$default_delivery_status_filter");

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        PipeDeliveryStatusFilter,
    ];
}

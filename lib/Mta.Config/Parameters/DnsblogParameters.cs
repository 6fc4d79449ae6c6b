namespace Mta.Config.Parameters;

/// <summary>Parameters of the DNS list client.</summary>
public static class DnsblogParameters
{
    /// <summary>Artificial delay of the DNS list client, for tests.</summary>
    public static readonly TimeParameter DnsblogReplyDelay = new("dnsblog_reply_delay", "0s");

    /// <summary>Name of the DNS list client service.</summary>
    public static readonly StringParameter DnsblogServiceName = new("dnsblog_service_name", "dnsblog", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        DnsblogReplyDelay,
        DnsblogServiceName,
    ];
}

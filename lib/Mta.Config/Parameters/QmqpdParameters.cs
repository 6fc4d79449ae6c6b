namespace Mta.Config.Parameters;

/// <summary>Parameters of the QMQP server.</summary>
public static class QmqpdParameters
{
    /// <summary>Clients that may use the QMQP server.</summary>
    public static readonly StringParameter QmqpdAuthorizedClients = new("qmqpd_authorized_clients", "");

    /// <summary>Log the port of QMQP clients.</summary>
    public static readonly BoolParameter QmqpdClientPortLogging = new("qmqpd_client_port_logging", false);

    /// <summary>Pause before the QMQP server reports an error.</summary>
    public static readonly TimeParameter QmqpdErrorDelay = new("qmqpd_error_delay", "1s");

    /// <summary>Longest wait for a QMQP client.</summary>
    public static readonly TimeParameter QmqpdTimeout = new("qmqpd_timeout", "300s", min: 1);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        QmqpdAuthorizedClients,
        QmqpdClientPortLogging,
        QmqpdErrorDelay,
        QmqpdTimeout,
    ];
}

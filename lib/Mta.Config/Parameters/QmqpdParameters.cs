namespace Mta.Config.Parameters;

/// <summary>Parameters of the QMQP server.</summary>
public static class QmqpdParameters
{
    /// <summary>Setting <c>qmqpd_authorized_clients</c>.</summary>
    public static readonly StringParameter QmqpdAuthorizedClients = new("qmqpd_authorized_clients", "");

    /// <summary>Setting <c>qmqpd_client_port_logging</c>.</summary>
    public static readonly BoolParameter QmqpdClientPortLogging = new("qmqpd_client_port_logging", false);

    /// <summary>Setting <c>qmqpd_error_delay</c>.</summary>
    public static readonly TimeParameter QmqpdErrorDelay = new("qmqpd_error_delay", "1s");

    /// <summary>Setting <c>qmqpd_timeout</c>.</summary>
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

using Mta.Delivery;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Text;

namespace Mta.Error;

/// <summary>
/// Bounces (service <c>error</c>) or defers (service <c>retry</c>) every recipient; the next hop says why, perhaps with
/// an enhanced status code in front.
/// </summary>
internal sealed class ErrorAgent
{
    private readonly bool _defers;
    private readonly DeliveryAgent _agent;

    /// <exception cref="FatalException">The service has neither name.</exception>
    public ErrorAgent(string serviceName, DeliveryAgent agent)
    {
        _defers = serviceName switch
        {
            "error" => false,
            "retry" => true,
            _ => throw new FatalException($"bad error service name: {Printable.Neutralize(serviceName)}"),
        };
        _agent = agent;
    }

    public Task ServeAsync(ClientConnection client) => _agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);

    public async ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop)
    {
        EnhancedStatus status = EnhancedStatus.Create(_defers ? 4 : 5, 0, 0);
        string text = EnhancedStatus.Split(delivery.Request.NextHop, ref status);
        Dsn dsn = new(status.ToString(), "", text);
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            bool isFinal = _defers
                ? await delivery.DeferredAsync(recipient, DeliveryAgent.NoRelay, dsn, stop)
                : await delivery.BouncedAsync(recipient, DeliveryAgent.NoRelay, dsn, stop);
            delivery.Finish(recipient, isFinal, always: true);
        }
    }
}

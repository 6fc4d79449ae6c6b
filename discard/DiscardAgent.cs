using Mta.Delivery;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Service;

namespace Mta.Discard;

/// <summary>Pretends delivery of every recipient; the next hop says why, perhaps with an enhanced status code in front.</summary>
internal sealed class DiscardAgent(DeliveryAgent agent)
{
    public Task ServeAsync(ClientConnection client) => agent.ServeAsync(client.Input, client.Output, HandleAsync, client.BetweenRequests);

    public static async ValueTask HandleAsync(Delivery.Delivery delivery, CancellationToken stop)
    {
        EnhancedStatus status = EnhancedStatus.Create(2, 0, 0);
        string text = EnhancedStatus.Split(delivery.Request.NextHop, ref status);
        Dsn dsn = new(status.ToString(), "", text);
        foreach (DeliveryRecipient recipient in delivery.Request.Recipients)
        {
            delivery.Finish(recipient, await delivery.SentAsync(recipient, DeliveryAgent.NoRelay, dsn, stop));
        }
    }
}

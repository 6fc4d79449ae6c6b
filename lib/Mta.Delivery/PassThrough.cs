using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Delivery;

/// <summary>
/// Hands one recipient of a request to another delivery agent (<c>mailbox_transport</c> and its kind), which reports the
/// outcome; the caller marks the recipient.
/// </summary>
public static class PassThrough
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for the other agent to finish.</summary>
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromHours(1);

    /// <param name="service"><c>transport[:nexthop]</c>; without a next hop, the request's.</param>
    /// <returns>Whether the outcome is final.</returns>
    public static async ValueTask<bool> SendAsync(Delivery delivery, DeliveryRecipient recipient, string service, CancellationToken stop)
    {
        int colon = service.IndexOf(':', StringComparison.Ordinal);
        string transport = colon < 0 ? service : service[..colon];
        string nextHop = colon < 0 || colon + 1 == service.Length ? delivery.Request.NextHop : service[(colon + 1)..];
        Log.Info($"{delivery.QueueId}: passing <{recipient.Address}> to transport={transport}");
        ServiceConnection connection;
        try
        {
            connection = await ServiceConnection.ConnectAsync($"private/{transport}", DeliveryProtocol.Name, ConnectTimeout, stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            Log.Warn($"connect #1 to subsystem private/{transport}: {(error is Linux.LinuxException refused ? refused.Reason : error.Message)}");
            return await delivery.DeferredAsync(recipient, DeliveryAgent.NoRelay, new Dsn("4.3.0", "", "mail transport unavailable"), stop);
        }

        using (connection)
        {
            try
            {
                connection.Input.Timeout = DeliveryTimeout;
                DeliveryProtocol.WriteRequest(connection.Writer, Copy(delivery, recipient with { Offset = -1 }, nextHop));
                await connection.Output.FlushAsync(stop);
                if (await DeliveryProtocol.ReadFinalAsync(connection.Reader, stop) is { } result)
                {
                    return result.Status == 0;
                }

                Log.Warn($"mail transport {transport}: no result");
            }
            catch (Exception error) when (error is IOException or TimeoutException or AttributeFormatException)
            {
                Log.Warn($"mail transport {transport}: {error.Message}");
            }

            return await delivery.DeferredAsync(recipient, DeliveryAgent.NoRelay, new Dsn("4.3.0", "", "unknown mail transport error"), stop);
        }
    }

    private static DeliveryRequest Copy(Delivery delivery, DeliveryRecipient recipient, string nextHop)
    {
        DeliveryRequest from = delivery.Request;
        return new DeliveryRequest
        {
            Flags = from.Flags,
            QueueName = from.QueueName,
            QueueId = from.QueueId,
            ContentOffset = from.ContentOffset,
            ContentLength = from.ContentLength,
            NextHop = nextHop,
            Encoding = from.Encoding,
            SmtpUtf8 = from.SmtpUtf8,
            Sender = from.Sender,
            EnvelopeId = from.EnvelopeId,
            Ret = from.Ret,
            Times = delivery.Times,
            ClientName = from.ClientName,
            ClientAddress = from.ClientAddress,
            ClientPort = from.ClientPort,
            ClientProtocol = from.ClientProtocol,
            ClientHelo = from.ClientHelo,
            SaslMethod = from.SaslMethod,
            SaslUsername = from.SaslUsername,
            SaslSender = from.SaslSender,
            LogIdent = from.LogIdent,
            RewriteContext = from.RewriteContext,
            Recipients = [recipient],
        };
    }
}

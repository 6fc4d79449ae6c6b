using Mta.Mail.Protocols;

namespace Mta.Smtpd;

/// <summary>Hands ETRN to the fast flush service.</summary>
internal sealed class FlushRequests(FlushClient client)
{
    /// <returns>The reply to the client.</returns>
    public async ValueTask<string> RequestAsync(Session session, string domain, CancellationToken stop)
    {
        switch (await client.SendSiteAsync(domain, stop))
        {
            case FlushStatus.Ok:
                return "250 Queuing started";
            case FlushStatus.Denied:
                LogLines.Warning($"reject: ETRN {domain}... from {session.NameAndAddress}");
                return $"459 <{domain}>: service unavailable";
            case FlushStatus.BadRequest:
                LogLines.Warning($"bad ETRN {domain}... from {session.NameAndAddress}");
                return "458 Unable to queue messages";
            case FlushStatus.Failed:
                LogLines.Warning("unable to talk to fast flush service");
                return "458 Unable to queue messages";
            default:
                throw new IOException("the flush service gave an unknown answer");
        }
    }
}

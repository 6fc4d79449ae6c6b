namespace Mta.Smtpd;

/// <summary>Hands ETRN to the fast flush service.</summary>
internal sealed class FlushRequests
{
    public ValueTask<string> RequestAsync(Session session, string domain, CancellationToken stop)
    {
        LogLines.Warning($"reject: ETRN {domain}... from {session.NameAndAddress}");
        return new($"459 <{domain}>: service unavailable");
    }
}

using Mta.Tls;
using Mta.TlsServer;

namespace Mta.Smtpd.Tls;

/// <summary>Puts TLS under a session (RFC 3207 §4.2): everything read before is forgotten, in both directions.</summary>
internal static class TlsStart
{
    /// <returns>False when the handshake failed: the session is over.</returns>
    public static async ValueTask<bool> RunAsync(Session session, TlsServerContext context, CancellationToken stop)
    {
        ServerTls shared = session.Server.Tls;
        if (shared.LogLevel.Verbose)
        {
            TlsLog.Begin(session.NameAndAddress);
        }

        await shared.PrepareAsync(stop);
        TlsStream stream = TlsStream.Server(context, session.Connection.Stream);
        session.TlsStream = stream;
        stream.NameLookup = shared.NameLookup;
        TlsHandshake result;
        try
        {
            result = await stream.HandshakeAsync(session.Settings.StartTlsTimeout, stop);
        }
        catch (TlsException failure)
        {
            TlsLog.Problem(failure.Message, failure.Details);
            TlsLog.HandshakeFailed(session.NameAndAddress, new TlsHandshake(TlsHandshakeStatus.Failed, []));
            return false;
        }

        if (!result.IsDone)
        {
            if (result.Status != TlsHandshakeStatus.Done)
            {
                TlsLog.HandshakeFailed(session.NameAndAddress, result);
            }

            return false;
        }

        TlsSession tls = TlsSession.Of(stream, shared.Digest, isServer: true, shared.HasLegacyKeyFingerprints);
        session.Tls = tls;
        session.TlsServerName = stream.HasKeysForName ? stream.ServerName : "";
        if (stream.NameLookup is not null && stream.ServerName.Length > 0 && !stream.HasKeysForName && shared.LogLevel.Summary)
        {
            TlsLog.NameNotMatched(session.NameAndAddress, stream.ServerName);
        }

        session.Input.SwitchTo(stream);
        session.Output.SwitchTo(stream);
        Report(session, shared, tls);
        await shared.FinishAsync(stop);
        if (shared.RequiresCertificate && !tls.IsTrusted)
        {
            string reason = tls.Peer is null ? "No client certificate presented" : "Client certificate not trusted";
            TlsLines.Abort(session, reason);
            session.TlsRefusal = $"421 4.7.1 {session.Settings.HostName} Error: {reason}";
        }

        return true;
    }

    private static void Report(Session session, ServerTls shared, TlsSession tls)
    {
        if (shared.LogLevel.Verbose)
        {
            if (tls.IsResumed)
            {
                TlsLog.Resumed(session.NameAndAddress);
            }

            if (tls.Peer is not null)
            {
                TlsLog.Peer(session.NameAndAddress, tls.Peer);
            }
        }

        if (shared.LogLevel.Summary)
        {
            if (tls.Peer is not null && shared.RequiresCertificate)
            {
                TlsLog.Untrusted(session.NameAndAddress, tls);
            }

            TlsLog.Established(session.NameAndAddress, tls, session.TlsServerName);
        }
    }
}

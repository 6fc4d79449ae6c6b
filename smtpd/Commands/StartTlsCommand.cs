using Mta.Smtpd.Tls;
using Mta.Tls;
using Mta.TlsServer;

namespace Mta.Smtpd.Commands;

/// <summary>STARTTLS (RFC 3207).</summary>
internal static class StartTlsCommand
{
    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        ServerTls tls = session.Server.Tls;
        if (words.Count > 1)
        {
            return await RefuseAsync(session, "501 5.5.4 Syntax: STARTTLS", stop);
        }

        if (session.Tls is not null)
        {
            return await RefuseAsync(session, "554 5.5.1 Error: TLS already active", stop);
        }

        if (tls.Level == ServerTlsLevel.None || session.IsStandalone || session.Hidden.Contains(EhloKeywords.StartTls))
        {
            return await RefuseAsync(session, "502 5.5.1 Error: command not implemented", stop);
        }

        if (tls.Context is not TlsServerContext context)
        {
            return await RefuseAsync(session, "454 4.7.0 TLS not available due to local problem", stop);
        }

        if (await session.Server.Limits.HasReachedNewTlsRateAsync(session, stop))
        {
            TlsLines.Refused(session);
            return await RefuseAsync(session, $"454 4.7.0 Error: too many new TLS sessions from {session.NameAndAddress}", stop);
        }

        await session.ReplyAsync("220 2.0.0 Ready to start TLS", stop);
        await session.Output.FlushAsync(stop);
        if (!await TlsStart.RunAsync(session, context, stop))
        {
            session.IsBroken = true;
            return false;
        }

        // The state before the greeting (RFC 3207 §4.2); counters go on.
        session.Reset();
        session.HeloName = null;
        session.Login = null;
        session.IsExtended = false;
        session.Protocol = "SMTP";
        if (session.Tls is { IsResumed: false } && await session.Server.Limits.ExceedsNewTlsRateAsync(session, stop))
        {
            await session.ReplyAsync($"421 4.7.0 {session.Settings.HostName} Error: too many new TLS sessions from {session.NameAndAddress}", stop);
        }

        return true;
    }

    private static async ValueTask<bool> RefuseAsync(Session session, string reply, CancellationToken stop)
    {
        await session.ReplyAsync(reply, stop);
        return false;
    }
}

using System.Text;
using Mta.TlsServer;

namespace Mta.Smtpd.Commands;

/// <summary>HELO and EHLO (RFC 5321 §4.1.1.1).</summary>
internal static class HelloCommand
{
    public static async ValueTask<bool> RunHeloAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (!await BeginAsync(session, words, "HELO", stop))
        {
            return false;
        }

        await session.ReplyAsync($"250 {session.Settings.HostName}", stop);
        return true;
    }

    public static async ValueTask<bool> RunEhloAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (!await BeginAsync(session, words, "EHLO", stop))
        {
            return false;
        }

        session.IsExtended = true;
        session.Protocol = "ESMTP";
        SmtpdSettings settings = session.Settings;
        EhloKeywords hidden = session.Milters?.Refusal is ['5', ..] ? EhloKeywords.AllButStatusCodes : session.Hidden;
        if (session.Hidden != EhloKeywords.None && !settings.DiscardsSilently)
        {
            LogLines.DiscardingKeywords(session.Hidden);
        }

        var reply = new StringBuilder("250 ").Append(settings.HostName);
        Offer(EhloKeywords.Pipelining, "PIPELINING");
        Offer(EhloKeywords.Size, settings.MessageSizeLimit > 0 ? $"SIZE {settings.MessageSizeLimit}" : "SIZE");
        if (!settings.DisableVrfy)
        {
            Offer(EhloKeywords.Vrfy, "VRFY");
        }

        Offer(EhloKeywords.Etrn, "ETRN");
        if (session.Server.Tls.Level != ServerTlsLevel.None && session.Tls is null && !session.IsStandalone)
        {
            Offer(EhloKeywords.StartTls, "STARTTLS");
        }

        if (SmtpdSasl.IsActive(session) && session.Server.Sasl is { } sasl && !await sasl.IsHiddenAsync(session, stop))
        {
            if (await sasl.MechanismsAsync(session, stop) is { Count: > 0 } mechanisms)
            {
                string list = string.Join(' ', mechanisms);
                Offer(EhloKeywords.Auth, "AUTH " + list);
                if (sasl.OffersBroken)
                {
                    Offer(EhloKeywords.Auth, "AUTH=" + list);
                }
            }
            else
            {
                LogLines.Trouble(session, "no SASL authentication mechanisms: AUTH is not offered");
            }
        }

        if (session.MayVerp)
        {
            Offer(EhloKeywords.Xverp, "XVERP");
        }

        if (session.MayXclient)
        {
            Offer(EhloKeywords.Xclient, "XCLIENT " + ForwardingCommands.XclientAttributes);
        }

        if (session.MayXforward)
        {
            Offer(EhloKeywords.Xforward, "XFORWARD " + ForwardingCommands.XforwardAttributes);
        }

        Offer(EhloKeywords.EnhancedStatusCodes, "ENHANCEDSTATUSCODES");
        Offer(EhloKeywords.EightBitMime, "8BITMIME");
        Offer(EhloKeywords.Dsn, "DSN");
        if (settings.SmtpUtf8Enable)
        {
            Offer(EhloKeywords.SmtpUtf8, "SMTPUTF8");
        }

        Offer(EhloKeywords.Chunking, "CHUNKING");
        if (settings.RequireTlsEnable && session.Tls is not null)
        {
            // RFC 8689 §2: inside TLS only.
            Offer(EhloKeywords.RequireTls, "REQUIRETLS");
        }

        await session.ReplyAsync(reply.ToString(), stop);
        return true;

        void Offer(EhloKeywords keyword, string text)
        {
            if (!hidden.Contains(keyword))
            {
                reply.Append("\n250 ").Append(text);
            }
        }
    }

    private static async ValueTask<bool> BeginAsync(Session session, List<CommandToken> words, string command, CancellationToken stop)
    {
        if (words.Count < 2)
        {
            await session.ReplyAsync($"501 Syntax: {command} hostname", stop);
            return false;
        }

        string name = words.Count == 2 ? words[1].Text : string.Join(' ', words.Skip(1).Select(static word => word.Text));
        session.Reset();
        if (!session.Settings.DelayReject && !session.IsStandalone)
        {
            // The list sees the name it decides about; a refused name is not kept.
            string? before = session.HeloName;
            session.HeloName = Neutralize(name);
            string? refusal = await session.Server.Checks.CheckHeloAsync(session, stop);
            if (refusal is not null)
            {
                session.HeloName = before;
                await session.ReplyAsync(refusal, stop);
                return false;
            }
        }

        session.HeloName = Neutralize(name);
        if (session.Milters is { } milters && await milters.HeloAsync(name, stop) is { } closing)
        {
            await session.ReplyAsync(closing, stop);
            return false;
        }

        session.HasImproperPipelining = false;
        return true;
    }

    /// <summary>What would be syntax in a trace field or a log line becomes '?'.</summary>
    public static string Neutralize(string name) => string.Create(name.Length, name, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            char c = source[i];
            span[i] = c is <= ' ' or '\x7f' or '<' or '>' or '(' or ')' or '\\' or '"' or ';' or '@' ? '?' : c;
        }
    });
}

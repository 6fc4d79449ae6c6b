using System.Globalization;
using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>MAIL (RFC 5321 §4.1.1.2; SIZE RFC 1870, BODY RFC 6152, RET and ENVID RFC 3461, SMTPUTF8 RFC 6531).</summary>
internal static class MailCommand
{
    private const string NoRoom = "452 4.3.1 Insufficient system storage";

    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        SmtpdServer server = session.Server;
        string? problem = await RefusalAsync(session, words, stop);
        if (problem is not null)
        {
            await session.ReplyAsync(problem, stop);
            return false;
        }

        if (!session.Settings.DelayOpenUntilValidRecipient && server.ProxyFilter is null && !await QueueSubmission.OpenAsync(session, stop))
        {
            session.Reset();
            await session.ReplyAsync("451 4.3.0 Error: queue file write error", stop);
            return false;
        }

        await session.ReplyAsync("250 2.1.0 Ok", stop);
        return true;
    }

    private static async ValueTask<string?> RefusalAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        SmtpdServer server = session.Server;
        SmtpdSettings settings = session.Settings;
        if (settings.HeloRequired && session.HeloName is null)
        {
            return "503 5.5.1 Error: send HELO/EHLO first";
        }

        if (session.Transaction is not null)
        {
            return "503 5.5.1 Error: nested MAIL command";
        }

        if (words.Count < 3 || !Ascii.EqualsIgnoreCase(words[1].Text, "from:"))
        {
            return "501 5.5.4 Syntax: MAIL FROM:<address>";
        }

        if (await server.Limits.ExceedsMessageRateAsync(session, stop))
        {
            return $"450 4.7.1 Error: too much mail from {session.Client.Address}";
        }

        DateTimeOffset arrival = DateTimeOffset.UtcNow;
        bool utf8 = WantsUtf8(session, words);
        string? sender = await PathArgument.ParseAsync(session, "MAIL", words[2], mayBeEmpty: true, utf8, stop);
        if (sender is null)
        {
            return "501 5.1.7 Bad sender address syntax";
        }

        var transaction = new MailTransaction(sender) { Arrival = arrival, MailLine = session.Commands.Line };
        for (int i = 3; i < words.Count; i++)
        {
            string? problem = TakeParameter(session, transaction, words[i].Text);
            if (problem is not null)
            {
                return problem;
            }
        }

        session.Begin(transaction);
        string? refusal = await CheckAsync(session, transaction, stop);
        if (refusal is null && session.Milters is { } milters)
        {
            refusal = await milters.MailAsync(transaction, words, stop);
        }

        if (refusal is not null)
        {
            session.Reset();
            if (refusal == NoRoom)
            {
                // Whoever it comes from, there is no room for it.
                LogLines.Verdict(session, "reject", refusal, null);
                server.QueueSpace.IsShort(out long free);
                LogLines.NotEnoughSpace(free);
            }
        }

        return refusal;
    }

    private static async ValueTask<string?> CheckAsync(Session session, MailTransaction transaction, CancellationToken stop)
    {
        SmtpdServer server = session.Server;
        SmtpdSettings settings = session.Settings;
        if (settings.MessageSizeLimit > 0 && transaction.DeclaredSize > settings.MessageSizeLimit)
        {
            const string TooBig = "552 5.3.4 Message size exceeds fixed limit";
            LogLines.Verdict(session, "reject", TooBig, null);
            return TooBig;
        }

        if (transaction.VerpDelimiters is not null && transaction.Sender.Length == 0)
        {
            return "503 5.5.4 Error: XVERP requires non-null sender";
        }

        if (!settings.DelayReject && !session.IsStandalone && await server.Checks.CheckSenderAsync(session, stop) is { } refused)
        {
            return refused;
        }

        transaction.IsLocalRewrite = await server.LocalRewriteClients.MatchesAsync(session, stop);
        if (settings.StrictSmtpUtf8 && !transaction.IsSmtpUtf8 && !Ascii.IsAscii(transaction.Sender))
        {
            return "553 5.6.7 Must declare SMTPUTF8 to send unicode address";
        }

        if (server.ProxyFilter is not { AdjustsSpeed: false } && server.QueueSpace.IsShort(out _))
        {
            return NoRoom;
        }

        return null;
    }

    private static bool WantsUtf8(Session session, List<CommandToken> words)
    {
        for (int i = 3; i < words.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(words[i].Text, "SMTPUTF8"))
            {
                return session.Settings.SmtpUtf8Enable && !session.Hidden.Contains(EhloKeywords.SmtpUtf8);
            }
        }

        return false;
    }

    private static string? TakeParameter(Session session, MailTransaction transaction, string word)
    {
        if (Ascii.EqualsIgnoreCase(word, "BODY=8BITMIME"))
        {
            transaction.Encoding = "8bit";
        }
        else if (Ascii.EqualsIgnoreCase(word, "BODY=7BIT"))
        {
            transaction.Encoding = "7bit";
        }
        else if (Ascii.StartsWithIgnoreCase(word, "SIZE="))
        {
            return TakeSize(transaction, word["SIZE=".Length..]);
        }
        else if (Ascii.EqualsIgnoreCase(word, "SMTPUTF8") && session.Settings.SmtpUtf8Enable && !session.Hidden.Contains(EhloKeywords.SmtpUtf8))
        {
            transaction.IsSmtpUtf8 = true;
        }
        else if (Ascii.EqualsIgnoreCase(word, "REQUIRETLS") && session.Settings.RequireTlsEnable && session.Tls is not null && !session.Hidden.Contains(EhloKeywords.RequireTls))
        {
            transaction.IsTlsRequired = true;
        }
        else if (Ascii.StartsWithIgnoreCase(word, "AUTH="))
        {
            if (transaction.HasSaslSender)
            {
                return "503 5.5.4 Error: multiple AUTH= options";
            }

            string sender = word["AUTH=".Length..];
            transaction.HasSaslSender = sender != "<>";
            transaction.SaslSender = transaction.HasSaslSender ? Printable.Neutralize(sender) : "";
        }
        else if (session.MayVerp && (Ascii.EqualsIgnoreCase(word, "XVERP") || Ascii.StartsWithIgnoreCase(word, "XVERP=")))
        {
            string delimiters = word.Length > "XVERP".Length ? word["XVERP=".Length..] : session.Server.VerpDelimiters;
            string allowed = session.Server.VerpDelimiterFilter;
            if (delimiters.Length != 2 || !allowed.Contains(delimiters[0]) || !allowed.Contains(delimiters[1]))
            {
                return $"501 5.5.4 Error: XVERP needs two characters from {allowed}";
            }

            transaction.VerpDelimiters = delimiters;
        }
        else if (Ascii.StartsWithIgnoreCase(word, "RET="))
        {
            return TakeReturn(session, transaction, word["RET=".Length..]);
        }
        else if (Ascii.StartsWithIgnoreCase(word, "ENVID="))
        {
            return TakeEnvelopeId(session, transaction, word["ENVID=".Length..]);
        }
        else
        {
            return $"555 5.5.4 Unsupported option: {Printable.Neutralize(word)}";
        }

        return null;
    }

    private static string? TakeSize(MailTransaction transaction, string digits)
    {
        if (digits.Length == 0 || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return "501 5.5.4 Bad message size syntax";
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            return "552 5.3.4 Message size exceeds file system imposed limit";
        }

        transaction.DeclaredSize = size;
        return null;
    }

    private static string? TakeReturn(Session session, MailTransaction transaction, string value)
    {
        if (session.Hidden.Contains(EhloKeywords.Dsn))
        {
            return "501 5.7.1 DSN support is disabled";
        }

        DsnReturn wanted = Ascii.EqualsIgnoreCase(value, "FULL") ? DsnReturn.Full
            : Ascii.EqualsIgnoreCase(value, "HDRS") ? DsnReturn.Headers
            : DsnReturn.None;
        if (wanted == DsnReturn.None || transaction.Return != DsnReturn.None)
        {
            return "501 5.5.4 Bad RET parameter syntax";
        }

        transaction.Return = wanted;
        return null;
    }

    private static string? TakeEnvelopeId(Session session, MailTransaction transaction, string value)
    {
        if (session.Hidden.Contains(EhloKeywords.Dsn))
        {
            return "501 5.7.1 DSN support is disabled";
        }

        if (transaction.EnvelopeId.Length > 0 || !Xtext.TryDecode(value, out string decoded) || !Xtext.IsPrintable(decoded))
        {
            return "501 5.5.4 Bad ENVID parameter syntax";
        }

        transaction.EnvelopeId = decoded;
        return null;
    }
}

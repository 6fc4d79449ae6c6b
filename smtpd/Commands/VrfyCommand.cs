using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>VRFY (RFC 5321 §4.1.1.6): tells whether RCPT would accept the address, never whether a mailbox exists.</summary>
internal static class VrfyCommand
{
    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop) =>
        await session.AnswerAsync(await AnswerAsync(session, words, stop), stop);

    private static async ValueTask<string> AnswerAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        SmtpdServer server = session.Server;
        SmtpdSettings settings = session.Settings;
        if (settings.DisableVrfy)
        {
            return "502 5.5.1 VRFY command is disabled";
        }

        bool utf8 = false;
        int count = words.Count;
        if (settings.SmtpUtf8Enable && count > 1 && Ascii.EqualsIgnoreCase(words[count - 1].Text, "SMTPUTF8"))
        {
            utf8 = true;
            count--;
        }

        if (count < 2)
        {
            return settings.SmtpUtf8Enable ? "501 5.5.4 Syntax: VRFY address [SMTPUTF8]" : "501 5.5.4 Syntax: VRFY address";
        }

        if (await server.Limits.ExceedsRecipientRateAsync(session, stop))
        {
            return $"450 4.7.1 Error: too many recipients from {session.Client.Address}";
        }

        if (session.Milters?.Refusal is { } refused)
        {
            return refused;
        }

        string typed = words[1].Text;
        bool isOpen = words[1].IsOpen;
        for (int i = 2; i < count; i++)
        {
            typed += " " + words[i].Text;
            isOpen |= words[i].IsOpen;
        }

        string? recipient = await PathArgument.ParseAsync(session, "VRFY", new CommandToken(typed, isOpen), mayBeEmpty: false, utf8, stop);
        if (recipient is null)
        {
            return "501 5.1.3 Bad recipient address syntax";
        }

        if (settings.StrictSmtpUtf8 && !utf8 && !Ascii.IsAscii(recipient))
        {
            return "553 5.6.7 Must declare SMTPUTF8 to send unicode address";
        }

        if (!session.IsStandalone)
        {
            // A transaction in progress is neither looked at nor changed.
            session.CurrentRecipient = recipient;
            string? refusal = await server.Checks.CheckRecipientAsync(session, recipient, stop);
            session.CurrentRecipient = null;
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return $"252 2.0.0 {Printable.Neutralize(typed, allowUtf8: true)}";
    }
}

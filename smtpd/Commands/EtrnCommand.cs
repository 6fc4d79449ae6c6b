using Mta.Mail.Addresses;

namespace Mta.Smtpd.Commands;

/// <summary>ETRN (RFC 1985): asks for the mail that waits for a domain. Replies have no enhanced codes.</summary>
internal static class EtrnCommand
{
    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop) =>
        await session.AnswerAsync(await AnswerAsync(session, words, stop), stop);

    private static async ValueTask<string> AnswerAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        if (session.Settings.HeloRequired && session.HeloName is null)
        {
            return "503 Error: send HELO/EHLO first";
        }

        if (session.Milters?.Refusal is { } refused)
        {
            return refused;
        }

        if (session.Transaction is not null)
        {
            return "503 Error: MAIL transaction in progress";
        }

        if (words.Count != 2)
        {
            return "500 Syntax: ETRN domain";
        }

        string domain = words[1].Text;
        if (domain[0] is '@' or '#')
        {
            domain = domain[1..];
        }

        if (!DomainSyntax.IsValidHostName(domain) && !DomainSyntax.IsValidLiteral(domain))
        {
            return "501 Error: invalid parameter syntax";
        }

        if (session.IsStandalone)
        {
            return "458 Unable to queue messages";
        }

        return await session.Server.Checks.CheckEtrnAsync(session, domain, stop)
            ?? await session.Server.Flush.RequestAsync(session, domain, stop);
    }
}

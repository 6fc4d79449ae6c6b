using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Smtpd.Proxy;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>RCPT (RFC 5321 §4.1.1.3; NOTIFY and ORCPT RFC 3461 §4).</summary>
internal static class RcptCommand
{
    public static async ValueTask<bool> RunAsync(Session session, List<CommandToken> words, CancellationToken stop)
    {
        SmtpdServer server = session.Server;
        MailTransaction? transaction = session.Transaction;
        string? problem = transaction is null ? "503 5.5.1 Error: need MAIL command"
            : transaction.Bdat is not null ? "503 5.5.1 Error: RCPT after BDAT"
            : words.Count < 3 || !Ascii.EqualsIgnoreCase(words[1].Text, "to:") ? "501 5.5.4 Syntax: RCPT TO:<address>"
            : await server.Limits.ExceedsRecipientRateAsync(session, stop) ? $"450 4.7.1 Error: too many recipients from {session.Client.Address}"
            : null;
        if (problem is not null || transaction is null)
        {
            await session.ReplyAsync(problem!, stop); // without a transaction there is a problem
            return false;
        }

        string? recipient = await PathArgument.ParseAsync(session, "RCPT", words[2], mayBeEmpty: false, transaction.IsSmtpUtf8, stop);
        if (recipient is null)
        {
            await session.ReplyAsync("501 5.1.3 Bad recipient address syntax", stop);
            return false;
        }

        var options = new RecipientOptions();
        for (int i = 3; i < words.Count && problem is null; i++)
        {
            problem = options.Take(session, words[i].Text);
        }

        if (problem is not null)
        {
            await session.ReplyAsync(problem, stop);
            return false;
        }

        if (transaction.RecipientCount >= session.Settings.RecipientLimit)
        {
            await session.ReplyAsync("452 4.5.3 Error: too many recipients", stop);

            // A client that does not know the limit is not to blame for a while.
            return transaction.Overshoot++ < session.Settings.RecipientOvershootLimit;
        }

        return await AcceptAsync(session, transaction, recipient, words, options, stop);
    }

    private static async ValueTask<bool> AcceptAsync(
        Session session, MailTransaction transaction, string recipient, List<CommandToken> words, RecipientOptions options, CancellationToken stop)
    {
        SmtpdSettings settings = session.Settings;
        if (settings.StrictSmtpUtf8 && !transaction.IsSmtpUtf8 && !Ascii.IsAscii(recipient))
        {
            await session.ReplyAsync("553 5.6.7 Must declare SMTPUTF8 to send unicode address", stop);
            return false;
        }

        session.CurrentRecipient = recipient;
        if (!session.IsStandalone && await session.Server.Checks.CheckRecipientAsync(session, recipient, stop) is { } refusal)
        {
            session.CurrentRecipient = null;
            if (session.Milters is { } told)
            {
                await told.RejectedAsync(recipient, refusal, words, stop);
            }

            if (!session.IsBroken)
            {
                await session.ReplyAsync(refusal, stop);
            }

            return false;
        }

        session.CurrentRecipient = null;
        if (session.Milters is { } milters && await milters.RcptAsync(transaction, recipient, words, stop) is { } unwanted)
        {
            await session.ReplyAsync(unwanted, stop);
            return false;
        }

        if (session.Server.ProxyFilter is { } filter)
        {
            if (await ForwardAsync(session, transaction, filter, stop) is { } answer)
            {
                await session.ReplyAsync(answer, stop);
                return false;
            }
        }
        else if (transaction.Queue is null && !await QueueSubmission.OpenAsync(session, stop))
        {
            await session.ReplyAsync("451 4.3.0 Error: queue file write error", stop);
            return false;
        }
        else
        {
            QueueSubmission.AddRecipient(transaction, recipient, options.OriginalRecipient ?? DefaultOriginal(recipient), options.Notify);
        }

        if (transaction.RecipientCount++ == 0)
        {
            transaction.FirstRecipient = recipient;
        }

        await session.ReplyAsync("250 2.1.5 Ok", stop);
        return true;
    }

    // The filter sees the client's own words; its refusal is the reply.
    private static async ValueTask<string?> ForwardAsync(Session session, MailTransaction transaction, ProxyFilter filter, CancellationToken stop)
    {
        try
        {
            if (transaction.Proxy is null)
            {
                (transaction.Proxy, string? refusal) = await ProxyTransaction.OpenAsync(filter, session, transaction.MailLine, stop);
                if (refusal is not null)
                {
                    return refusal;
                }

                LogLines.NewMessage(session, transaction, "NOQUEUE");
            }

            return await transaction.Proxy!.CommandAsync(session.Commands.Line, '2', stop); // opened above
        }
        catch (ProxyException)
        {
            transaction.Proxy?.Dispose();
            transaction.Proxy = null;
            return "451 4.3.0 Error: queue file write error";
        }
    }

    private static string DefaultOriginal(string recipient) =>
        (Ascii.IsAscii(recipient) ? "rfc822;" : "utf-8;") + AddressSyntax.ToExternal(recipient);

    private struct RecipientOptions
    {
        private bool _hasNotify;

        public DsnNotify Notify { get; private set; }

        /// <summary>Type and decoded address.</summary>
        public string? OriginalRecipient { get; private set; }

        public string? Take(Session session, string word)
        {
            bool isNotify = Ascii.StartsWithIgnoreCase(word, "NOTIFY=");
            if (!isNotify && !Ascii.StartsWithIgnoreCase(word, "ORCPT="))
            {
                return $"555 5.5.4 Unsupported option: {Printable.Neutralize(word)}";
            }

            if (session.Hidden.Contains(EhloKeywords.Dsn))
            {
                return "501 5.7.1 DSN support is disabled";
            }

            if (isNotify)
            {
                DsnNotify notify = ParseNotify(word["NOTIFY=".Length..]);
                if (_hasNotify || notify == DsnNotify.None)
                {
                    return "501 5.5.4 Error: Bad NOTIFY parameter syntax";
                }

                _hasNotify = true;
                Notify = notify;
                return null;
            }

            OriginalRecipient = OriginalRecipient is null ? ParseOriginal(word["ORCPT=".Length..]) : null;
            return OriginalRecipient is null ? "501 5.5.4 Error: Bad ORCPT parameter syntax" : null;
        }

        private static DsnNotify ParseNotify(string list)
        {
            DsnNotify notify = DsnNotify.None;
            foreach (string word in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                DsnNotify one = Ascii.ToLower(word) switch
                {
                    "never" => DsnNotify.Never,
                    "success" => DsnNotify.Success,
                    "failure" => DsnNotify.Failure,
                    "delay" => DsnNotify.Delay,
                    _ => DsnNotify.None,
                };
                if (one == DsnNotify.None)
                {
                    LogLines.UnknownNotify(word, list);
                    return DsnNotify.None;
                }

                notify |= one;
            }

            return (notify & DsnNotify.Never) != 0 && notify != DsnNotify.Never ? DsnNotify.None : notify;
        }

        private static string? ParseOriginal(string value)
        {
            int semicolon = value.IndexOf(';');
            if (semicolon <= 0)
            {
                return null;
            }

            string type = value[..semicolon];
            if (type.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
            {
                return null;
            }

            string address = value[(semicolon + 1)..];
            if (address.Length == 0)
            {
                return $"{type};"; // as Postfix: nothing is known, and nothing is wrong
            }

            bool valid = Ascii.EqualsIgnoreCase(type, "utf-8")
                ? (Xtext.TryDecodeUnitext(address, out string decoded) || (!address.Contains('\\') && Xtext.TryDecode(address, out decoded))) && Xtext.IsPrintableUtf8(decoded)
                : Xtext.TryDecode(address, out decoded) && Xtext.IsPrintableUtf8(decoded);
            return valid ? $"{type};{decoded}" : null;
        }
    }
}

using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Smtpd.Commands;

/// <summary>The address argument of MAIL, RCPT and VRFY: syntax, and what the rewrite service thinks of it.</summary>
internal static class PathArgument
{
    /// <returns>Internal form; null when the address is bad (the log says so).</returns>
    public static async ValueTask<string?> ParseAsync(Session session, string command, CommandToken word, bool mayBeEmpty, bool utf8, CancellationToken stop)
    {
        if (word.IsOpen)
        {
            return null;
        }

        if (!SmtpPath.TryParse(word.Text, session.Settings.StrictEnvelopes, out string address)
            || (address.Length == 0 && (!mayBeEmpty || word.Text != "<>"))
            || address.AsSpan().IndexOfAny('\0', '\r', '\n') >= 0)
        {
            LogLines.IllegalAddress(session, command, word.Text);
            return null;
        }

        if (address.Length == 0)
        {
            return address;
        }

        // Without SMTPUTF8 a domain must be ASCII.
        ReadOnlySpan<char> domain = AddressSyntax.Domain(address);
        if (!utf8 && !Ascii.IsAscii(domain))
        {
            LogLines.IllegalAddress(session, command, word.Text);
            return null;
        }

        if (!session.IsStandalone || !session.Settings.DelayReject)
        {
            ResolveReply resolved = await session.Server.Resolver.ResolveAsync(address, stop);
            if (resolved.IsInvalid)
            {
                LogLines.IllegalAddress(session, command, word.Text);
                return null;
            }
        }

        return address;
    }
}

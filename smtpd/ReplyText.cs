using System.Text;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Mail.Addresses;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>Replies as finished text: <c>NNN D.S.N text</c>, several lines separated by LF.</summary>
internal static class ReplyText
{
    private static readonly HashSet<string> MacroNames = new(StringComparer.Ordinal)
    {
        "client", "client_address", "client_name", "client_port", "helo_name", "localtime", "recipient", "recipient_domain",
        "recipient_name", "sender", "sender_domain", "sender_name", "server_name",
    };

    /// <summary>Writes a reply; every line but the last has a hyphen behind the code.</summary>
    public static void Write(BufferedOutput output, string reply)
    {
        int start = 0;
        while (true)
        {
            int end = reply.IndexOf('\n', start);
            string line = end < 0 ? (start == 0 ? reply : reply[start..]) : reply[start..end];
            if (end >= 0 && line.Length > 3)
            {
                output.Write(line[..3]);
                output.Write((byte)'-');
                output.Write(line[4..]);
            }
            else
            {
                output.Write(line);
            }

            output.Write("\r\n"u8);
            if (end < 0)
            {
                return;
            }

            start = end + 1;
        }
    }

    /// <summary><c>soft_bounce</c>: a permanent refusal becomes a temporary one, in the code and in the enhanced code of every line.</summary>
    public static string Soften(string reply) =>
        reply.Contains('\n') ? string.Join('\n', reply.Split('\n').Select(SoftenLine)) : SoftenLine(reply);

    private static string SoftenLine(string reply)
    {
        if (reply.Length < 4 || reply[0] != '5')
        {
            return reply;
        }

        return reply.Length > 5 && reply[4] == '5' && reply[5] == '.'
            ? string.Concat("4", reply.AsSpan(1, 3), "4", reply.AsSpan(5))
            : string.Concat("4", reply.AsSpan(1));
    }

    /// <summary>Adds <c>smtpd_reject_footer</c>, or what <c>smtpd_reject_footer_maps</c> gave in its place.</summary>
    public static string WithFooter(Session session, string reply, string footer)
    {
        bool continues = footer.StartsWith("\\c", StringComparison.Ordinal);
        string text = Expand(session, continues ? footer[2..] : footer);
        string prefix = reply[..4];
        if (EnhancedStatus.TryParsePrefix(reply.AsSpan(4), out EnhancedStatus status, out _))
        {
            prefix += status + " ";
        }

        var result = new StringBuilder(reply);
        bool first = true;
        foreach (string line in text.Split("\\n"))
        {
            if (!first || !continues)
            {
                result.Append('\n').Append(prefix);
            }

            result.Append(line);
            first = false;
        }

        return result.ToString();
    }

    // What clients sent cannot become a macro of its own, nor more than the characters that smtpd_expansion_filter lets through.
    private static string Expand(Session session, string text)
    {
        try
        {
            return new Expander(name =>
            {
                if (!MacroNames.Contains(name))
                {
                    LogLines.Warning($"unknown macro name \"{name}\" in expansion request");
                    return null;
                }

                return Value(session, name) is { Length: > 0 } value ? Escape(session, value) : null;
            }).Expand(text);
        }
        catch (ExpansionException error)
        {
            LogLines.Warning($"{SmtpdParameters.SmtpdRejectFooter.Name}: {error.Message}");
            return text;
        }
    }

    /// <summary>A macro's value as it may stand in a reply, safe from being expanded again.</summary>
    public static string Escape(Session session, string value)
    {
        string allowed = session.Settings.ExpansionFilter;
        return string.Create(value.Length, (value, allowed), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = state.allowed.Contains(state.value[i]) ? state.value[i] : '_';
            }
        }).Replace("$", "$$", StringComparison.Ordinal);
    }

    /// <summary>Value of a macro in reply templates and footers; null when unknown.</summary>
    public static string? Value(Session session, string name) => name switch
    {
        "client" => session.NameAndAddress,
        "client_address" => session.Client.Address,
        "client_name" => session.Client.Name,
        "client_port" => session.Client.Port.ToString(),
        "helo_name" => session.HeloName,
        "localtime" => DateTime.Now.ToString("MMM dd HH:mm:ss"),
        "sender" => session.Transaction?.Sender,
        "sender_name" => session.Transaction is { } mail ? AddressSyntax.LocalPart(mail.Sender).ToString() : null,
        "sender_domain" => session.Transaction is { } mail ? AddressSyntax.Domain(mail.Sender).ToString() : null,
        "recipient" => session.CurrentRecipient,
        "recipient_name" => session.CurrentRecipient is { } recipient ? AddressSyntax.LocalPart(recipient).ToString() : null,
        "recipient_domain" => session.CurrentRecipient is { } recipient ? AddressSyntax.Domain(recipient).ToString() : null,
        "server_name" => session.Settings.HostName,
        _ => null,
    };
}

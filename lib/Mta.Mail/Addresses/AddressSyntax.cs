using System.Buffers;
using Mta.Text;

namespace Mta.Mail.Addresses;

/// <summary>
/// Addresses have two forms. The internal form is <c>localpart@domain</c> without any quoting, used in envelopes,
/// on internal sockets and in most logs; the external form quotes the local part as RFC 822 §6 wants it. The domain is
/// what follows the last <c>@</c> in both. The null address is the empty string in both forms.
/// </summary>
public static class AddressSyntax
{
    // RFC 822 §3.3 "specials" without the dot, which has rules of its own; blank and controls are tested apart.
    private static readonly SearchValues<char> Specials = SearchValues.Create("()<>@,;:\\\"[]");

    /// <summary>Position of the <c>@</c> before the domain of an internal address; -1 without one.</summary>
    public static int DomainSeparator(ReadOnlySpan<char> address) => address.LastIndexOf('@');

    /// <summary>What stands before the last <c>@</c>; the whole address without one.</summary>
    public static ReadOnlySpan<char> LocalPart(ReadOnlySpan<char> address)
    {
        int at = DomainSeparator(address);
        return at < 0 ? address : address[..at];
    }

    /// <summary>What stands behind the last <c>@</c>; empty without one.</summary>
    public static ReadOnlySpan<char> Domain(ReadOnlySpan<char> address)
    {
        int at = DomainSeparator(address);
        return at < 0 ? default : address[(at + 1)..];
    }

    /// <summary>Splits an internal address at the last <c>@</c>; <paramref name="domain"/> is null without one.</summary>
    public static void Split(string address, out string localPart, out string? domain)
    {
        int at = DomainSeparator(address);
        localPart = at < 0 ? address : address[..at];
        domain = at < 0 ? null : address[(at + 1)..];
    }

    /// <summary>True when a local part must be quoted in the external form.</summary>
    public static bool NeedsQuotes(ReadOnlySpan<char> localPart)
    {
        if (localPart.IsEmpty || localPart[0] == '.' || localPart[^1] == '.' || localPart.ContainsAny(Specials))
        {
            return true;
        }

        char previous = '\0';
        foreach (char c in localPart)
        {
            if (c <= ' ' || c == '\x7f' || (c == '.' && previous == '.'))
            {
                return true;
            }

            previous = c;
        }

        return false;
    }

    /// <summary>The local part as a quoted string when it needs to be one.</summary>
    /// <param name="escapeLineFeed">Also escape LF, as in SMTP commands.</param>
    public static string QuoteLocalPart(string localPart, bool escapeLineFeed = false)
    {
        if (!NeedsQuotes(localPart))
        {
            return localPart;
        }

        var quoted = new System.Text.StringBuilder(localPart.Length + 8);
        AppendQuoted(quoted, localPart, escapeLineFeed);
        return quoted.ToString();
    }

    /// <summary>
    /// Internal to external form. A leading <c>@route:</c> stays outside the quotes. The null address stays empty.
    /// </summary>
    /// <param name="escapeLineFeed">Also escape LF, as in SMTP commands.</param>
    public static string ToExternal(string address, bool escapeLineFeed = false)
    {
        if (address.Length == 0)
        {
            return address;
        }

        int at = DomainSeparator(address);
        int end = at < 0 ? address.Length : at;
        int start = 0;
        if (address[0] == '@' && at > 0)
        {
            int colon = address.AsSpan(0, end).IndexOf(':');
            start = colon < 0 ? 0 : colon + 1;
        }

        if (!NeedsQuotes(address.AsSpan(start, end - start)))
        {
            return address;
        }

        var quoted = new System.Text.StringBuilder(address.Length + 8);
        quoted.Append(address, 0, start);
        AppendQuoted(quoted, address.AsSpan(start, end - start), escapeLineFeed);
        quoted.Append(address, end, address.Length - end);
        return quoted.ToString();
    }

    /// <summary>
    /// External to internal form: quotes and backslashes go, up to the last <c>@</c> outside quotes; the domain is
    /// copied as it is.
    /// </summary>
    public static string ToInternal(string address)
    {
        if (address.AsSpan().IndexOfAny('"', '\\') < 0)
        {
            return address;
        }

        int at = LastUnquotedAt(address);
        int end = at < 0 ? address.Length : at;
        var plain = new System.Text.StringBuilder(address.Length);
        for (int i = 0; i < end; i++)
        {
            char c = address[i];
            if (c == '"')
            {
                continue;
            }

            if (c == '\\' && i + 1 < end)
            {
                i++;
                c = address[i];
            }

            plain.Append(c);
        }

        return plain.Append(address, end, address.Length - end).ToString();
    }

    /// <summary>How an address stands between <c>&lt;&gt;</c> in a log line or a header.</summary>
    public static string Bracketed(string address) => $"<{ToExternal(address)}>";

    /// <summary>Equal without regard to ASCII case (domains are; local parts are treated so in table keys).</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<char> left, ReadOnlySpan<char> right) => Ascii.EqualsIgnoreCase(left, right);

    private static int LastUnquotedAt(string address)
    {
        int at = -1;
        bool quoted = false;
        for (int i = 0; i < address.Length; i++)
        {
            switch (address[i])
            {
                case '\\':
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '@' when !quoted:
                    at = i;
                    break;
            }
        }

        return at;
    }

    private static void AppendQuoted(System.Text.StringBuilder quoted, ReadOnlySpan<char> localPart, bool escapeLineFeed)
    {
        quoted.Append('"');
        foreach (char c in localPart)
        {
            if (c is '"' or '\\' or '\r' || (c == '\n' && escapeLineFeed))
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        quoted.Append('"');
    }
}

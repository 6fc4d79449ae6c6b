namespace Mta.Mail.Addresses;

/// <summary>
/// The path argument of MAIL and RCPT (RFC 5321 §4.1.2). Lax parsing takes what RFC 822 would call a mailbox, with or
/// without angle brackets; strict parsing wants <c>&lt;path&gt;</c> and nothing else.
/// </summary>
public static class SmtpPath
{
    /// <param name="text">The argument behind <c>FROM:</c> or <c>TO:</c>, one token of the command line.</param>
    /// <param name="strict"><c>strict_rfc821_envelopes</c>.</param>
    /// <param name="address">Internal form, without source route; empty for the null path <c>&lt;&gt;</c>.</param>
    /// <returns>False for several addresses, for none, and in strict mode for anything around <c>&lt;path&gt;</c>.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, bool strict, out string address)
    {
        address = "";
        if (text is "<>")
        {
            return true;
        }

        if (TryParseSimple(text, out address))
        {
            return true;
        }

        if (text.IsEmpty || (strict && (text[0] != '<' || text[^1] != '>')))
        {
            return false;
        }

        if (HasStrayPunctuation(text))
        {
            return false;
        }

        ReadOnlySpan<char> inner = WithoutRoute(text);
        AddressList list = AddressList.Parse(inner);
        if (list.Count != 1 || (strict && list.HasTextAround))
        {
            return false;
        }

        foreach (AddressNode node in list.Addresses)
        {
            address = node.ToInternal();
        }

        return true;
    }

    // By far the most paths are <atoms@domain>: no tokens are made for them.
    private static bool TryParseSimple(ReadOnlySpan<char> text, out string address)
    {
        address = "";
        if (text.Length < 3 || text[0] != '<' || text[^1] != '>')
        {
            return false;
        }

        ReadOnlySpan<char> inner = text[1..^1];
        foreach (char c in inner)
        {
            if (c is <= ' ' or '"' or '\\' or '(' or ')' or '<' or '>' or ',' or ';' or ':' or '[' or ']' or '\x7f')
            {
                return false;
            }
        }

        address = inner.ToString();
        return true;
    }

    // Brackets that do not pair or that nest, and a list's end inside of them: no path, whatever one might make of it.
    private static bool HasStrayPunctuation(ReadOnlySpan<char> text)
    {
        bool isInside = false;
        bool isQuoted = false;
        int comments = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '"' when comments == 0:
                    isQuoted = !isQuoted;
                    break;
                case '(' when !isQuoted:
                    comments++;
                    break;
                case ')' when !isQuoted && comments > 0:
                    comments--;
                    break;
                case '<' when !isQuoted && comments == 0:
                    if (isInside)
                    {
                        return true;
                    }

                    isInside = true;
                    break;
                case '>' when !isQuoted && comments == 0:
                    if (!isInside)
                    {
                        return true;
                    }

                    isInside = false;
                    break;
                case ';' when isInside && !isQuoted && comments == 0:
                    return true;
            }
        }

        return false;
    }

    // "<@a,@b:user@c>" is read as "<user@c>" (RFC 5321 §4.1.2: source routes are ignored).
    private static string WithoutRoute(ReadOnlySpan<char> text)
    {
        if (text.Length > 2 && text[0] == '<' && text[1] == '@')
        {
            int colon = text.IndexOf(':');
            if (colon > 0)
            {
                return string.Concat("<", text[(colon + 1)..]);
            }
        }

        return text.ToString();
    }
}

using System.Buffers;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Mail.Addresses;
using Ascii = Mta.Text.Ascii;

namespace Mta.TrivialRewrite;

/// <summary>
/// Puts addresses into standard form, <c>user@domain</c>, within one context: its origin completes an address without
/// a domain, its domain one without a dot. Thread-safe.
/// </summary>
internal sealed class AddressRewriter(Configuration configuration, string origin, string domain)
{
    // Letters, digits and the atom characters of RFC 5322 §3.2.3, without those that can mean routing.
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.");

    private readonly bool _swapBangPath = configuration.Get(TrivialRewriteParameters.SwapBangpath);
    private readonly bool _allowPercentHack = configuration.Get(TrivialRewriteParameters.AllowPercentHack);
    private readonly bool _appendAtOrigin = configuration.Get(TrivialRewriteParameters.AppendAtMyorigin);
    private readonly bool _appendDotDomain = configuration.Get(TrivialRewriteParameters.AppendDotMydomain);
    private readonly List<AddressToken> _originTokens = AddressTokenizer.Scan(origin);
    private readonly List<AddressToken> _domainTokens = AddressTokenizer.Scan(domain);

    private static readonly AddressToken At = new(AddressTokenKind.Operator, "@");
    private static readonly AddressToken Dot = new(AddressTokenKind.Operator, ".");

    /// <summary>Rewrites an address in external form.</summary>
    public string Rewrite(string address)
    {
        if (address.Length == 0 || IsComplete(address))
        {
            return address;
        }

        List<AddressToken> tokens = AddressTokenizer.Scan(address);
        RewriteTokens(tokens);
        return ToExternal(tokens);
    }

    /// <summary>Rewrites an address cut into tokens.</summary>
    public void RewriteTokens(List<AddressToken> tokens)
    {
        if (tokens.Count == 0 || IsEmptyQuotedString(tokens))
        {
            return;
        }

        if (tokens.Count == 1 && tokens[0].IsOperator('@'))
        {
            tokens[0] = new AddressToken(AddressTokenKind.QuotedString, "");
            return;
        }

        StripRoute(tokens);
        if (LastIndexOf(tokens, '@') < 0)
        {
            AddDomain(tokens);
        }

        int at = LastIndexOf(tokens, '@');
        if (_appendDotDomain && at >= 0 && at + 1 < tokens.Count && _domainTokens.Count > 0 && !HasDotOrLiteral(tokens, at + 1))
        {
            tokens.Add(Dot);
            tokens.AddRange(_domainTokens);
        }

        StripTrailingDot(tokens);
    }

    /// <summary>Removes one dot at the end, unless it follows another dot or the <c>@</c>.</summary>
    public static void StripTrailingDot(List<AddressToken> tokens)
    {
        if (tokens.Count > 1 && tokens[^1].IsOperator('.') && !tokens[^2].IsOperator('.') && !tokens[^2].IsOperator('@'))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }
    }

    public static int LastIndexOf(List<AddressToken> tokens, char op)
    {
        for (int i = tokens.Count - 1; i >= 0; i--)
        {
            if (tokens[i].IsOperator(op))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOf(List<AddressToken> tokens, char op)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].IsOperator(op))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool IsEmptyQuotedString(List<AddressToken> tokens) =>
        tokens.Count == 1 && tokens[0].Kind == AddressTokenKind.QuotedString && tokens[0].Text.Length == 0;

    private static string ToExternal(List<AddressToken> tokens)
    {
        string text = AddressTokenText.ToInternal(tokens, 0, tokens.Count);
        int at = text.LastIndexOf('@');

        // A route that leads nowhere stays in front of the quotes.
        int colon = text.StartsWith('@') ? text.IndexOf(':', StringComparison.Ordinal) : -1;
        int start = colon + 1;
        int end = at >= start ? at : text.Length;
        return string.Concat(text.AsSpan(0, start), AddressSyntax.QuoteLocalPart(text[start..end]), text.AsSpan(end));
    }

    private static bool HasDotOrLiteral(List<AddressToken> tokens, int start)
    {
        for (int i = start; i < tokens.Count; i++)
        {
            if (tokens[i].IsOperator('.') || tokens[i].Kind == AddressTokenKind.DomainLiteral)
            {
                return true;
            }
        }

        return false;
    }

    // RFC 5321 appendix C: source routes are ignored.
    private static void StripRoute(List<AddressToken> tokens)
    {
        if (!tokens[0].IsOperator('@'))
        {
            return;
        }

        int colon = IndexOf(tokens, ':');
        if (colon > 0 && colon + 1 < tokens.Count)
        {
            tokens.RemoveRange(0, colon + 1);
        }
    }

    private void AddDomain(List<AddressToken> tokens)
    {
        int bang = _swapBangPath ? IndexOf(tokens, '!') : -1;
        int percent = bang < 0 && _allowPercentHack ? LastIndexOf(tokens, '%') : -1;
        if (bang >= 0)
        {
            List<AddressToken> host = tokens.GetRange(0, bang);
            tokens.RemoveRange(0, bang + 1);
            tokens.Add(At);
            tokens.AddRange(host);
        }
        else if (percent >= 0)
        {
            tokens[percent] = At;
        }
        else if (_appendAtOrigin && _originTokens.Count > 0)
        {
            tokens.Add(At);
            tokens.AddRange(_originTokens);
        }
    }

    // Nearly every address is complete already: one "@", plain characters only, a dot inside the domain, none to strip.
    private static bool IsComplete(string address)
    {
        int at = address.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || at + 1 == address.Length)
        {
            return false;
        }

        ReadOnlySpan<char> local = address.AsSpan(0, at);
        ReadOnlySpan<char> host = address.AsSpan(at + 1);
        return local.IndexOfAnyExcept(PlainCharacters) < 0
            && host.IndexOfAnyExcept(PlainCharacters) < 0
            && local[0] != '.' && local[^1] != '.' && local.IndexOf("..", StringComparison.Ordinal) < 0
            && host[^1] != '.' && host.Contains('.')
            && Ascii.IsAscii(address);
    }
}

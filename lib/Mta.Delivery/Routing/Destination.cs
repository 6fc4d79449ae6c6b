using Mta.Text;

namespace Mta.Delivery.Routing;

/// <summary>One place to deliver to, as a next hop or a fallback relay names it.</summary>
/// <param name="Text">As given, without the <c>inet:</c> prefix.</param>
/// <param name="Host">Domain, host or address; empty for a Unix socket.</param>
/// <param name="UsesMx">Mail exchangers are looked up: not for <c>[host]</c>.</param>
/// <param name="Service">Port number or service name; empty is the default.</param>
/// <param name="UnixPath">Path of a Unix socket; else empty.</param>
public sealed record Destination(string Text, string Host, bool UsesMx, string Service, string UnixPath)
{
    public bool IsUnix => UnixPath.Length > 0;

    /// <summary>It is one host, whatever the DNS says about services of its name.</summary>
    public bool IsBracketed => Text.StartsWith('[');

    /// <summary>Splits a next hop at commas and blanks.</summary>
    /// <exception cref="FatalException">An element makes no sense.</exception>
    public static List<Destination> ParseList(string text, bool isLmtp)
    {
        List<Destination> destinations = [];
        foreach (string word in text.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            destinations.Add(Parse(word, isLmtp));
        }

        return destinations;
    }

    /// <exception cref="FatalException">The text makes no sense.</exception>
    public static Destination Parse(string text, bool isLmtp)
    {
        if (isLmtp)
        {
            if (text.StartsWith("unix:", StringComparison.Ordinal))
            {
                return new Destination(text, "", false, "", text[5..]);
            }

            if (text.StartsWith("inet:", StringComparison.Ordinal))
            {
                text = text[5..];
            }
        }

        if (text.Length > 0 && text[0] == '[')
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            string rest = close < 0 ? "" : text[(close + 1)..];
            if (close < 2 || (rest.Length > 0 && (rest[0] != ':' || rest.Length == 1)))
            {
                throw Bad(text);
            }

            string host = text[1..close];
            if (Ascii.StartsWithIgnoreCase(host, "ipv6:"))
            {
                host = host[5..];
            }

            return new Destination(text, host, false, rest.Length > 0 ? rest[1..] : "", "");
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (text.Length == 0 || colon == 0 || colon == text.Length - 1 || (colon > 0 && text.IndexOf(':', colon + 1) > 0))
        {
            throw Bad(text);
        }

        return colon < 0
            ? new Destination(text, text, !isLmtp, "", "")
            : new Destination(text, text[..colon], !isLmtp, text[(colon + 1)..], "");
    }

    private static FatalException Bad(string text) => new($"malformed destination: {Printable.Neutralize(text)}");
}

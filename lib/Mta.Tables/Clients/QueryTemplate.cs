using System.Text;

namespace Mta.Tables.Clients;

/// <summary>
/// A text with <c>%</c> expansions: a query made from a key, or a result made from a value and the key. Each value
/// that is put in goes through the caller's quoting.
/// </summary>
internal sealed class QueryTemplate
{
    private readonly string _text;

    private QueryTemplate(string text) => _text = text;

    /// <summary>True when the text says <c>%s</c> and nothing else.</summary>
    public bool IsPlain => _text == "%s";

    /// <param name="what">What the text is, for the message: query or result.</param>
    /// <exception cref="TableException">A <c>%</c> stands before something that is no expansion.</exception>
    public static QueryTemplate Parse(string text, string name, string what)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (++i == text.Length || (!"%sudSUD".Contains(text[i], StringComparison.Ordinal) && text[i] is < '1' or > '9')))
            {
                throw new TableException($"db_common_parse: {name}: Invalid {what} template: {text}");
            }
        }

        return new QueryTemplate(text);
    }

    /// <summary>Makes a query.</summary>
    /// <returns>False when the key has not the parts that the text asks for: there is nothing to ask.</returns>
    public bool TryExpand(string key, Func<string, string> quote, out string expanded) => TryExpand(key, key, quote, out expanded);

    /// <summary>Makes a result of a value; upper-case letters and digits speak of the key.</summary>
    /// <returns>False when value or key have not the parts that the text asks for.</returns>
    public bool TryExpandResult(string key, string value, out string expanded) => TryExpand(key, value, static text => text, out expanded);

    private bool TryExpand(string key, string value, Func<string, string> quote, out string expanded)
    {
        StringBuilder text = new(_text.Length + value.Length);
        expanded = "";
        for (int i = 0; i < _text.Length; i++)
        {
            if (_text[i] != '%')
            {
                text.Append(_text[i]);
                continue;
            }

            char letter = _text[++i];
            if (letter == '%')
            {
                text.Append('%');
                continue;
            }

            if (!TryFind(letter, char.IsAsciiLetterLower(letter) ? value : key, out string part))
            {
                return false;
            }

            text.Append(quote(part));
        }

        expanded = text.ToString();
        return true;
    }

    private static bool TryFind(char letter, string whole, out string part)
    {
        int at = whole.LastIndexOf('@');
        switch (letter)
        {
            case 's' or 'S':
                part = whole;
                return true;
            case 'u' or 'U':
                part = at < 0 ? whole : whole[..at];
                return part.Length > 0;
            case 'd' or 'D':
                part = at < 0 ? "" : whole[(at + 1)..];
                return part.Length > 0;
            default:
                return TryFindLabel(at < 0 ? "" : whole[(at + 1)..], letter - '0', out part);
        }
    }

    // Labels are counted from the right: 1 is the top-level domain.
    private static bool TryFindLabel(string domain, int number, out string label)
    {
        int end = domain.Length;
        for (int i = 1; end > 0; i++)
        {
            int dot = domain.LastIndexOf('.', end - 1);
            if (i == number)
            {
                label = domain[(dot + 1)..end];
                return label.Length > 0;
            }

            end = dot;
        }

        label = "";
        return false;
    }
}

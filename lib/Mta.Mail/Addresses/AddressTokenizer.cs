using System.Text;

namespace Mta.Mail.Addresses;

/// <summary>
/// Cuts the external form of addresses into tokens, in one pass and in linear time. Nothing is lost but white space:
/// what is malformed (an open quote, a stray parenthesis) becomes a token all the same.
/// </summary>
public static class AddressTokenizer
{
    private const string Operators = "|%!()<>@,;:\\\".[]";

    /// <param name="text">External form.</param>
    /// <param name="limit">Most tokens returned; the text behind them is dropped.</param>
    public static List<AddressToken> Scan(ReadOnlySpan<char> text, int limit = int.MaxValue)
    {
        var tokens = new List<AddressToken>();
        int i = 0;
        while (i < text.Length && tokens.Count < limit)
        {
            char c = text[i];
            if (c is ' ' or '\t' or '\r' or '\n')
            {
                i++;
            }
            else if (c == '(')
            {
                tokens.Add(Comment(text, ref i));
            }
            else if (c == '[')
            {
                tokens.Add(new AddressToken(AddressTokenKind.DomainLiteral, "[" + Enclosed(text, ref i, ']') + "]"));
            }
            else if (c == '"')
            {
                tokens.Add(new AddressToken(AddressTokenKind.QuotedString, Enclosed(text, ref i, '"')));
            }
            else if (c != '\\' && Operators.Contains(c))
            {
                tokens.Add(new AddressToken(AddressTokenKind.Operator, c.ToString()));
                i++;
            }
            else
            {
                tokens.Add(Atom(text, ref i));
            }
        }

        return tokens;
    }

    // Nested comments are counted, not recursed into: the depth is the sender's choice.
    private static AddressToken Comment(ReadOnlySpan<char> text, ref int i)
    {
        int start = i;
        int depth = 0;
        while (i < text.Length)
        {
            char c = text[i++];
            if (c == '\\' && i < text.Length)
            {
                i++;
            }
            else if (c == '(')
            {
                depth++;
            }
            else if (c == ')' && --depth == 0)
            {
                break;
            }
        }

        // One that is never closed stays so: whatever is put behind it then belongs to it, as before.
        return new AddressToken(AddressTokenKind.Comment, text[start..i].ToString());
    }

    // The text up to the closing character, without backslashes; an open one reaches to the end.
    private static string Enclosed(ReadOnlySpan<char> text, ref int i, char close)
    {
        var inner = new StringBuilder();
        i++;
        while (i < text.Length)
        {
            char c = text[i++];
            if (c == close)
            {
                break;
            }

            if (c == '\\')
            {
                if (i == text.Length)
                {
                    break;
                }

                c = text[i++];
            }
            else if (Mta.Text.Ascii.IsSpace(c))
            {
                c = ' ';
            }

            inner.Append(c);
        }

        return inner.ToString();
    }

    private static AddressToken Atom(ReadOnlySpan<char> text, ref int i)
    {
        var atom = new StringBuilder();
        bool mustQuote = false;
        while (i < text.Length)
        {
            char c = text[i];
            if (c == '\\')
            {
                i++;
                if (i == text.Length)
                {
                    break;
                }

                c = text[i];
                mustQuote |= c <= ' ' || c == '\x7f' || Operators.Contains(c);
            }
            else if (c is ' ' or '\t' or '\r' or '\n' || Operators.Contains(c))
            {
                break;
            }

            mustQuote |= c < ' ' || c == '\x7f';
            atom.Append(c);
            i++;
        }

        return new AddressToken(mustQuote ? AddressTokenKind.QuotedString : AddressTokenKind.Atom, atom.ToString());
    }
}

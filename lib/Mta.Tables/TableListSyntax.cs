using Mta.Text;

namespace Mta.Tables;

/// <summary>
/// The syntax of lists in main.cf: elements separated by commas and white space; <c>{...}</c> protects separators
/// and stays part of the element.
/// </summary>
public static class TableListSyntax
{
    /// <summary>The elements of a list.</summary>
    public static List<string> Split(string text)
    {
        List<string> elements = [];
        int position = 0;
        while (TryNext(text, ref position, out string element))
        {
            elements.Add(element);
        }

        return elements;
    }

    /// <summary>
    /// Takes the braces off <c>{ text }</c>, with the blanks inside them.
    /// </summary>
    /// <returns>False when the text is not one whole group; <paramref name="error"/> says why.</returns>
    public static bool TryUnbrace(string text, out string inner, out string error)
    {
        inner = text;
        error = "";
        if (text.Length == 0 || text[0] != '{')
        {
            error = $"no '{{' at start of text in \"{text}\"";
            return false;
        }

        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                if (!text.AsSpan(i + 1).Trim(" \t\r\n\v\f").IsEmpty)
                {
                    error = $"syntax error after '}}' in \"{text}\"";
                    return false;
                }

                inner = text[1..i].Trim(' ', '\t', '\r', '\n', '\v', '\f');
                return true;
            }
        }

        error = $"missing '}}' in \"{text}\"";
        return false;
    }

    private static bool TryNext(string text, ref int position, out string element)
    {
        while (position < text.Length && IsSeparator(text[position]))
        {
            position++;
        }

        int start = position;
        int depth = 0;
        for (; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '{')
            {
                depth++;
            }
            else if (c == '}' && depth > 0)
            {
                depth--;
            }
            else if (depth == 0 && IsSeparator(c))
            {
                break;
            }
        }

        element = text[start..position];
        return element.Length > 0;
    }

    private static bool IsSeparator(char c) => c == ',' || Ascii.IsSpace(c);
}

using System.Globalization;
using System.Text;

namespace Mta.Differential;

/// <summary>The notation for bytes that a text file cannot show: <c>\n \r \t \0 \\ \xHH</c>.</summary>
internal static class Escapes
{
    public static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                decoded.Append(text[i]);
                continue;
            }

            char letter = ++i < text.Length ? text[i] : throw new FormatException("a backslash at the end of a line");
            switch (letter)
            {
                case 'n':
                    decoded.Append('\n');
                    break;
                case 'r':
                    decoded.Append('\r');
                    break;
                case 't':
                    decoded.Append('\t');
                    break;
                case '0':
                    decoded.Append('\0');
                    break;
                case '\\':
                    decoded.Append('\\');
                    break;
                case 'x' when i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, null, out byte value):
                    decoded.Append((char)value);
                    i += 2;
                    break;
                default:
                    throw new FormatException($"unknown escape \\{letter}");
            }
        }

        return decoded.ToString();
    }

    /// <summary>For showing: line feeds and tabs stay, other control characters and all beyond ASCII are <c>\xHH</c>.</summary>
    public static string Encode(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '\n' or '\t' or (>= ' ' and <= '~'))
            {
                shown.Append(c);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            }
        }

        return shown.ToString();
    }
}

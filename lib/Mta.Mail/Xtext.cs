using System.Text;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Mail;

/// <summary>xtext (RFC 3461 §4) and unitext (RFC 6533 §3).</summary>
public static class Xtext
{
    /// <summary>Decodes <c>+HH</c>. False for a malformed sequence, or when nothing is left.</summary>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        if (text.Length == 0)
        {
            return false;
        }

        if (!text.Contains('+'))
        {
            return true;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '+')
            {
                plain.Append(text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }

            plain.Append((char)Convert.ToByte(text.Substring(i + 1, 2), 16));
            i += 2;
        }

        decoded = plain.ToString();
        return true;
    }

    /// <summary>Decodes <c>\x{H…}</c> (embedded unicode) into UTF-8 bytes.</summary>
    public static bool TryDecodeUnitext(string text, out string decoded)
    {
        decoded = text;
        if (text.Length == 0)
        {
            return false;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            int close = text.IndexOf('}', i);
            if (i + 3 >= text.Length || text[i + 1] != 'x' || text[i + 2] != '{' || close < i + 5 || close > i + 9
                || !int.TryParse(text.AsSpan(i + 3, close - i - 3), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int code)
                || !Rune.IsValid(code))
            {
                return false;
            }

            plain.Append(ByteString.FromUnicode(new Rune(code).ToString()));
            i = close;
        }

        decoded = plain.ToString();
        return true;
    }

    /// <summary>Graphic ASCII and blanks only: what may stand in a record and in a report.</summary>
    public static bool IsPrintable(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    /// <summary>As <see cref="IsPrintable"/>, with valid UTF-8 allowed.</summary>
    public static bool IsPrintableUtf8(string text) =>
        Ascii.IsAscii(text) ? IsPrintable(text) : text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && ByteString.TryToUnicode(text, out _);
}

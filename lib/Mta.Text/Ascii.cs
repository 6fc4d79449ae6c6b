namespace Mta.Text;

/// <summary>Case and classes of ASCII; bytes and characters above 0x7F are left alone everywhere.</summary>
public static class Ascii
{
    public static bool IsAscii(ReadOnlySpan<char> text) => System.Text.Ascii.IsValid(text);

    public static bool IsAscii(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes);

    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        left.Length == right.Length && EqualsFolded(left, right);

    public static bool EqualsIgnoreCase(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (int i = 0; i < left.Length; i++)
        {
            if (ToLower(left[i]) != ToLower(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix) =>
        text.Length >= prefix.Length && EqualsFolded(text[..prefix.Length], prefix);

    public static bool StartsWithIgnoreCase(ReadOnlySpan<char> text, ReadOnlySpan<char> prefix) =>
        text.Length >= prefix.Length && EqualsIgnoreCase(text[..prefix.Length], prefix);

    public static byte ToLower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    public static char ToLower(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;

    /// <summary>The text with A-Z lower-cased; the same instance when nothing changes.</summary>
    public static string ToLower(string text)
    {
        foreach (char c in text)
        {
            if (c is >= 'A' and <= 'Z')
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (int i = 0; i < span.Length; i++)
                    {
                        span[i] = ToLower(source[i]);
                    }
                });
            }
        }

        return text;
    }

    public static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';

    public static bool IsDigit(char c) => c is >= '0' and <= '9';

    public static bool IsAlpha(char c) => ToLower(c) is >= 'a' and <= 'z';

    public static bool IsAlphanumeric(char c) => IsAlpha(c) || IsDigit(c);

    /// <summary>C's isspace in the C locale: blank, TAB, LF, VT, FF, CR.</summary>
    public static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);

    /// <inheritdoc cref="IsSpace(byte)"/>
    public static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>Graphic ASCII or blank.</summary>
    public static bool IsPrintable(byte b) => b is >= 0x20 and < 0x7F;

    private static bool EqualsFolded(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (ToLower(left[i]) != ToLower(right[i]))
            {
                return false;
            }
        }

        return true;
    }
}

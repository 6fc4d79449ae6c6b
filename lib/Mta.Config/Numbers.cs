using Mta.Text;

namespace Mta.Config;

/// <summary>Numbers as the C library's strtol reads them: blanks and one sign may come first, nothing may follow.</summary>
internal static class Numbers
{
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return TryParsePrefix(text, out value, out int length) && length == text.Length;
    }

    /// <param name="length">Characters used.</param>
    /// <returns>False when there is no digit, or the number does not fit.</returns>
    public static bool TryParsePrefix(ReadOnlySpan<char> text, out long value, out int length)
    {
        value = 0;
        length = 0;
        int at = 0;
        while (at < text.Length && Ascii.IsSpace(text[at]))
        {
            at++;
        }

        bool isNegative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is '-' or '+')
        {
            at++;
        }

        int digits = at;
        Int128 total = 0;
        for (; at < text.Length && Ascii.IsDigit(text[at]); at++)
        {
            total = (total * 10) + (text[at] - '0');
            if (total > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        total = isNegative ? -total : total;
        if (at == digits || total > long.MaxValue)
        {
            return false;
        }

        value = (long)total;
        length = at;
        return true;
    }

    /// <exception cref="ConfigurationException">The value is outside a bound that is checked.</exception>
    public static void CheckRange(string name, long value, long min, bool hasMin, long max, bool hasMax)
    {
        if (hasMin && value < min)
        {
            throw new ConfigurationException($"invalid {name} parameter value {value} < {min}");
        }

        if (hasMax && value > max)
        {
            throw new ConfigurationException($"invalid {name} parameter value {value} > {max}");
        }
    }
}

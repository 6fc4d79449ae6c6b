using System.Globalization;

namespace Mta.Mail;

/// <summary>
/// Delays as delivery log lines have them: two significant digits, at most so many decimals, rounded half up, without
/// trailing zeros.
/// </summary>
public static class DelayText
{
    private const long Second = 1_000_000;

    /// <param name="microseconds">Negative counts as 0.</param>
    /// <param name="maxDecimals"><c>delay_logging_resolution_limit</c>, 0 to 6.</param>
    public static string Format(long microseconds, int maxDecimals)
    {
        Span<char> text = stackalloc char[32];
        return new string(text[..Write(text, microseconds, maxDecimals)]);
    }

    /// <summary>Writes the text into at least 32 characters.</summary>
    /// <returns>Characters written.</returns>
    public static int Write(Span<char> target, long microseconds, int maxDecimals)
    {
        if (microseconds <= 0)
        {
            target[0] = '0';
            return 1;
        }

        // The decimals that leave two significant digits; the unit is what the last one counts.
        int decimals = 0;
        for (long bound = 10 * Second; decimals < maxDecimals && microseconds < bound && bound > 1; bound /= 10)
        {
            decimals++;
        }

        long unit = Second;
        for (int i = 0; i < decimals; i++)
        {
            unit /= 10;
        }

        long rounded = (microseconds + (unit / 2)) / unit;
        long whole = rounded / (Second / unit);
        long fraction = rounded % (Second / unit);
        while (decimals > 0 && fraction % 10 == 0)
        {
            fraction /= 10;
            decimals--;
        }

        whole.TryFormat(target, out int length, default, CultureInfo.InvariantCulture);
        if (decimals == 0)
        {
            return length;
        }

        target[length++] = '.';
        for (int i = decimals - 1; i >= 0; i--)
        {
            target[length + i] = (char)('0' + (fraction % 10));
            fraction /= 10;
        }

        return length + decimals;
    }
}

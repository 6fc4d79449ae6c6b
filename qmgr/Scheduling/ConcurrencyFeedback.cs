using System.Globalization;

namespace Mta.Qmgr.Scheduling;

/// <summary>
/// How much one delivery's result counts towards a change of the concurrency window: a number between 0 and 1,
/// constant (<c>0.5</c>, <c>1/4</c>) or divided by the window (<c>1/concurrency</c>).
/// </summary>
internal readonly record struct ConcurrencyFeedback
{
    private readonly double _base;
    private readonly bool _perConcurrency;

    private ConcurrencyFeedback(double amount, bool perConcurrency)
    {
        _base = amount;
        _perConcurrency = perConcurrency;
    }

    /// <summary>Every result moves the window by one.</summary>
    public static ConcurrencyFeedback One { get; } = new(1, perConcurrency: false);

    /// <summary>
    /// Reads <c>N</c>, <c>N/M</c> or <c>N/concurrency</c> (in any letter case); blanks around the slash are allowed, and
    /// a number may have a sign and an exponent (<c>1e-1</c>).
    /// </summary>
    public static bool TryParse(string text, out ConcurrencyFeedback feedback)
    {
        feedback = One;
        ReadOnlySpan<char> left = text.AsSpan().Trim();
        ReadOnlySpan<char> right = default;
        int slash = left.IndexOf('/');
        if (slash >= 0)
        {
            right = left[(slash + 1)..].Trim();
            left = left[..slash].Trim();
        }

        if (!TryNumber(left, out double amount))
        {
            return false;
        }

        bool perConcurrency = slash >= 0 && right.Equals("concurrency", StringComparison.OrdinalIgnoreCase);
        if (slash >= 0 && !perConcurrency)
        {
            if (!TryNumber(right, out double divisor) || divisor == 0)
            {
                return false;
            }

            amount /= divisor;
        }

        // So put, it refuses what is no number at all, too.
        if (amount is not (>= 0 and <= 1))
        {
            return false;
        }

        feedback = new ConcurrencyFeedback(amount, perConcurrency);
        return true;
    }

    /// <summary>Whether the amount depends on the window.</summary>
    public bool IsPerConcurrency => _perConcurrency;

    /// <summary>The amount at a window of this size (1 or more).</summary>
    public double At(int window) => _perConcurrency ? _base / window : _base;

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) => double.TryParse(
        text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
}

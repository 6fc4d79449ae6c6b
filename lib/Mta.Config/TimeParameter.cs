using System.Buffers;
using System.Globalization;

namespace Mta.Config;

/// <summary>
/// A stretch of time: digits and a unit (<c>s m h d w</c>); a bare number is in the parameter's own unit. Whole
/// numbers, unless the parameter takes decimal fractions too (<c>0.25s</c>). Bounds are in seconds; those not given
/// are not checked.
/// </summary>
public sealed class TimeParameter(string name, string defaultText, char unit = 's', long min = long.MinValue, long max = long.MaxValue, bool takesFractions = false)
    : Parameter<TimeSpan>(name, defaultText)
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>The unit of a number without one.</summary>
    public char Unit { get; } = unit;

    public long MinSeconds { get; } = min;

    public long MaxSeconds { get; } = max;

    public override TimeSpan Parse(string text)
    {
        if (takesFractions && text.Contains('.', StringComparison.Ordinal) && TryParseFraction(text, Unit, out TimeSpan time))
        {
            return time;
        }

        if (!TryParse(text, Unit, out long seconds))
        {
            throw new ConfigurationException($"parameter {Name}: bad time value or unit: {text}");
        }

        if (seconds < MinSeconds)
        {
            throw new ConfigurationException($"invalid {Name}: {seconds} (min {MinSeconds})");
        }

        return seconds > MaxSeconds
            ? throw new ConfigurationException($"invalid {Name}: {seconds} (max {MaxSeconds})")
            : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Reads a time as main.cf writes it. What follows the unit letter is ignored, as in Postfix.</summary>
    /// <returns>False when it is negative, has no digits, has another unit, or exceeds 2^31-1 seconds.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, char defaultUnit, out long seconds)
    {
        seconds = 0;
        if (!Numbers.TryParsePrefix(text, out long value, out int length) || value < 0)
        {
            return false;
        }

        long factor = SecondsOf(length < text.Length ? text[length] : defaultUnit);
        if (factor == 0 || value > int.MaxValue / factor)
        {
            return false;
        }

        seconds = value * factor;
        return true;
    }

    internal override Parameter Renamed(string name, string defaultText) => new TimeParameter(name, defaultText, Unit, MinSeconds, MaxSeconds, takesFractions);

    // Digits, a point, digits, perhaps a unit.
    private static bool TryParseFraction(ReadOnlySpan<char> text, char defaultUnit, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        int end = text.IndexOfAnyExcept(NumberCharacters);
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        long factor = SecondsOf(end < 0 ? defaultUnit : text[end]);
        if (factor == 0 || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            || value * factor > int.MaxValue)
        {
            return false;
        }

        time = TimeSpan.FromSeconds(value * factor);
        return true;
    }

    // 0: there is no such unit.
    private static int SecondsOf(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86400,
        'w' => 604800,
        _ => 0,
    };
}

using System.Globalization;

namespace Mta.Config;

/// <summary>A number of bytes, 64 bits. Bounds that are not given are not checked, negative numbers included.</summary>
public sealed class SizeParameter : Parameter<long>
{
    public SizeParameter(string name, long defaultValue, long min = long.MinValue, long max = long.MaxValue)
        : this(name, defaultValue.ToString(CultureInfo.InvariantCulture), min, max)
    {
    }

    /// <summary>The default is an expression.</summary>
    public SizeParameter(string name, string defaultText, long min = long.MinValue, long max = long.MaxValue)
        : base(name, defaultText)
    {
        Min = min;
        Max = max;
    }

    public long Min { get; }

    public long Max { get; }

    public override long Parse(string text)
    {
        if (!Numbers.TryParse(text, out long value))
        {
            throw new ConfigurationException($"bad numerical configuration: {Name} = {text}");
        }

        Numbers.CheckRange(Name, value, Min, Min != long.MinValue, Max, Max != long.MaxValue);
        return value;
    }

    internal override Parameter Renamed(string name, string defaultText) => new SizeParameter(name, defaultText, Min, Max);
}

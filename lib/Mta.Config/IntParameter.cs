using System.Globalization;

namespace Mta.Config;

/// <summary>A decimal number of 32 bits. Bounds that are not given are not checked, negative numbers included.</summary>
public sealed class IntParameter : Parameter<int>
{
    public IntParameter(string name, int defaultValue, int min = int.MinValue, int max = int.MaxValue)
        : this(name, defaultValue.ToString(CultureInfo.InvariantCulture), min, max)
    {
    }

    /// <summary>The default is an expression.</summary>
    public IntParameter(string name, string defaultText, int min = int.MinValue, int max = int.MaxValue)
        : base(name, defaultText)
    {
        Min = min;
        Max = max;
    }

    public int Min { get; }

    public int Max { get; }

    public override int Parse(string text)
    {
        if (!Numbers.TryParse(text, out long value) || value is < int.MinValue or > int.MaxValue)
        {
            throw new ConfigurationException($"bad numerical configuration: {Name} = {text}");
        }

        Numbers.CheckRange(Name, value, Min, Min != int.MinValue, Max, Max != int.MaxValue);
        return (int)value;
    }

    internal override Parameter Renamed(string name, string defaultText) => new IntParameter(name, defaultText, Min, Max);
}

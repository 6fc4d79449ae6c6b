namespace Mta.Config;

/// <summary>Text: a name, a path, a list that its reader splits.</summary>
/// <param name="min">Fewest bytes after expansion; 0 allows the empty value.</param>
/// <param name="max">Most bytes after expansion; 0 is no limit.</param>
public sealed class StringParameter(string name, string defaultText, int min = 0, int max = 0) : Parameter<string>(name, defaultText)
{
    public int MinLength { get; } = min;

    public int MaxLength { get; } = max;

    public override string Parse(string text)
    {
        if (text.Length < MinLength)
        {
            throw new ConfigurationException($"bad string length {text.Length} < {MinLength}: {Name} = {text}");
        }

        return MaxLength > 0 && text.Length > MaxLength
            ? throw new ConfigurationException($"bad string length {text.Length} > {MaxLength}: {Name} = {text}")
            : text;
    }

    internal override Parameter Renamed(string name, string defaultText) => new StringParameter(name, defaultText, MinLength, MaxLength) { IsRaw = IsRaw };
}

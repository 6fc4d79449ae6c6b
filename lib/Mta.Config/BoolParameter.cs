using Mta.Text;

namespace Mta.Config;

/// <summary><c>yes</c> or <c>no</c>.</summary>
public sealed class BoolParameter : Parameter<bool>
{
    public BoolParameter(string name, bool defaultValue)
        : base(name, defaultValue ? "yes" : "no")
    {
    }

    public BoolParameter(string name, string defaultText)
        : base(name, defaultText)
    {
    }

    public override bool Parse(string text) =>
        Ascii.EqualsIgnoreCase(text, "yes") ? true
        : Ascii.EqualsIgnoreCase(text, "no") ? false
        : throw new ConfigurationException($"bad boolean configuration: {Name} = {text}");

    internal override Parameter Renamed(string name, string defaultText) => new BoolParameter(name, defaultText);
}

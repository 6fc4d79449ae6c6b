using Mta.Text;

namespace Mta.Config;

/// <summary>One of a few keywords, in any case; the value read is the keyword as declared.</summary>
public sealed class EnumParameter(string name, string defaultText, params string[] keywords) : Parameter<string>(name, defaultText)
{
    /// <summary>What Postfix calls the value where it reads it as a set of words; else null.</summary>
    public string? MaskName { get; init; }

    public override string Parse(string text)
    {
        foreach (string keyword in keywords)
        {
            if (Ascii.EqualsIgnoreCase(keyword, text))
            {
                return keyword;
            }
        }

        throw text.Length == 0
            ? new ConfigurationException($"bad string length 0 < 1: {Name} = ")
            : MaskName is not null ? new ConfigurationException($"unknown {MaskName} value \"{text}\" in \"{text}\"")
            : new ConfigurationException($"invalid {Name} value: {text}");
    }

    internal override Parameter Renamed(string name, string defaultText) => new EnumParameter(name, defaultText, keywords);
}

using Mta.Config;
using Mta.Config.Parameters;
using Mta.Tables;

namespace Mta.Milter;

/// <summary>Value of a macro, by its name without braces; null when it has none.</summary>
public delegate string? MilterMacroLookup(string name);

/// <summary>The sets of macros, in the order of the hand-over between smtpd and cleanup.</summary>
public enum MilterMacroSet
{
    Connect,
    Helo,
    Mail,
    Rcpt,
    Data,
    EndOfHeader,
    EndOfMessage,
    Unknown,
}

/// <summary>Which macros are sent at which event, and defaults for those without a value. Immutable.</summary>
public sealed class MilterMacros
{
    public const int Sets = 8;

    private readonly string[] _texts;
    private readonly string[][] _names;

    /// <param name="texts">Lists of names, one for each <see cref="MilterMacroSet"/>.</param>
    /// <param name="defaults">Values by name, without braces.</param>
    public MilterMacros(string[] texts, IReadOnlyDictionary<string, string> defaults)
    {
        _texts = texts;
        _names = [.. texts.Select(static text => TableListSyntax.Split(text).ToArray())];
        Defaults = defaults;
    }

    public IReadOnlyDictionary<string, string> Defaults { get; }

    /// <exception cref="ConfigurationException"><c>milter_macro_defaults</c> is malformed.</exception>
    public static MilterMacros From(Configuration configuration) => new(
        [
            configuration.Get(MilterParameters.MilterConnectMacros),
            configuration.Get(MilterParameters.MilterHeloMacros),
            configuration.Get(MilterParameters.MilterMailMacros),
            configuration.Get(MilterParameters.MilterRcptMacros),
            configuration.Get(MilterParameters.MilterDataMacros),
            configuration.Get(MilterParameters.MilterEndOfHeaderMacros),
            configuration.Get(MilterParameters.MilterEndOfDataMacros),
            configuration.Get(MilterParameters.MilterUnknownCommandMacros),
        ],
        ParseDefaults(configuration.Get(MilterParameters.MilterMacroDefaults)));

    public string Text(MilterMacroSet set) => _texts[(int)set];

    public string[] Names(MilterMacroSet set) => _names[(int)set];

    public string? Value(string name, MilterMacroLookup lookup)
    {
        string plain = WithoutBraces(name);
        return lookup(plain) ?? Defaults.GetValueOrDefault(plain);
    }

    internal static string WithoutBraces(string name) => name.Length > 2 && name[0] == '{' && name[^1] == '}' ? name[1..^1] : name;

    private static Dictionary<string, string> ParseDefaults(string text)
    {
        Dictionary<string, string> defaults = new(StringComparer.Ordinal);
        foreach (string element in TableListSyntax.Split(text))
        {
            // "{name}=value", "name=value" and "{ name = value }"; the braces of the first kind belong to the name.
            string pair = element[^1] == '}' && TableListSyntax.TryUnbrace(element, out string inner, out _) && inner.Contains('=') ? inner : element;
            int equals = pair.IndexOf('=');
            if (equals <= 0)
            {
                throw new ConfigurationException($"malformed parameter value: milter_macro_defaults = {text}: missing '=' after attribute name: \"{element}\"");
            }

            defaults[WithoutBraces(pair[..equals].Trim())] = pair[(equals + 1)..].Trim();
        }

        return defaults;
    }
}

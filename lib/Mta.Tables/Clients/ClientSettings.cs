using System.Globalization;
using Mta.Linux;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Clients;

/// <summary>
/// The settings of one table that is served by another program: <c>name = value</c> lines of a file of its own when
/// the table's name begins with <c>/</c> or <c>.</c>, else parameters <c>NAME_attribute</c> of main.cf. Names that
/// nobody asks for are passed over.
/// </summary>
internal sealed class ClientSettings
{
    private readonly Func<string, string?> _find;
    private readonly string _place;

    private ClientSettings(Func<string, string?> find, string place, TableOwner owner)
    {
        _find = find;
        _place = place;
        Owner = owner;
    }

    /// <summary>Whoever may write the settings says what the table says.</summary>
    public TableOwner Owner { get; }

    /// <exception cref="TableException">The file cannot be read, or a line is no assignment.</exception>
    public static ClientSettings Open(TableRegistry registry, string name)
    {
        if (name[0] is not ('/' or '.'))
        {
            return new ClientSettings(attribute => registry.Settings.Parameter($"{name}_{attribute}"), name, TableOwner.Trusted);
        }

        SourceFile file;
        try
        {
            file = SourceFile.Read(name);
        }
        catch (LinuxException error)
        {
            throw new TableException($"open {name}: {error.Reason}", error);
        }

        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (LogicalLine line in LogicalLines.Read(file.Content, name, registry.Settings.Warning))
        {
            (string key, string value) = Split(line, name);
            if (values.TryGetValue(key, out string? earlier) && earlier != value)
            {
                registry.Settings.Warning($"{name}, line {line.First}: overriding earlier entry: {key}={(IsSecret(key) ? "..." : earlier)}");
            }

            values[key] = value;
        }

        return new ClientSettings(values.GetValueOrDefault, name, TableOwner.OfFile(file.Status.UserId));
    }

    /// <summary>True when the attribute is set, even to nothing.</summary>
    public bool IsSet(string attribute) => _find(attribute) is not null;

    public string Text(string attribute, string otherwise = "") => _find(attribute) ?? otherwise;

    /// <summary>A value that must not be empty.</summary>
    /// <exception cref="TableException">It is missing or empty.</exception>
    public string Required(string attribute) => Text(attribute) is { Length: > 0 } text
        ? text
        : throw new TableException($"{_place}: bad string length 0 < 1: {attribute} = {Text(attribute)}");

    /// <exception cref="TableException">It is no number, or out of range.</exception>
    public int Number(string attribute, int otherwise, int least = 0, int most = int.MaxValue)
    {
        if (_find(attribute) is not { } text)
        {
            return otherwise;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            throw new TableException($"{_place}: bad numerical configuration: {attribute} = {text}");
        }

        if (number < least || number > most)
        {
            throw new TableException($"{_place}: invalid {attribute} parameter value {number} {(number < least ? "<" : ">")} {(number < least ? least : most)}");
        }

        return number;
    }

    /// <exception cref="TableException">It is neither yes nor no.</exception>
    public bool Flag(string attribute, bool otherwise) => _find(attribute) switch
    {
        null => otherwise,
        { } text when Ascii.EqualsIgnoreCase(text, "yes") => true,
        { } text when Ascii.EqualsIgnoreCase(text, "no") => false,
        { } text => throw new TableException($"{_place}: bad boolean configuration: {attribute} = {text}"),
    };

    /// <summary>A number of seconds, or with a letter of minutes, hours, days or weeks.</summary>
    /// <exception cref="TableException">It is no time.</exception>
    public int Seconds(string attribute, int otherwise)
    {
        if (_find(attribute) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        int unit = Ascii.ToLower(text[^1..]) switch
        {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => 0,
        };
        return int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= int.MaxValue / Math.Max(1, unit)
            ? number * Math.Max(1, unit)
            : throw new TableException($"{_place}: bad numerical configuration: {attribute} = {text}");
    }

    /// <summary>The elements of a list, between commas and white space.</summary>
    public string[] List(string attribute, string otherwise = "") =>
        Text(attribute, otherwise).Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static bool IsSecret(string name) => name.Contains("pass", StringComparison.Ordinal) || name.EndsWith("_pw", StringComparison.Ordinal);

    private static (string Key, string Value) Split(LogicalLine line, string path)
    {
        string text = line.Text;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string key = (equals < 0 ? text : text[..equals]).Trim(' ', '\t', '\r', '\n', '\v', '\f');
        if (key.Length == 0)
        {
            throw new TableException($"{path}, {line.Place}: missing attribute name: \"{text}\"");
        }

        // The text may hold a password: it is not shown.
        return equals >= 0 && key.AsSpan().IndexOfAny(' ', '\t') < 0
            ? (key, text[(equals + 1)..].Trim(' ', '\t', '\r', '\n', '\v', '\f'))
            : throw new TableException($"{path}, {line.Place}: missing '=' after attribute name");
    }
}

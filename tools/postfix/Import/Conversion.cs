namespace Mta.Postfix.Import;

/// <summary>What became of another mail system's configuration: settings, tables, and what was not understood.</summary>
internal sealed class Conversion
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, List<string>> _settings = new(StringComparer.Ordinal);

    /// <summary>Tables by name, line by line.</summary>
    public SortedDictionary<string, List<string>> Tables { get; } = new(StringComparer.Ordinal);

    /// <summary>file:line: what it is about. The administrator has to look at each.</summary>
    public List<string> NotUnderstood { get; } = [];

    /// <summary>Sets a parameter, in place of what it had.</summary>
    public void Set(string name, string value)
    {
        Words(name).Clear();
        Words(name).Add(value);
    }

    /// <summary>Adds to a parameter's list, unless it is there.</summary>
    public void Add(string name, params ReadOnlySpan<string> values)
    {
        List<string> words = Words(name);
        foreach (string value in values)
        {
            if (!words.Contains(value))
            {
                words.Add(value);
            }
        }
    }

    /// <summary>Puts text behind the last value of a parameter that is set.</summary>
    public void AppendTo(string name, string text) => _settings[name][^1] += text;

    public bool Has(string name) => _settings.ContainsKey(name);

    /// <summary>One row of a table; a key that is there keeps its first value.</summary>
    public void Row(string table, string key, string value)
    {
        if (!Tables.TryGetValue(table, out List<string>? rows))
        {
            Tables[table] = rows = [];
        }

        if (!HasRow(table, key))
        {
            rows.Add($"{key} {value}");
        }
    }

    public bool HasRow(string table, string key) =>
        Tables.TryGetValue(table, out List<string>? rows) && rows.Exists(row => row.StartsWith(key + " ", StringComparison.OrdinalIgnoreCase));

    /// <summary>How main.cf names a table of this conversion.</summary>
    public static string TableName(string name) => $"hash:$config_directory/{name}";

    public void Unclear(string file, int line, string what) => NotUnderstood.Add($"{file}:{line}: {what}");

    public string MainCf(string origin) =>
        $"# Made of {origin}. What was not understood was reported; the rest has its default.\ncompatibility_level = 3.6\n"
        + string.Concat(_order.Select(name => $"{name} = {string.Join(", ", _settings[name])}".TrimEnd() + "\n"));

    private List<string> Words(string name)
    {
        if (!_settings.TryGetValue(name, out List<string>? words))
        {
            _settings[name] = words = [];
            _order.Add(name);
        }

        return words;
    }

    /// <summary>Lines of "key value" tables: no comments, no empty lines.</summary>
    public static IEnumerable<(int Line, string Key, string Value)> RowsOf(string text)
    {
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string row = line.Trim();
            if (row.Length == 0 || row[0] == '#')
            {
                continue;
            }

            int end = row.AsSpan().IndexOfAny(' ', '\t');
            yield return end < 0 ? (number, row, "") : (number, row[..end], row[end..].Trim());
        }
    }

    /// <summary>192.168 or 10.1.2 (the beginning of addresses) as a network; an address as it is; null when it is neither.</summary>
    public static string? Network(string text)
    {
        if (text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
        {
            return System.Net.IPAddress.TryParse(text[5..], out _) ? $"[{text[5..]}]" : null;
        }

        string[] parts = text.TrimEnd('.').Split('/')[0].Split('.');
        if (parts.Length is < 1 or > 4 || !parts.All(static part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && int.Parse(part) <= 255))
        {
            return null;
        }

        if (text.Contains('/'))
        {
            return text;
        }

        return parts.Length == 4 ? text : $"{string.Join('.', [.. parts, .. Enumerable.Repeat("0", 4 - parts.Length)])}/{parts.Length * 8}";
    }
}

using Mta.Linux;
using Mta.Text;

namespace Mta.Config;

/// <summary>One assignment of main.cf, as written: white space around name and value removed, nothing expanded.</summary>
public readonly record struct MainCfEntry(int Line, string Name, string Value);

/// <summary>main.cf as read: assignments in the order of the file, and what had to be warned about.</summary>
public sealed class MainCf
{
    private MainCf(string path, List<MainCfEntry> entries, List<string> warnings)
    {
        Path = path;
        Entries = entries;
        Warnings = warnings;
    }

    public string Path { get; }

    /// <summary>Every assignment; where a name is assigned twice, the last one counts.</summary>
    public IReadOnlyList<MainCfEntry> Entries { get; }

    /// <summary>Texts as after <c>warning: </c>.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <exception cref="ConfigurationException">The file cannot be read, or a line is not an assignment.</exception>
    public static MainCf Load(string path)
    {
        try
        {
            return Parse(TextFile.Read(path), path);
        }
        catch (LinuxException error)
        {
            throw new ConfigurationException($"{error.Call} {path}: {error.Reason}", error);
        }
    }

    /// <exception cref="ConfigurationException">A line is not an assignment.</exception>
    public static MainCf Parse(string text, string path)
    {
        var warnings = new List<string>();
        var entries = new List<MainCfEntry>();
        var seen = new Dictionary<string, string>();
        foreach (LogicalLine line in LogicalLines.Split(text, orphan => warnings.Add($"{path}: logical line must not start with whitespace: \"{orphan}\"")))
        {
            MainCfEntry entry = ParseLine(line, path);
            if (seen.TryGetValue(entry.Name, out string? earlier) && earlier != entry.Value)
            {
                warnings.Add($"{path}, line {line.Number}: overriding earlier entry: {entry.Name}={earlier}");
            }

            seen[entry.Name] = entry.Value;
            entries.Add(entry);
        }

        return new MainCf(path, entries, warnings);
    }

    /// <summary>Splits <c>name = value</c>.</summary>
    /// <exception cref="FormatException">The text is not an assignment; the message says why.</exception>
    public static (string Name, string Value) SplitAssignment(string text)
    {
        int start = 0;
        while (start < text.Length && Ascii.IsSpace(text[start]))
        {
            start++;
        }

        int end = start;
        while (end < text.Length && !Ascii.IsSpace(text[end]) && text[end] != '=')
        {
            end++;
        }

        if (end == start)
        {
            throw new FormatException($"missing attribute name: \"{text}\"");
        }

        int equals = end;
        while (equals < text.Length && Ascii.IsSpace(text[equals]))
        {
            equals++;
        }

        if (equals == text.Length || text[equals] != '=')
        {
            throw new FormatException($"missing '=' after attribute name: \"{text}\"");
        }

        int value = equals + 1;
        while (value < text.Length && Ascii.IsSpace(text[value]))
        {
            value++;
        }

        int last = text.Length;
        while (last > value && Ascii.IsSpace(text[last - 1]))
        {
            last--;
        }

        return (text[start..end], text[value..last]);
    }

    private static MainCfEntry ParseLine(LogicalLine line, string path)
    {
        try
        {
            (string name, string value) = SplitAssignment(line.Text);
            return new MainCfEntry(line.Number, name, value);
        }
        catch (FormatException error)
        {
            throw new ConfigurationException($"{path}, line {line.Number}: {error.Message}");
        }
    }
}

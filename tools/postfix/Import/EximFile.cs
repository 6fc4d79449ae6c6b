using System.Buffers;
using System.Text;

namespace Mta.Postfix.Import;

/// <summary>An option of Exim's configuration, or a condition of an access list. Without "=": the value is "true".</summary>
internal readonly record struct EximOption(int Line, string Name, string Value);

/// <summary>A router, transport, authenticator, or a statement of an access list: its name (or verb) and its options.</summary>
internal sealed record EximBlock(int Line, string Name, List<EximOption> Options)
{
    public string? Get(string name) => Options.FindLast(option => option.Name == name) is { Name: not null } found ? found.Value : null;
}

/// <summary>
/// Reads Exim's configuration file: sections, options, blocks of options, lists of access rules, macros (NAME = value,
/// put in by text), parts that stand under .ifdef. A macro of Exim's own (its name begins with an underscore and tells
/// what was built in) counts as defined. Files that are included are reported.
/// </summary>
internal sealed class EximFile
{
    private static readonly string[] Verbs = ["accept", "deny", "drop", "require", "warn", "defer", "discard"];

    private static readonly SearchValues<char> MacroLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly List<(string Name, string Value)> _macros = [];

    // Of the .ifdef that are open: whether lines count now, and whether a branch has counted already.
    private readonly Stack<(bool IsOn, bool WasOn)> _conditions = new();

    public List<EximOption> Main { get; } = [];

    public Dictionary<string, List<EximBlock>> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines that fit nowhere.</summary>
    public List<(int Line, string Text)> Unread { get; } = [];

    /// <summary>What stands in sections of lines: retry, rewrite.</summary>
    public List<(int Line, string Section, string Text)> Rows { get; } = [];

    public static EximFile Parse(string text)
    {
        var file = new EximFile();
        string section = "";
        EximBlock? block = null;
        foreach ((int line, string logical) in LogicalLines(text))
        {
            string row = logical;
            if (row.StartsWith('.') && file.IsCondition(row))
            {
                continue;
            }

            if (file._conditions.Any(static one => !one.IsOn))
            {
                continue;
            }

            if (row.StartsWith('.'))
            {
                file.Unread.Add((line, row));
                continue;
            }

            if (char.IsAsciiLetterUpper(row[0]) && row.IndexOf('=') is > 0 and var at && row.AsSpan(0, at).Trim().IndexOfAnyExcept(MacroLetters) < 0)
            {
                file.Define(row[..at].Trim(), file.Expanded(row[(at + 1)..].TrimStart('=').Trim()));
                continue;
            }

            row = file.Expanded(row);
            if (row.Length == 0)
            {
                continue;
            }

            if (row.StartsWith("begin ", StringComparison.Ordinal))
            {
                section = row["begin ".Length..].Trim();
                file.Sections.TryAdd(section, []);
                block = null;
            }
            else if (section.Length == 0)
            {
                file.Main.Add(Option(line, row));
            }
            else if (section is "retry" or "rewrite")
            {
                file.Rows.Add((line, section, row));
            }
            else if (section == "acl" && row.Split([' ', '\t'], 2) is var words && Verbs.Contains(words[0]))
            {
                block = new EximBlock(line, words[0], words.Length > 1 && words[1].Trim().Length > 0 ? [Option(line, words[1].Trim())] : []);
                file.Sections[section].Add(block);
            }
            else if (row.EndsWith(':') && !row.Contains('='))
            {
                block = new EximBlock(line, row[..^1].Trim(), []);
                if (section != "acl")
                {
                    file.Sections[section].Add(block);
                }
            }
            else if (block is not null)
            {
                block.Options.Add(Option(line, row));
            }
            else
            {
                file.Unread.Add((line, row));
            }
        }

        return file;
    }

    private string Expanded(string text)
    {
        foreach ((string name, string value) in _macros)
        {
            text = text.Replace(name, value, StringComparison.Ordinal);
        }

        return text;
    }

    // A second definition (==) takes the place of the first.
    private void Define(string name, string value)
    {
        int known = _macros.FindIndex(macro => macro.Name == name);
        if (known < 0)
        {
            _macros.Add((name, value));
        }
        else
        {
            _macros[known] = (name, value);
        }
    }

    // True when the line was a part of a condition.
    private bool IsCondition(string row)
    {
        string[] words = row.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        bool isDefined = words.Skip(1).Any(word => word[0] == '_' || _macros.Exists(macro => macro.Name == word));
        switch (words[0])
        {
            case ".ifdef" or ".ifndef":
                bool isOn = isDefined == (words[0] == ".ifdef");
                _conditions.Push((isOn, isOn));
                return true;
            case ".elifdef" or ".elifndef" or ".else" when _conditions.TryPop(out (bool IsOn, bool WasOn) before):
                bool isNow = !before.WasOn && (words[0] == ".else" || isDefined == (words[0] == ".elifdef"));
                _conditions.Push((isNow, before.WasOn || isNow));
                return true;
            case ".endif":
                return _conditions.TryPop(out _);
            default:
                return false;
        }
    }

    private static EximOption Option(int line, string row)
    {
        if (row.StartsWith("hide ", StringComparison.Ordinal))
        {
            row = row["hide ".Length..].Trim();
        }

        int equals = row.IndexOf('=');
        return equals < 0 ? new EximOption(line, row.Trim(), "true") : new EximOption(line, row[..equals].Trim(), Unquoted(row[(equals + 1)..].Trim()));
    }

    private static string Unquoted(string value) =>
        value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : value;

    // A backslash at the end goes on with the next line, without its leading blanks; comments in between do not count.
    private static IEnumerable<(int Line, string Text)> LogicalLines(string text)
    {
        var current = new StringBuilder();
        int number = 0;
        int first = 0;
        foreach (string physical in text.Split('\n'))
        {
            number++;
            string row = physical.Trim();
            if (row.StartsWith('#') || (row.Length == 0 && current.Length == 0))
            {
                continue;
            }

            first = current.Length == 0 ? number : first;
            current.Append(row);
            if (row.EndsWith('\\'))
            {
                current.Length--;
                continue;
            }

            if (current.Length > 0)
            {
                yield return (first, current.ToString());
            }

            current.Clear();
        }
    }

    /// <summary>The words of a list: separated by colons, of which two stand for one, or by what "&lt;x" names.</summary>
    public static List<string> List(string text)
    {
        char separator = ':';
        text = text.Trim();
        if (text.Length > 1 && text[0] == '<')
        {
            separator = text[1];
            text = text[2..];
        }

        string doubled = new(separator, 2);
        return [.. text.Replace(doubled, "\u0001", StringComparison.Ordinal).Split(separator).Select(word => word.Replace('\u0001', separator).Trim()).Where(static word => word.Length > 0)];
    }
}

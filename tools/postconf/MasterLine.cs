using System.Text;
using Mta.Config;
using Mta.Text;

namespace Mta.Postconf;

/// <summary>An argument of a service's command: a word, or a setting <c>-o name=value</c>.</summary>
/// <param name="Word">As written in normal form: <c>{...}</c> around what holds blanks.</param>
/// <param name="Name">Of a setting; null for a word.</param>
internal readonly record struct MasterArgument(string Word, string? Name, string Value)
{
    public bool IsOption => Name is not null || (Word.Length > 1 && Word[0] == '-');

    public static MasterArgument Setting(string name, string value) => new("", name, value);

    public string Text => Name is null ? Word : $"-o {Braced($"{Name}={Value}")}";

    public static string Braced(string text) => text.AsSpan().IndexOfAny(" \t\r\n") >= 0 ? $"{{{text}}}" : text;
}

/// <summary>One entry of master.cf, for showing and editing.</summary>
internal sealed class MasterLine
{
    /// <summary>Names of the first seven fields, and of the command with all its arguments.</summary>
    public static readonly string[] FieldNames = ["service", "type", "private", "unprivileged", "chroot", "wakeup", "process_limit", "command"];

    private static readonly int[] Columns = [0, 11, 17, 25, 33, 41, 49, 57];

    // Options of daemons that take an argument; the word behind them is no option.
    private const string WithArgument = "imnorst";
    private const string Blanks = " \t\r\n";

    private MasterLine(string[] fields, List<MasterArgument> arguments)
    {
        Fields = fields;
        Arguments = arguments;
    }

    /// <summary>The first eight fields as written; the eighth is the program's name.</summary>
    public string[] Fields { get; }

    public List<MasterArgument> Arguments { get; }

    public string Service => Fields[0];

    public string Type => Fields[1];

    public string Command => Fields[7];

    /// <summary>All settings among the options.</summary>
    public IEnumerable<(string Name, string Value)> Overrides =>
        Arguments.Where(static a => a.Name is not null).Select(static a => (a.Name!, a.Value)); // filtered

    /// <summary>
    /// Reads an entry with less severity than the master: what can be shown is shown, so that it can be mended.
    /// </summary>
    /// <param name="where">What stands before "bad field count", or behind it when it is a request.</param>
    /// <exception cref="FatalException">The text is no entry.</exception>
    public static MasterLine FromText(string text, string where, bool isRequest = false)
    {
        string[] words = text.Split(Blanks.ToCharArray(), 9, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 8)
        {
            throw new FatalException(isRequest ? $"bad field count: \"{where}\"" : $"{where}: bad field count");
        }

        for (int i = 1; i < 7; i++)
        {
            DemandValid(i, words[i], text);
        }

        return new MasterLine(words[..8], Parse(words.Length > 8 ? Words(words[8]) : []));
    }

    /// <exception cref="FatalException">A field cannot have this value.</exception>
    public static void DemandValid(int field, string value, string text)
    {
        bool isValid = FieldNames[field] switch
        {
            "type" => MasterCf.TryParseType(value, out _),
            "private" or "unprivileged" or "chroot" => value is "-" or "y" or "n",
            "wakeup" => IsNumber(value.EndsWith('?') ? value[..^1] : value),
            "process_limit" => value.Length > 0 && IsNumber(value),
            _ => value.Length > 0,
        };
        if (!isValid)
        {
            throw new FatalException($"invalid {FieldNames[field]} field \"{value}\" in \"{text}\"");
        }
    }

    private static bool IsNumber(string text) => text == "-" || text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    // Words, {...} with all the braces inside it as one.
    private static List<string> Words(string text)
    {
        List<string> words = [];
        ReadOnlySpan<char> rest = text.AsSpan().Trim(Blanks);
        while (!rest.IsEmpty)
        {
            int end = 0;
            int brace = rest[0] == '{' ? 0 : rest.StartsWith("-o{") ? 2 : -1;
            if (brace >= 0)
            {
                int depth = 0;
                end = brace;
                do
                {
                    depth += rest[end] switch { '{' => 1, '}' => -1, _ => 0 };
                    end++;
                }
                while (depth > 0 && end < rest.Length);
                if (depth > 0)
                {
                    Warnings.Write($"master.cf: missing '}}' in \"{rest[brace..]}\"");
                    words.Add($"{rest}}}");
                    return words;
                }
            }

            int blank = rest[end..].IndexOfAny(Blanks);
            int length = blank < 0 ? rest.Length : end + blank;
            if (brace >= 0 && length > end)
            {
                Warnings.Write($"master.cf: syntax error after '}}' in \"{rest[brace..length]}\"");
                words.Add(rest[..end].ToString());
            }
            else
            {
                words.Add(rest[..length].ToString());
            }

            rest = rest[length..].TrimStart(Blanks);
        }

        return words;
    }

    /// <summary>The command with all arguments, single blanks between them.</summary>
    public string CommandText(Func<string, string>? expand = null)
    {
        StringBuilder text = new(Command);
        foreach (MasterArgument argument in Arguments)
        {
            text.Append(' ').Append((expand is null || argument.Name is null ? argument : argument with { Value = expand(argument.Value) }).Text);
        }

        return text.ToString();
    }

    public void SetCommand(string text, string request)
    {
        MasterLine parsed = FromText($"x unix - - - - - {text}", request, isRequest: true);
        Fields[7] = parsed.Command;
        Arguments.Clear();
        Arguments.AddRange(parsed.Arguments);
    }

    /// <summary>Sets or adds a setting, behind the options that are there.</summary>
    public void SetOverride(string name, string value)
    {
        bool isFound = false;
        for (int i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i].Name == name)
            {
                Arguments[i] = MasterArgument.Setting(name, value);
                isFound = true;
            }
        }

        if (isFound)
        {
            return;
        }

        int end = 0;
        while (end < Arguments.Count && Arguments[end].IsOption)
        {
            end++;
        }

        Arguments.Insert(end, MasterArgument.Setting(name, value));
    }

    /// <summary>The whole entry with aligned fields.</summary>
    /// <param name="folds">Each setting on a line of its own, other words folded.</param>
    public string Text(bool folds, Func<string, string>? expand = null)
    {
        StringBuilder text = new();
        for (int i = 0; i < Fields.Length; i++)
        {
            if (i > 0)
            {
                int blanks = Math.Max(1, Columns[i] - text.Length);
                text.Append(' ', blanks);
            }

            text.Append(Fields[i]);
        }

        return folds ? Folded(text, expand) : text.Append(CommandText(expand).AsSpan(Command.Length)).ToString();
    }

    /// <summary>A command and its arguments behind a heading, folded as the whole entry is.</summary>
    public string FoldedCommand(string heading, Func<string, string>? expand) => Folded(new StringBuilder(heading).Append(Command), expand);

    private string Folded(StringBuilder text, Func<string, string>? expand)
    {
        int column = text.Length;
        bool afterSetting = false;
        foreach (MasterArgument argument in Arguments)
        {
            string word = (expand is null || argument.Name is null ? argument : argument with { Value = expand(argument.Value) }).Text;
            bool isSetting = argument.Name is not null;
            if (isSetting || afterSetting || column + 1 + word.Length > 80)
            {
                text.Append("\n    ").Append(word);
                column = 4 + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }

            afterSetting = isSetting;
        }

        return text.ToString();
    }

    // Options end at the first word that is none, as getopt sees it.
    private static List<MasterArgument> Parse(List<string> words)
    {
        List<MasterArgument> arguments = [];
        int at = 0;
        while (at < words.Count && words[at].Length > 1 && words[at][0] == '-' && words[at] != "--")
        {
            string word = words[at];
            int letter = 1;
            while (letter < word.Length && !WithArgument.Contains(word[letter]))
            {
                letter++;
            }

            if (letter == word.Length)
            {
                arguments.Add(new MasterArgument(word, null, ""));
                at++;
                continue;
            }

            bool isAttached = letter + 1 < word.Length;
            if (!isAttached && at + 1 == words.Count)
            {
                break;
            }

            string argument = isAttached ? word[(letter + 1)..] : words[at + 1];
            if (word[letter] == 'o' && TrySplit(argument, out string name, out string value))
            {
                if (letter > 1)
                {
                    arguments.Add(new MasterArgument(word[..letter], null, ""));
                }

                arguments.Add(MasterArgument.Setting(name, value));
            }
            else
            {
                arguments.Add(new MasterArgument(word, null, ""));
                if (!isAttached)
                {
                    arguments.Add(new MasterArgument(argument, null, ""));
                }
            }

            at += isAttached ? 1 : 2;
        }

        for (; at < words.Count; at++)
        {
            arguments.Add(new MasterArgument(words[at], null, ""));
        }

        return arguments;
    }

    private static bool TrySplit(string argument, out string name, out string value)
    {
        string text = argument.StartsWith('{') && argument.EndsWith('}') ? argument[1..^1] : argument;
        name = value = "";
        try
        {
            (name, value) = MainCf.SplitAssignment(text);
            return true;
        }
        catch (FormatException error)
        {
            // Without braces the daemon will say it.
            if (text.Length < argument.Length)
            {
                Warnings.Write($"master.cf: {error.Message}");
            }

            return false;
        }
    }
}

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

    public static MasterLine From(MasterEntry entry) => new([.. entry.Fields.Take(8)], Parse([.. entry.Fields.Skip(8)]));

    /// <exception cref="FatalException">The text is no entry.</exception>
    public static MasterLine FromText(string text, string request)
    {
        try
        {
            return From(MasterCf.Parse(text, "request")[0]);
        }
        catch (ConfigurationException error)
        {
            string reason = error.Message.Contains("missing", StringComparison.Ordinal) ? "bad field count" : error.Message[(error.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            throw new FatalException($"{reason}: \"{request}\"", error);
        }
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
        MasterLine parsed = FromText($"x unix - - - - - {text}", request);
        Fields[7] = parsed.Command;
        Arguments.Clear();
        Arguments.AddRange(parsed.Arguments);
    }

    /// <summary>Sets or adds a setting, behind the options that are there.</summary>
    public void SetOverride(string name, string value)
    {
        int index = Arguments.FindIndex(argument => argument.Name == name);
        if (index >= 0)
        {
            Arguments[index] = MasterArgument.Setting(name, value);
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
            if (word[letter] == 'o' && letter == 1 && TrySplit(argument, out string name, out string value))
            {
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
        catch (FormatException)
        {
            return false;
        }
    }
}

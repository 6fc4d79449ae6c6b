using System.Text;
using System.Text.RegularExpressions;

namespace Mta.Differential;

/// <summary>Every option of every command stands in a case, and every command has cases that go wrong.</summary>
public sealed partial class OptionCoverageTests
{
    private const int LeastErrors = 3;

    // As getopt(3) has them: a colon follows a letter that takes a value. Aliases are what setups call the command.
    private static readonly Dictionary<string, (string Options, string[] Names)> Commands = new()
    {
        ["sendmail"] = ("A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx", ["sendmail"]),
        ["postalias"] = ("c:d:finNopq:rsuUvw", ["postalias"]),
        ["postcat"] = ("bc:defhoqrs:v", ["postcat"]),
        ["postconf"] = ("aAbc:C:defFhHjlmMno:pPtT:vxX#", ["postconf"]),
        ["postdrop"] = ("c:rv", ["postdrop"]),
        ["postfix"] = ("c:Dv", ["postfix"]),
        ["postkick"] = ("c:v", ["postkick"]),
        ["postlock"] = ("c:l:v", ["postlock"]),
        ["postlog"] = ("c:ip:t:v", ["postlog"]),
        ["postmap"] = ("bc:d:fFhimnNopq:rsuUvw", ["postmap"]),
        ["postmulti"] = ("ae:g:i:G:I:lpRvx", ["postmulti", "m"]),
        ["postqueue"] = ("c:fi:jps:v", ["postqueue"]),
        ["postsuper"] = ("c:d:e:f:h:H:pr:sSv", ["postsuper"]),
        ["qshape"] = ("spm:lb:t:w:N:n:c:", ["qshape"]),
    };

    // What an option of sendmail means depends on the letter behind it.
    private static readonly string[] SendmailModes = ["bd", "bH", "bh", "bi", "bl", "bm", "bp", "bs", "bv", "oA", "o7", "o8", "oi", "om", "qI", "qR", "XV"];

    public static TheoryData<string> Names => [.. Commands.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_option_is_in_a_case(string command)
    {
        HashSet<string> used = [.. Repository.EveryCase.SelectMany(made => Used(command, made.Run))];
        IEnumerable<string> wanted = Commands[command].Options.Where(static letter => letter != ':').Select(static letter => $"{letter}");
        wanted = command == "sendmail" ? wanted.Concat(SendmailModes) : wanted;
        List<string> missing = [.. wanted.Where(option => !used.Contains(option))];
        Assert.True(missing.Count == 0, $"{command}: no case has -{string.Join(", -", missing)}");
    }

    [ComparisonTheory]
    [MemberData(nameof(Names))]
    public void Every_command_goes_wrong_in_some_cases(string command)
    {
        if (Repository.AllCases.Count < Repository.EveryCase.Count)
        {
            return; // Only some cases were asked for.
        }

        List<DifferentialCase> cases = [.. Repository.AllCases.Where(made => made.Suite.StartsWith(command + "/", StringComparison.Ordinal))];
        int errors = cases.Count(static made => Comparisons.Of(made).Postfix is { } outcome && Complaint().IsMatch(outcome));
        Assert.True(errors >= LeastErrors, $"{command}: {errors} of {cases.Count} cases go wrong with Postfix");
    }

    [Theory]
    [InlineData("postmap -q - -bh x <f", "q b h")]
    [InlineData("cd x; postmap -fq 'a b' x -s", "f q")]
    [InlineData("./in 'postmap -r x && postmap -- -w'", "r")]
    [InlineData("echo postmapx -w | postmap", "")]
    public void Options_are_found_as_the_command_would(string run, string options) =>
        Assert.Equal(options.Split(' ', StringSplitOptions.RemoveEmptyEntries), Used("postmap", run).Distinct());

    // The options that a script gives to a command: each letter and, with a value, the letter with the value's first.
    private static IEnumerable<string> Used(string command, string script)
    {
        List<string> words = Words(script);
        for (int i = 0; i < words.Count; i++)
        {
            // A word with blanks is a script within the script.
            if (words[i].Contains(' '))
            {
                foreach (string option in Used(command, words[i]))
                {
                    yield return option;
                }
            }

            if (Commands[command].Names.Contains(words[i][(words[i].LastIndexOf('/') + 1)..]))
            {
                foreach (string option in OptionsAt(words, i + 1, Commands[command].Options))
                {
                    yield return option;
                }
            }
        }
    }

    private static IEnumerable<string> OptionsAt(List<string> words, int at, string options)
    {
        for (; at < words.Count && words[at].Length > 1 && words[at][0] == '-' && words[at] != "--"; at++)
        {
            for (int i = 1; i < words[at].Length; i++)
            {
                char letter = words[at][i];
                int known = options.IndexOf(letter, StringComparison.Ordinal);
                yield return $"{letter}";
                if (known >= 0 && known + 1 < options.Length && options[known + 1] == ':')
                {
                    if (i + 1 < words[at].Length)
                    {
                        yield return $"{letter}{words[at][i + 1]}";
                    }
                    else
                    {
                        at++;
                    }

                    break;
                }
            }
        }
    }

    // Quotes are taken off; an operator of the shell is a word of its own.
    private static List<string> Words(string script)
    {
        List<string> words = [];
        var word = new StringBuilder();
        bool isWord = false;
        char quote = '\0';
        foreach (char c in script)
        {
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                word.Append(quote == '\0' ? "" : c);
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                isWord = true;
            }
            else if (char.IsWhiteSpace(c) || c is ';' or '|' or '&' or '(' or ')' or '<' or '>' or '`')
            {
                End();
                if (!char.IsWhiteSpace(c))
                {
                    words.Add($"{c}");
                }
            }
            else
            {
                isWord = true;
                word.Append(c);
            }
        }

        End();
        return words;

        void End()
        {
            if (isWord)
            {
                words.Add(word.Length > 0 ? word.ToString() : "''");
            }

            word.Clear();
            isWord = false;
        }
    }

    [GeneratedRegex(@"fatal: |error: |warning: |usage|invalid option|Can't stat|exit [1-9]", RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();
}

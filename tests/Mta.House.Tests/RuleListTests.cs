using Mta.Config;
using Mta.Config.Parameters;

namespace Mta.House.Tests;

/// <summary>
/// <c>tests/differential/rules.txt</c> says for every action, filter's edit and parameter where it is tried. The names
/// come from elsewhere: the actions from header_checks(5), the edits from the protocol, the parameters from their declarations.
/// </summary>
public sealed class RuleListTests
{
    private static readonly string[] Actions =
        ["REJECT", "WARN", "INFO", "FILTER", "PASS", "DISCARD", "HOLD", "PREPEND", "REPLACE", "REDIRECT", "BCC", "STRIP", "IGNORE", "DUNNO", "unknown action"];

    private static readonly string[] Edits =
    [
        "add header", "insert header", "change header", "delete header", "replace body", "change sender", "add recipient", "add recipient with arguments", "delete recipient", "quarantine",
    ];

    // OK is a word of access tables that the checks take too; those for filters' headers do not say so.
    private static IEnumerable<string> Names()
    {
        foreach (string table in (string[])["header_checks", "mime_header_checks", "nested_header_checks", "body_checks"])
        {
            foreach (string action in (string[])[.. Actions, "OK"])
            {
                yield return $"{table} {action}";
            }
        }

        foreach (string action in Actions)
        {
            yield return $"milter_header_checks {action}";
        }

        foreach (string edit in Edits)
        {
            yield return $"milter {edit}";
        }

        foreach (Parameter parameter in (Parameter[])[.. CleanupParameters.All, .. TrivialRewriteParameters.All, .. BounceParameters.All, GlobalParameters.NotifyClasses])
        {
            if (!UnreadParameters.All.ContainsKey(parameter.Name) && !ParametersWithoutEffect.All.ContainsKey(parameter.Name))
            {
                yield return parameter.Name;
            }
        }
    }

    [Fact]
    public void The_list_has_every_rule_once()
    {
        List<string> listed = [.. Rows().Select(static row => row[0])];
        Assert.Equal(Names().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_place_is_there()
    {
        string sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        List<string> wrong = [];
        foreach (string[] row in Rows())
        {
            foreach (string place in row[1..])
            {
                int colon = place.IndexOf(": ", StringComparison.Ordinal);
                string what = colon < 0 ? "" : place[(colon + 2)..];
                bool isThere = place.Split(':')[0] switch
                {
                    _ when what.Length == 0 => false,
                    "none" => true,
                    "test" => sources.Contains($"class {what.Split('.')[0]}", StringComparison.Ordinal) && sources.Contains($" {what.Split('.')[1]}(", StringComparison.Ordinal),
                    string file => HasCase(file, what),
                };
                if (!isThere)
                {
                    wrong.Add($"{row[0]}: {place}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // What acts in a case is in the table or among the settings of its file.
    [Fact]
    public void What_a_rule_does_is_seen_where_the_rule_is()
    {
        List<string> wrong = [];
        foreach (string[] row in Rows().Where(static row => row[0].Contains("_checks ", StringComparison.Ordinal) && !row[0].EndsWith("unknown action", StringComparison.Ordinal)))
        {
            string file = row[1].StartsWith("none", StringComparison.Ordinal) ? row[3] : row[1];
            string text = File.ReadAllText(Path.Combine(Repository.Root, $"tests/differential/{file.Split(':')[0]}.txt"));
            string[] words = row[0].Split(' ');
            if (!text.Contains($"\n{words[0]} = ", StringComparison.Ordinal) || !text.Contains($"/ {words[1]}", StringComparison.Ordinal))
            {
                wrong.Add(row[0]);
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string[]> Rows()
    {
        foreach (string line in File.ReadAllLines(Path.Combine(Repository.Root, "tests/differential/rules.txt")))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                string[] cells = line.Split(" | ");
                Assert.True(cells.Length == 4, line);
                yield return cells;
            }
        }
    }

    private static bool HasCase(string file, string title)
    {
        string path = Path.Combine(Repository.Root, $"tests/differential/{file}.txt");
        return File.Exists(path) && File.ReadAllLines(path).Contains($"== {title}");
    }
}

using System.Net;
using System.Text;
using Mta.Fuzz;
using Mta.Tables.Source;

namespace Mta.Tables.Tests.Source;

/// <summary>Sources of tables, and what is looked up in them; see tests/fuzz/README.md.</summary>
public sealed class SourceFuzzTests : IDisposable
{
    private static readonly string[] MapWords = ["key value\n", "key:value\n", "\"a b\" c\n", "\\\"", "\\", "\"", "\n ", "\n\t", "#", "\n#\n", " ", "\t", "\0", "\r\n", "\u00c3\u00a4", "\u00ff", "\v", "\f"];

    private static readonly string[] PatternWords =
    [
        "/a/ b\n", "!/a/ b\n", "if /a/\n", "if !/b/\n", "endif\n", "10.0.0.0/8 x\n", "!10.1.2.3 y\n", "2001:db8::/32 z\n", "::/0 ", "/33", "\n ", "#", "(", ")", "[", "]", "{2}", "*", "?", "|", "\\", "$1", "${2}", "$$", "$", "/i", "/x", "\0", "\u00c3\u00a4", "\u00ff", "(?R)", "(?:",
    ];

    private static readonly string[] Subjects = ["", "a", "b1", "10.1.2.3", "2001:db8::1", "a b", "\u00ff"];

    private readonly TestTables _tables = new();
    private readonly string _path;

    public SourceFuzzTests() => _path = Path.Combine(_tables.Directory, "table");

    public void Dispose() => _tables.Dispose();

    [Fact]
    public void Any_source_of_a_map_is_what_a_plain_reader_finds() => FuzzRun.Play("maps", MapWords, input => Map(input, static key => key));

    // A quoted key loses its quotes.
    [Fact]
    public void A_changed_key_is_found() => FuzzRun.Finds("maps", MapWords, input => Map(input, static key => key.Length > 9 ? key.Replace("\"", "", StringComparison.Ordinal) : key));

    // A rule that is in order counts, whatever stands behind it.
    [Fact]
    public void A_table_of_any_rules_opens_and_answers_or_says_why() => FuzzRun.Play("patterns", PatternWords, input => Patterns(input, static answer => answer));

    // Rules behind it count instead of it.
    [Fact]
    public void A_rule_that_does_not_count_is_found() => FuzzRun.Finds("patterns", PatternWords, input => Patterns(input, answer => Encoding.Latin1.GetString(input).Contains("(?R)", StringComparison.Ordinal) ? "-" : answer));

    private static string? Map(byte[] input, Func<string, string> plant)
    {
        List<(string, string)> want = [];
        foreach (string logical in PlainLines.Of(Encoding.Latin1.GetString(input).Split('\n')))
        {
            string line = logical.Split('\0')[0];
            bool isQuoted = false;
            int end = 0;
            for (; end < line.Length && (isQuoted || !IsSpace(line[end])); end++)
            {
                isQuoted ^= line[end] == '"';
                end += line[end] == '\\' && end + 1 < line.Length ? 1 : 0;
            }

            string value = line[end..].Trim(' ', '\t', '\r', '\v', '\f');
            if (!isQuoted && end > 0 && value.Length > 0)
            {
                want.Add((line[..end], value));
            }
        }

        List<string> warnings = [];
        List<(string, string)> got = [.. MapSource.Read(input, "src", utf8: false, "", warnings.Add).Select(entry => (plant(entry.Key), entry.Value))];
        int same = got.Zip(want).TakeWhile(static pair => pair.First == pair.Second).Count();
        return same != got.Count || same != want.Count ? $"entry {same}: got {got.ElementAtOrDefault(same)}, want {want.ElementAtOrDefault(same)}"
            : warnings.Find(static warning => !warning.StartsWith("src", StringComparison.Ordinal));
    }

    private string? Patterns(byte[] input, Func<string, string> plant)
    {
        foreach ((string type, string rule, string key) in ((string, string, string)[])[("pcre", "/^sure$/ found\n/none such/ x\n", "sure"), ("cidr", "192.0.2.7 found\n192.0.2.8 x\n", "192.0.2.7")])
        {
            // What compiles to megabytes is another test's.
            if (type == "pcre" && input.Length > 2000)
            {
                continue;
            }

            File.WriteAllBytes(_path, [.. Encoding.ASCII.GetBytes(rule), .. input]);
            List<string> warnings = [];
            var registry = new TableRegistry(new TableSettings { RegexpSubjectLimit = 102_400, LmdbMapSize = 65_536, Warning = warnings.Add, Error = warnings.Add });
            if (!registry.TryOpen($"{type}:{_path}", TableFlags.Usual, TableAccess.ReadOnly, out LookupTable? table, out string error))
            {
                if (error.Length == 0)
                {
                    return "refused without a word";
                }

                continue;
            }

            string answer = plant(TestTables.Ask(table, key));
            if (answer != "found")
            {
                return $"{type}: {answer} for a rule that is in order";
            }

            foreach (string subject in Subjects)
            {
                _ = TestTables.Ask(table, subject);
                if (type == "cidr" && !IPAddress.TryParse(subject, out _) && TestTables.Ask(table, subject) != "-")
                {
                    return $"{subject} is in a network";
                }
            }
        }

        return null;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n' or '\v' or '\f';
}

using System.Text;
using System.Text.RegularExpressions;
using Mta.Fuzz;

namespace Mta.Config.Tests;

/// <summary>Settings files as an editor, a script or a broken disk leaves them; see tests/fuzz/README.md.</summary>
public sealed partial class FileFuzzTests
{
    private static readonly string[] MainWords = ["a = b\n", "\n ", "\n\t", "#", "\n#\n", "=", "== ", "${a}", "${a?b}", "${a:b}", "${{$a} == {b} ? {c} : {d}}", "$(a)", "$$", "$", "{", "}", "\0", "\r\n", "\u00c3\u00a4", "inet_interfaces = ", "\v", "\f"];

    private static readonly string[] MasterWords = ["smtp inet n - n - - smtpd\n", "pickup unix n - n 60 1 pickup\n", "  -o a=b\n", "  -o { a = b c }\n", "{", "}", "\n ", "#", "60?", "unix-dgram", "fifo", "pass", " - ", " y ", " n ", "\0", "\t", "..", "/", "127.0.0.1:25", "99999999999", "${a}"];

    [Fact]
    public void Any_main_cf_is_what_a_plain_reader_finds() => FuzzRun.Play("main-cf", MainWords, input => Settings(input, static value => value));

    // What stands behind a second equals sign is lost.
    [Fact]
    public void A_cut_value_is_found() => FuzzRun.Finds("main-cf", MainWords, input => Settings(input, static value => value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? value[..at] : value));

    [Fact]
    public void Any_master_cf_is_what_a_plain_reader_finds() => FuzzRun.Play("master-cf", MasterWords, input => Services(input, static entry => entry));

    // A long time is cut.
    [Fact]
    public void A_cut_time_is_found() => FuzzRun.Finds("master-cf", MasterWords, input => Services(input, static entry => entry.Fields[5].Length > 3 ? entry.Fields[5][..3] : entry.Fields[5]));

    private static string? Settings(byte[] input, Func<string, string> plant)
    {
        string text = Encoding.Latin1.GetString(input);
        List<(string Name, string Value)>? want = [];
        foreach (string line in Lines(text))
        {
            Match match = Assignment().Match(line);
            if (!match.Success)
            {
                want = null;
                break;
            }

            want.Add((match.Groups[1].Value, match.Groups[2].Value));
        }

        List<(string Name, string Value)>? got = null;
        try
        {
            got = [.. MainCf.Parse(text, "main.cf").Entries.Select(entry => (entry.Name, plant(entry.Value)))];
        }
        catch (ConfigurationException error) when (error.Message.StartsWith("main.cf, line ", StringComparison.Ordinal))
        {
            // Not an assignment.
        }

        if (got is null != want is null || (got is not null && !got.SequenceEqual(want!)))
        {
            return $"{(got is null ? "refused" : $"{got.Count} entries")}, want {(want is null ? "a refusal" : $"{want.Count}")}";
        }

        if (got is null)
        {
            return null;
        }

        // Whatever the values say of each other, asking for one ends.
        var values = new Dictionary<string, string>();
        got.ForEach(entry => values[entry.Name] = entry.Value);
        foreach ((_, string value) in got.Take(20))
        {
            try
            {
                _ = new Expander(values.GetValueOrDefault).Expand(value);
            }
            catch (ExpansionException)
            {
                // An answer, too.
            }
        }

        return null;
    }

    private static string? Services(byte[] input, Func<MasterEntry, object> plant)
    {
        string text = Encoding.Latin1.GetString(input);
        List<MasterEntry> entries;
        try
        {
            entries = MasterCf.Parse(text, "master.cf");
        }
        catch (ConfigurationException error)
        {
            bool isInOrder = text.Split('\n').All(static line => line.Length == 0 || line[0] == '#' || PlainServiceForm().IsMatch(line));
            return isInOrder ? $"refused what is in order: {error.Message}"
                : PlaceForm().IsMatch(error.Message) ? null
                : $"an error without a place: {error.Message}";
        }

        List<string> lines = Lines(text);
        if (entries.Count != lines.Count)
        {
            return $"{entries.Count} services, want {lines.Count}";
        }

        for (int i = 0; i < lines.Count; i++)
        {
            MasterEntry entry = entries[i];
            string[] words = lines[i].Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
            string wakeup = plant(entry) as string ?? entry.Fields[5];
            if (entry.Name != words[0] || entry.TypeName != words[1] || wakeup != words[5] || entry.Command != words[7] || entry.WakeupOnlyIfUsed != words[5].EndsWith('?'))
            {
                return $"line {i}: {entry.NameAndType} {wakeup} {entry.Command}, want {lines[i]}";
            }

            if (entry.Type == ServiceType.Inet ? entry.Private is null or true : entry.Name.StartsWith('/') || entry.Name.Split('/').Contains(".."))
            {
                return $"line {i}: {entry.NameAndType} must be refused";
            }

            // Its fields in one line are the same service.
            if (MasterCf.Parse(string.Join(' ', entry.Fields), "f") is not [var again] || !again.Arguments.SequenceEqual(entry.Arguments) || again.NameAndType != entry.NameAndType)
            {
                return $"line {i}: written again it is another service";
            }
        }

        return null;
    }

    // What stands behind a zero byte is not read.
    private static List<string> Lines(string text) => PlainLines.Of(text.Split('\n').Select(static line => line.Split('\0')[0]));

    [GeneratedRegex(@"\A([^ \t\n\v\f\r=]+)[ \t\n\v\f\r]*=[ \t\n\v\f\r]*(.*?)[ \t\n\v\f\r]*\z", RegexOptions.Singleline)]
    private static partial Regex Assignment();

    // Some of what is certainly right.
    [GeneratedRegex(@"\A[a-z]{1,20}[ \t]+unix([ \t]+[-yn]){3}[ \t]+(-|[0-9]{1,4}\??)[ \t]+(-|[0-9]{1,4})[ \t]+[a-z]{1,20}([ \t]+-o[ \t]+[a-z_]+=[a-z]+)*\z")]
    private static partial Regex PlainServiceForm();

    [GeneratedRegex(@"^master\.cf: line [0-9]+: ")]
    private static partial Regex PlaceForm();
}

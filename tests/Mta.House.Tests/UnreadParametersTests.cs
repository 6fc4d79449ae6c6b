using System.Text.RegularExpressions;
using Mta.Config;

namespace Mta.House.Tests;

/// <summary>
/// A parameter that nothing reads is a promise that nobody keeps. Those that are not read stand in
/// <see cref="UnreadParameters"/>, which may only shrink, and takeover-check names them.
/// </summary>
public sealed partial class UnreadParametersTests
{
    private const int Most = 17;
    private const string ListName = "lib/Mta.Config/UnreadParameters.cs";

    [Fact]
    public void Every_declared_parameter_is_read_or_on_the_list()
    {
        HashSet<string> listed = [.. Listed()];
        List<string> unread = [.. Unread().Where(name => !listed.Contains(name)).Order(StringComparer.Ordinal)];
        Assert.True(unread.Count == 0, $"declared and never read: {string.Join(' ', unread)}");
    }

    [Fact]
    public void The_list_names_declared_parameters_only()
    {
        List<string> undeclared = [.. Listed().Except(Declarations().Select(static d => d.Name))];
        Assert.True(undeclared.Count == 0, string.Join(' ', undeclared));
    }

    [Fact]
    public void The_list_shrinks_and_holds_nothing_that_is_read()
    {
        List<string> listed = [.. Listed()];
        Assert.True(listed.Count <= Most, $"{listed.Count} names; it was {Most} already");
        Assert.Equal(listed, Unread().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_has_no_effect_is_declared_and_the_documentation_says_why()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs/COMPATIBILITY.md"));
        HashSet<string> declared = [.. Declarations().Select(static d => d.Name)];
        foreach ((string name, string reason) in ParametersWithoutEffect.All)
        {
            Assert.Contains(name, declared);
            Assert.True(text.Contains($"| `{name}` | {reason} |", StringComparison.Ordinal), $"docs/COMPATIBILITY.md lacks: | `{name}` | {reason} |");
        }
    }

    [Fact]
    public void What_has_no_effect_is_not_on_the_list() =>
        Assert.DoesNotContain(Listed(), ParametersWithoutEffect.All.ContainsKey);

    // They are there for $name in other values: debugger_command, headers, banners.
    private static readonly string[] ForExpansion = ["mail_release_date", "mta_version", "process_id", "process_name"];

    // SERVICE_destination_recipient_limit and its kin are read for every delivery service, by the name of their template.
    private static bool IsOfService(string name) => ServiceParameters.DefaultFor(name) is not null;

    private static IEnumerable<string> Listed() => UnreadParameters.All.Keys;

    // By its declaration (SmtpdParameters.HelloTimeout), by its name in quotes, by a name put together behind a prefix
    // ($"{prefix}_tls_wrappermode"), or through the default of one that is read.
    private static List<string> Unread()
    {
        List<Declaration> declarations = Declarations();
        string root = Repository.Root;
        HashSet<string> words = [];
        HashSet<string> literals = [];
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(root, file);
            if (relative.StartsWith("tests/", StringComparison.Ordinal) || relative is "lib/Mta.Config/ParametersWithoutEffect.cs" or ListName || relative.StartsWith("lib/Mta.Config/Parameters/", StringComparison.Ordinal)
                || relative == "lib/Mta.Config/UnbuiltSettings.cs" || relative == "lib/Mta.Config/ServiceParameters.cs"
                || relative.Contains("/obj/", StringComparison.Ordinal) || relative.Contains("/bin/", StringComparison.Ordinal))
            {
                continue;
            }

            string text = File.ReadAllText(file);
            words.UnionWith(Word().Matches(text).Select(static m => m.Value));
            literals.UnionWith(Quoted().Matches(text).Select(static m => m.Groups[1].Value));
            foreach (Match match in Literal().Matches(text))
            {
                literals.UnionWith(Name().Matches(match.Value).Select(static m => m.Value.TrimStart('_')));
            }
        }

        HashSet<string> read = [.. declarations.Where(declaration => ParametersWithoutEffect.All.ContainsKey(declaration.Name) || ForExpansion.Contains(declaration.Name) || IsOfService(declaration.Name) || IsRead(declaration)).Select(static d => d.Name)];
        Dictionary<string, Declaration> byName = declarations.ToDictionary(static d => d.Name);
        Stack<string> waiting = new(read);
        while (waiting.TryPop(out string? name))
        {
            foreach (Match match in Reference().Matches(byName[name].Default))
            {
                if (byName.ContainsKey(match.Groups[1].Value) && read.Add(match.Groups[1].Value))
                {
                    waiting.Push(match.Groups[1].Value);
                }
            }
        }

        return [.. declarations.Select(static d => d.Name).Where(name => !read.Contains(name))];

        bool IsRead(Declaration declaration)
        {
            string suffix = declaration.Name.StartsWith("smtp_", StringComparison.Ordinal) || declaration.Name.StartsWith("lmtp_", StringComparison.Ordinal) ? declaration.Name[5..] : "";
            return words.Contains($"{declaration.Group}.{declaration.Field}") || literals.Contains(declaration.Name)
                || (suffix.Length > 0 && literals.Contains(suffix))
                || (declaration.Group == "LmtpParameters" && words.Contains($"SmtpParameters.Smtp{declaration.Field[4..]}"));
        }
    }

    private static List<Declaration> Declarations()
    {
        List<Declaration> found = [];
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "lib/Mta.Config/Parameters"), "*.cs"))
        {
            foreach (Match match in DeclarationLine().Matches(File.ReadAllText(file)))
            {
                if (!match.Value.Contains("IsLegacy", StringComparison.Ordinal))
                {
                    found.Add(new Declaration(Path.GetFileNameWithoutExtension(file), match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value));
                }
            }
        }

        return found;
    }

    [GeneratedRegex(@"\b\w+Parameters\.\w+")]
    private static partial Regex Word();

    [GeneratedRegex("\"(?:[^\"\\\\\n]|\\\\.)*\"")]
    private static partial Regex Literal();

    // Also inside what a text interpolates.
    [GeneratedRegex("\"([A-Za-z0-9_]{4,})\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Za-z0-9_]{4,}")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$[({]?(\w+)")]
    private static partial Regex Reference();

    [GeneratedRegex("public static readonly \\w+Parameter (\\w+) = new\\(\"([^\"]+)\"(.*)")]
    private static partial Regex DeclarationLine();

    private sealed record Declaration(string Group, string Field, string Name, string Default);
}

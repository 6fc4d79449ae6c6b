using System.Text;

namespace Mta.Differential;

/// <summary>Where the source tree, the programs under test and the cases are.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    /// <summary>Output directory of build.sh; <c>MTA_BUILD</c> names another.</summary>
    public static readonly string Build = Environment.GetEnvironmentVariable("MTA_BUILD") is { Length: > 0 } build ? build : Path.Combine(Root, "out");

    public static readonly string Cases = Path.Combine(Root, "tests/differential");

    /// <summary>Every case; <c>MTA_CASES</c> keeps those whose suite or name contains it, or one of several (a comma between).</summary>
    public static IReadOnlyList<DifferentialCase> AllCases => _wanted ??= Wanted();

    /// <summary>Whatever <c>MTA_CASES</c> says.</summary>
    public static IReadOnlyList<DifferentialCase> EveryCase { get; } = Load();

    private static IReadOnlyList<DifferentialCase>? _wanted;

    private static List<DifferentialCase> Wanted()
    {
        string[] wanted = (Environment.GetEnvironmentVariable("MTA_CASES") ?? "").Split(',');
        return [.. EveryCase.Where(made => wanted.Any(text => made.ToString().Contains(text, StringComparison.OrdinalIgnoreCase)))];
    }

    private static List<DifferentialCase> Load()
    {
        var cases = new List<DifferentialCase>();
        var common = new Dictionary<string, List<CaseFile.Directive>>();
        AddSetups(common, Cases);
        foreach (string folder in Directory.GetDirectories(Cases).Where(static folder => Path.GetFileName(folder) is not ("bin" or "obj")).Order(StringComparer.Ordinal))
        {
            var setups = new Dictionary<string, List<CaseFile.Directive>>(common);
            AddSetups(setups, folder);
            foreach (string file in Directory.GetFiles(folder, "*.cases").Order(StringComparer.Ordinal))
            {
                string suite = $"{Path.GetFileName(folder)}/{Path.GetFileNameWithoutExtension(file)}";
                cases.AddRange(CaseFile.Parse(Path.GetRelativePath(Root, file), suite, File.ReadAllText(file, Encoding.Latin1), setups));
            }
        }

        return cases;
    }

    private static void AddSetups(Dictionary<string, List<CaseFile.Directive>> setups, string folder)
    {
        foreach (string file in Directory.GetFiles(folder, "*.setups"))
        {
            foreach ((string name, List<CaseFile.Directive> directives) in CaseFile.ParseSetups(Path.GetRelativePath(Root, file), File.ReadAllText(file, Encoding.Latin1)))
            {
                setups[name] = directives;
            }
        }
    }

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Mta.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("the source tree was not found above the test");
    }
}

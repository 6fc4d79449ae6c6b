using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>One exchange with a program of others, as docs/NEIGHBOURS.md shows it.</summary>
internal sealed record NeighbourRow(string Package, string Version, string Source, string Exchange, string Result)
{
    /// <summary>What the declaration says; the rest is the run's.</summary>
    public (string, string, string) Key => (Package, Source, Exchange);

    public override string ToString() => $"| {Package} | {Version} | {Source} | {Exchange} | {Result} |";

    public static NeighbourRow? TryParse(string line) =>
        line.Split(" | ") is [['|', ' ', .. var package], var version, var source, var exchange, var result] && result.EndsWith(" |", StringComparison.Ordinal) && package != "Neighbour"
            ? new NeighbourRow(package, version, source, exchange, result[..^2])
            : null;
}

/// <summary>
/// The table of neighbours. With <c>MTA_NEIGHBOURS=FILE</c> (from the root of the tree) every test that declares a
/// <see cref="NeighbourAttribute"/> writes its rows there as it begins and ends; rows of tests that do not run stay.
/// </summary>
internal static class Matrix
{
    public const string Shown = "passed";

    private const string NotRun = "not run";

    private const string Failed = "FAILED";

    private const string Head = """
        # Neighbours

        Programs of others that the tests run beside ours, what was exchanged, and how it went. Written by
        `MTA_NEIGHBOURS=docs/NEIGHBOURS.md ./test.sh --interop`; see [tests/end-to-end/Neighbours](../tests/end-to-end/Neighbours/README.md).

        | Neighbour | Version | Configuration | What was exchanged | Result |
        |---|---|---|---|---|

        """;

    private static readonly Lock Gate = new();

    private static readonly Dictionary<(string, string, string), NeighbourRow> Ran = [];

    // Cases of a theory that are under way, or that have failed.
    private static readonly Dictionary<MethodInfo, (int Begun, int Passed)> Counts = [];

    /// <summary>The rows that the tests of this assembly declare, in the order of the table.</summary>
    public static IEnumerable<(MethodInfo Method, NeighbourRow Row)> Declared { get; } =
        [.. typeof(Matrix).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods())
            .SelectMany(static method => method.GetCustomAttributes<NeighbourAttribute>().SelectMany(one => one.Exchanges.Select(exchange => (method, new NeighbourRow(one.Package, "", one.Source, exchange, NotRun)))))
            .OrderBy(static one => one.Item2.ToString(), StringComparer.Ordinal)];

    public static IEnumerable<NeighbourRow> Read(string path) =>
        File.Exists(path) ? File.ReadLines(path).Select(NeighbourRow.TryParse).OfType<NeighbourRow>() : [];

    public static void Begin(MethodInfo method, NeighbourAttribute declared)
    {
        lock (Gate)
        {
            // Each attribute of a method is called, the method is run once.
            NeighbourAttribute first = method.GetCustomAttributes<NeighbourAttribute>().First();
            if (first.Package == declared.Package && first.Source == declared.Source && first.Exchanges.SequenceEqual(declared.Exchanges))
            {
                (int begun, int passed) = Counts.GetValueOrDefault(method);
                Counts[method] = (begun + 1, passed);
                Note(method, null);
            }
        }
    }

    /// <summary>The last statement of a test: all that it declares was exchanged.</summary>
    /// <param name="unpacked">Where unpack-peer put the programs that ran, when they are not installed.</param>
    public static void Passed(string? unpacked = null, [CallerMemberName] string test = "", [CallerFilePath] string file = "")
    {
        lock (Gate)
        {
            MethodInfo method = Declared.Select(static one => one.Method).FirstOrDefault(method => method.Name == test && method.DeclaringType?.Name == Path.GetFileNameWithoutExtension(file))
                ?? throw new InvalidOperationException($"{test} of {file} declares no neighbour");
            (int begun, int passed) = Counts.GetValueOrDefault(method);
            Counts[method] = (begun, passed + 1);
            Note(method, unpacked);
        }
    }

    private static void Note(MethodInfo method, string? unpacked)
    {
        if (Environment.GetEnvironmentVariable("MTA_NEIGHBOURS") is not { Length: > 0 } file)
        {
            return;
        }

        (int begun, int passed) = Counts[method];
        foreach ((_, NeighbourRow row) in Declared.Where(one => one.Method == method))
        {
            Ran[row.Key] = row with { Version = Version(row.Package, unpacked), Result = begun == passed ? Shown : Failed };
        }

        string path = Path.Combine(Repository.Root, file);
        Dictionary<(string, string, string), NeighbourRow> known = [];
        foreach (NeighbourRow row in Read(path).Concat(Ran.Values))
        {
            known[row.Key] = row;
        }

        var text = new StringBuilder(Head);
        foreach ((_, NeighbourRow row) in Declared)
        {
            text.Append(known.GetValueOrDefault(row.Key, row)).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }

    private static string Version(string package, string? unpacked)
    {
        string versions = $"{unpacked}/versions";
        if (unpacked is not null && File.Exists(versions))
        {
            foreach (string line in File.ReadLines(versions))
            {
                if (line.Split(' ') is [var name, var version] && name == package)
                {
                    return version;
                }
            }
        }

        Outcome installed = Shell.Run("/usr/bin/dpkg-query", ["-W", "-f", "${Version}", package]);
        return installed.ExitCode == 0 ? installed.Output : "the tests' own";
    }
}

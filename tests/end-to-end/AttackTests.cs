using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Mta.EndToEnd;

/// <summary>The attack suite (<c>tests/attacks</c>), but for its slow cases, on one instance.</summary>
public sealed partial class AttackTests(AttackRun run, ITestOutputHelper report) : IClassFixture<AttackRun>
{
    public static TheoryData<string> Rows()
    {
        var rows = new TheoryData<string>();
        foreach (Match attack in Attack().Matches(File.ReadAllText(Path.Combine(AttackRun.Folder, "cases.py"))))
        {
            rows.Add(attack.Groups[1].Value);
        }

        return rows;
    }

    [PeerTheory(AttackRun.Python, "/usr/bin/openssl")]
    [MemberData(nameof(Rows))]
    public void An_attack_gains_nothing(string row)
    {
        string? result = run.Result(row);
        report.WriteLine(result ?? "");
        Assert.True(result?.StartsWith("ok ", StringComparison.Ordinal) == true, result ?? run.Outcome.All);
    }

    [PeerFact(AttackRun.Python, "/usr/bin/openssl")]
    public void After_all_attacks_every_process_is_who_it_was() => Assert.True(!run.Outcome.Output.Contains("I8:", StringComparison.Ordinal), run.Outcome.All);

    // Quick ones only: a slow one says so behind its title.
    [GeneratedRegex("""^@attack\("([A-Z]\d+)", "[^"]*"\)$""", RegexOptions.Multiline)]
    private static partial Regex Attack();
}

/// <summary>One run of the attack suite, made when the first result is asked for.</summary>
public sealed class AttackRun
{
    internal const string Python = "/usr/bin/python3";
    private readonly Lazy<Outcome> _outcome = new(() => Shell.Run(Python, [Path.Combine(Folder, "run.py"), "--build", Repository.Build, "--quick"], seconds: 400));

    internal static string Folder => Path.Combine(Repository.Root, "tests/attacks");

    internal Outcome Outcome => _outcome.Value;

    /// <summary>The line of a row, with what is wrong in it; null when the row was not played.</summary>
    internal string? Result(string row) =>
        Regex.Match(Outcome.Output, $@"^(ok  |FAIL) {row} .*(\n {{7}}.*)*", RegexOptions.Multiline) is { Success: true } match ? match.Value : null;
}

using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Mta.EndToEnd;

/// <summary>The attack suite (<c>tests/attacks</c>), but for its slow cases, on one instance.</summary>
public sealed partial class AttackTests(AttackRun run, ITestOutputHelper report) : IClassFixture<AttackRun>
{
    public static TheoryData<string> Rows()
    {
        var rows = new TheoryData<string>();
        foreach (string row in Attack().Matches(File.ReadAllText(Path.Combine(AttackRun.Folder, "cases.py"))).Select(static attack => attack.Groups[1].Value).Distinct())
        {
            rows.Add(row);
        }

        return rows;
    }

    [PeerTheory(AttackRun.Python, "/usr/bin/openssl", "/usr/bin/strace")]
    [MemberData(nameof(Rows))]
    public void An_attack_gains_nothing(string row)
    {
        string[] results = run.Results(row);
        report.WriteLine(string.Join('\n', results));
        Assert.True(results.Length > 0, run.Outcome.All);
        Assert.All(results, static result => Assert.StartsWith("ok ", result));
    }

    [PeerFact(AttackRun.Python, "/usr/bin/openssl", "/usr/bin/strace")]
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

    /// <summary>The line of each case of a row, with what is wrong in it; none when the row was not played.</summary>
    internal string[] Results(string row) =>
        [.. Regex.Matches(Outcome.Output, $@"^(ok  |FAIL) {row} .*(\n {{7}}.*)*", RegexOptions.Multiline).Select(static match => match.Value)];
}

namespace Mta.EndToEnd;

/// <summary>
/// Scripted filters before Debian's Postfix and before ours: replies, log, what the filter hears and what is in the
/// queue file are the same.
/// </summary>
public sealed class MilterTests
{
    private const string PostfixProgram = "/usr/sbin/postfix";

    private static readonly List<MilterCase> Cases =
        [.. MilterCases.Verdicts(), .. MilterCases.Edits(), .. MilterCases.Negotiations(), .. MilterCases.Failures(), .. MilterCases.Pairs(), .. MilterCases.Ways()];

    private static readonly Lazy<Task<Dictionary<string, string>>> Expected = new(static () => Task.Run(static () => MilterRun.Play(Cases, [])));

    [PeerFact(PostfixProgram)]
    public async Task Filters_meet_the_same_server()
    {
        Assert.True(Cases.Count >= 300, $"{Cases.Count}");
        await CompareAsync(Cases, "smtpd", "cleanup");
    }

    [PeerFact(PostfixProgram)]
    public async Task Filters_are_handed_over_between_postfixs_and_ours()
    {
        List<MilterCase> some = [.. MilterCases.Edits().Where(static (_, i) => i % 3 == 0), .. MilterCases.Negotiations()];
        await Task.WhenAll(CompareAsync(some, "smtpd"), CompareAsync(some, "cleanup"));
    }

    // Both sides play at the same time.
    private static async Task CompareAsync(List<MilterCase> cases, params string[] ours)
    {
        Task<Dictionary<string, string>> theirs = Expected.Value;
        Dictionary<string, string> got = await Task.Run(() => MilterRun.Play(cases, ours));
        Dictionary<string, string> expected = await theirs;
        List<string> problems = [];
        foreach (MilterCase one in cases)
        {
            if (one.Kept is { } kept ? !got[one.Name].Contains(kept, StringComparison.Ordinal) : expected[one.Name] != got[one.Name])
            {
                problems.Add($"{one.Name}:\n--- Postfix\n{expected[one.Name]}\n--- ours\n{got[one.Name]}");
            }
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {cases.Count} differ\n{string.Join('\n', problems.Take(12))}");
    }
}

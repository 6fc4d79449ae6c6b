using Xunit.Abstractions;

namespace Mta.EndToEnd;

/// <summary>
/// The short run of the crash suite (<c>tests/crash</c>): whatever dies or fails, what was acknowledged arrives, and the
/// suite finds a system that does not flush.
/// </summary>
public sealed class CrashTests(ITestOutputHelper report)
{
    private const int SomethingIsMissing = 77;
    private const string Python = "/usr/bin/python3";

    [PeerTheory(Python, "/usr/bin/strace")]
    [InlineData("load", "processes die in turn while clients send")]
    [InlineData("kill", "every daemon dies at a system call that matters")]
    [InlineData("error", "flushes fail")]
    [InlineData("proof", "the power goes; without flushes that is found")]
    public void Nothing_acknowledged_is_lost(string sweep, string when)
    {
        Outcome outcome = Shell.Run(Python, [Path.Combine(Repository.Root, "tests/crash/run.py"), "--build", Repository.Build, "--kinds", "ours", "--sweeps", sweep, "--verbose"], seconds: 300);
        report.WriteLine($"{when}\n{outcome.All}");
        if (outcome.ExitCode == SomethingIsMissing)
        {
            Console.Error.WriteLine($"SKIPPED: crash suite, {sweep}: {outcome.All}");
            return;
        }

        Assert.True(outcome.ExitCode == 0, outcome.All);
    }
}

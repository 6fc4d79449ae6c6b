using System.Globalization;

namespace Mta.EndToEnd;

/// <summary>Processes give back memory of their program file that they can read again, and none that was written to.</summary>
public sealed class ProgramImageTests
{
    private const ulong Page = 4096;

    // The runtime writes the stack guard into a page amid the constants and protects it again. Given back, it would hold
    // what is in the file: functions under way would take their stack for damaged and end the process.
    [Fact]
    public void The_stack_guard_of_every_process_stays_as_it_was_written()
    {
        using var mta = new Instance();
        mta.Start();
        using SmtpClient client = mta.Connect();
        List<string> busy = [];
        Wait.Until(
            () =>
            {
                busy.Clear();
                busy.AddRange(from process in mta.Processes() where !HasGivenBack(process.Pid, process.Program) select process.Program);
                return busy.Count == 0;
            },
            "rest of all processes",
            () => string.Join(' ', busy));
        List<string> lost = [];
        foreach ((int pid, string program) in mta.Processes())
        {
            if (GuardOf(pid, program) is 0)
            {
                lost.Add(program);
            }
        }

        Assert.Empty(lost);
    }

    // At most three quarters of the code are in memory; at work it is nearly all, since pages come in groups of 16.
    private static bool HasGivenBack(int pid, string program)
    {
        bool isCode = false;
        int size = 0;
        foreach (string line in MappingsOf(pid))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Contains('-', StringComparison.Ordinal))
            {
                isCode = words[1] == "r-xp" && words[^1] == program;
            }
            else if (isCode && words[0] == "Size:")
            {
                size = int.Parse(words[1], CultureInfo.InvariantCulture);
            }
            else if (isCode && words[0] == "Rss:")
            {
                return int.Parse(words[1], CultureInfo.InvariantCulture) * 4 <= size * 3;
            }
        }

        return true; // it ended
    }

    private static string[] MappingsOf(int pid)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/smaps");
        }
        catch (IOException)
        {
            return []; // it ended
        }
    }

    // Anonymous memory in the one read-only page that was protected apart from its neighbours, in KiB; null without one.
    private static int? GuardOf(int pid, string program)
    {
        ulong before = 0;
        bool isGuard = false;
        foreach (string line in MappingsOf(pid))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].IndexOf('-', StringComparison.Ordinal) is > 0 and int dash)
            {
                ulong start = ulong.Parse(words[0].AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                ulong end = ulong.Parse(words[0].AsSpan(dash + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                bool isConstant = words[1] == "r--p" && words[^1] == program;
                isGuard = isConstant && start == before && end - start == Page;
                before = isConstant ? end : 0;
            }
            else if (isGuard && words[0] == "Anonymous:")
            {
                return int.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}

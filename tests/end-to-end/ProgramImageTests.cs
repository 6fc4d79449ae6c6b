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

    // Anonymous memory in the one read-only page that was protected apart from its neighbours, in KiB; null without one.
    private static int? GuardOf(int pid, string program)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines($"/proc/{pid}/smaps");
        }
        catch (IOException)
        {
            return null; // it ended
        }

        ulong before = 0;
        bool isGuard = false;
        foreach (string line in lines)
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

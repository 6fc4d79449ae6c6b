namespace Mta.EndToEnd;

/// <summary>
/// The same requests to a daemon of Debian's Postfix and to ours, side by side under one master: answers, queue files
/// and log lines are the same. The cases are text: <c>tests/differential/cleanup</c>, <c>rewrite</c> and <c>notices</c>.
/// </summary>
public sealed partial class DaemonAgreementTests(DaemonPair pair) : IClassFixture<DaemonPair>
{
    private const string Program = "/usr/sbin/postfix";

    [PeerFact(Program)]
    public void Cleanup_does_what_postfixs_does()
    {
        List<string> problems = [];
        int count = 0;
        foreach (CaseFile file in pair.Cleanup)
        {
            var theirs = new CleanupPeer(pair, file, 'p');
            var ours = new CleanupPeer(pair, file, 'm');
            foreach (DaemonCase one in file.Cases)
            {
                count++;
                Compare(problems, $"cleanup/{file.Name}: {one.Title}", Safely(theirs.Play, one), Safely(ours.Play, one));
            }

            string TheirLog() => LogByCase(pair.LogOf($"c{file.Name}p"), theirs.Titles);
            string OurLog() => LogByCase(pair.LogOf($"c{file.Name}m"), ours.Titles);
            WaitForSame(TheirLog, OurLog);
            CompareLines(problems, $"cleanup/{file.Name}: log", TheirLog(), OurLog());
        }

        Report(problems, count);
    }

    [PeerFact(Program)]
    public void Trivial_rewrite_answers_as_postfixs_does()
    {
        List<string> problems = [];
        int count = 0;
        foreach (CaseFile file in pair.Rewrite)
        {
            using var theirs = new RewritePeer(pair, $"r{file.Name}p");
            using var ours = new RewritePeer(pair, $"r{file.Name}m");
            foreach (DaemonCase one in file.Cases)
            {
                foreach (string line in one.Lines.Where(static line => line.Length > 0))
                {
                    count++;
                    Compare(problems, $"rewrite/{file.Name}: {one.Title}: {line}", theirs.Ask(line), ours.Ask(line));
                }
            }

            // Postfix explains each malformed literal in the log; ours leaves that to the bounce (docs/COMPATIBILITY.md).
            string TheirLog() => string.Join('\n', pair.LogOf($"r{file.Name}p").Where(static line => !line.StartsWith("warning: valid_ipv4_hostaddr: ", StringComparison.Ordinal)));
            string OurLog() => string.Join('\n', pair.LogOf($"r{file.Name}m"));
            WaitForSame(TheirLog, OurLog);
            CompareLines(problems, $"rewrite/{file.Name}: log", TheirLog(), OurLog());
        }

        Report(problems, count);
    }

    [PeerFact(Program)]
    public void Bounce_sends_what_postfixs_sends()
    {
        List<string> problems = [];
        int count = 0;
        foreach (CaseFile file in pair.Notices)
        {
            using var theirs = new NoticePeer(pair, file, 'p');
            using var ours = new NoticePeer(pair, file, 'm');
            foreach (DaemonCase one in file.Cases)
            {
                count++;
                Compare(problems, $"notices/{file.Name}: {one.Title}", Safely(theirs.Play, one), Safely(ours.Play, one));
            }

            WaitForSame(theirs.Log, ours.Log);
            CompareLines(problems, $"notices/{file.Name}: log", theirs.Log(), ours.Log());
        }

        Report(problems, count);
    }

    // A daemon that does not answer fails its case only.
    private string Safely(Func<DaemonCase, string> play, DaemonCase one)
    {
        try
        {
            return play(one);
        }
        catch (IOException error)
        {
            return $"{error.Message}\n{string.Join('\n', pair.Log.Split('\n').TakeLast(8))}";
        }
    }

    private static void Report(List<string> problems, int count)
    {
        // A run may keep all differences in a file, whatever the test runner shows.
        if (Environment.GetEnvironmentVariable("MTA_DIFFERENCES") is { } path)
        {
            File.AppendAllText(path, $"{count} cases, {problems.Count} differ\n{string.Join("\n\n", problems)}\n\n", System.Text.Encoding.Latin1);
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {count} cases differ\n{string.Join("\n\n", problems.Take(20))}");
        Assert.True(count > 0, "no cases");
    }

    private static void Compare(List<string> problems, string title, string want, string got)
    {
        if (want != got)
        {
            string[] wanted = want.Split('\n');
            string[] found = got.Split('\n');
            int first = wanted.Zip(found).TakeWhile(static pair => pair.First == pair.Second).Count();
            problems.Add($"{title}: line {first}\n{Show("want", wanted, first)}{Show("got ", found, first)}");
        }
    }

    private static string Show(string label, string[] lines, int first) =>
        string.Concat(lines.Skip(first).Take(6).Select(line => $"  {label} {(line.Length > 400 ? line[..400] : line)}\n"));

    private static void CompareLines(List<string> problems, string title, string want, string got)
    {
        string[] wanted = want.Split('\n');
        string[] found = got.Split('\n');
        string[] missing = Without(wanted, found);
        string[] extra = Without(found, wanted);
        if (missing.Length + extra.Length > 0)
        {
            problems.Add($"{title}\n{string.Concat(missing.Select(static line => $"  want {line}\n"))}{string.Concat(extra.Select(static line => $"  got  {line}\n"))}");
        }
    }

    private static string[] Without(string[] lines, string[] others)
    {
        List<string> rest = [.. others];
        return [.. lines.Where(line => !rest.Remove(line))];
    }

    // Logs come through a daemon of their own: either side's line may be the later one.
    private static void WaitForSame(Func<string> want, Func<string> got)
    {
        for (int i = 0; i < 250; i++)
        {
            string[] left = want().Split('\n');
            string[] right = got().Split('\n');
            if (Without(left, right).Length == 0 && Without(right, left).Length == 0)
            {
                return;
            }

            Thread.Sleep(20);
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"delay=[\d.]+, delays=[\d.]+/0/0/0")]
    private static partial System.Text.RegularExpressions.Regex DelayText();

    private static string LogByCase(List<string> lines, Dictionary<string, string> titles)
    {
        List<string> result = [];
        foreach (string line in lines)
        {
            // Postfix adds where in its code a size limit was met; and how long a probe took is no matter.
            if (line == "warning: mail_stream_cleanup: close error")
            {
                continue;
            }

            string text = DelayText().Replace(line, "delay=N, delays=N/0/0/0");
            foreach ((string id, string title) in titles)
            {
                if (text.Contains(id, StringComparison.Ordinal))
                {
                    text = $"[{title}] {CleanupPeer.Neutral(text, id)}";
                    break;
                }
            }

            result.Add(text);
        }

        return string.Join('\n', result);
    }
}

using System.Text;

namespace Mta.Differential;

/// <summary>Every case of the folders beside this file, run on Debian's Postfix and on ours.</summary>
public sealed class DifferentialTests
{
    public static TheoryData<string, string> Compared() => Data(static made => !made.IsOursAlone);

    public static TheoryData<string, string> OursAlone() => Data(static made => made.IsOursAlone);

    [ComparisonTheory]
    [MemberData(nameof(Compared))]
    public void Same_as_Postfix(string suite, string name)
    {
        DifferentialCase? made = Find(suite, name);
        if (made is null)
        {
            return;
        }

        Comparison outcome = Comparisons.Of(made);
        if (made.Ours is null)
        {
            Assert.True(outcome.Postfix == outcome.Ours, Difference(made, "Postfix", outcome.Postfix ?? "", outcome.Ours));
            return;
        }

        Assert.True(outcome.Postfix != outcome.Ours, $"{made.Source}: no longer differs from Postfix: take 'differs:' and 'ours:' out");
        Assert.True(made.Ours == outcome.Ours, Difference(made, "expected of ours", made.Ours, outcome.Ours));
    }

    [RootTheory]
    [MemberData(nameof(OursAlone))]
    public void Ours_alone(string suite, string name)
    {
        DifferentialCase? made = Find(suite, name);
        if (made is null)
        {
            return;
        }

        string ours = Comparisons.Of(made).Ours;
        Assert.True(made.Ours == ours, Difference(made, "expected", made.Ours ?? "", ours));
    }

    private static TheoryData<string, string> Data(Predicate<DifferentialCase> wanted)
    {
        var data = new TheoryData<string, string>();
        foreach (DifferentialCase made in Repository.AllCases)
        {
            if (wanted(made))
            {
                data.Add(made.Suite, made.Name);
            }
        }

        if (data.Count == 0)
        {
            data.Add("(none)", "no case was selected");
        }

        return data;
    }

    private static DifferentialCase? Find(string suite, string name) =>
        suite == "(none)" ? null : Repository.AllCases.Single(made => made.Suite == suite && made.Name == name);

    // Common lines once, others with - (want) and + (got): enough where outputs are short.
    private static string Difference(DifferentialCase made, string wantName, string want, string got)
    {
        string[] left = want.Split('\n');
        string[] right = got.Split('\n');
        int head = 0;
        while (head < left.Length && head < right.Length && left[head] == right[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < left.Length - head && tail < right.Length - head && left[^(tail + 1)] == right[^(tail + 1)])
        {
            tail++;
        }

        var text = new StringBuilder($"{made.Source}: {made.Name}\n{made.Run.TrimEnd('\n')}\n--- {wantName}\n+++ Mta\n");
        Lines(text, "  ", left[..head]);
        Lines(text, "- ", left[head..^tail]);
        Lines(text, "+ ", right[head..^tail]);
        Lines(text, "  ", left[^tail..]);
        return text.ToString();
    }

    private static void Lines(StringBuilder text, string mark, string[] lines)
    {
        foreach (string line in lines)
        {
            text.Append(mark).Append(line).Append('\n');
        }
    }
}

using Mta.Config;
using Mta.Service;

namespace Mta.Postconf;

/// <summary>A parameter that somebody may have meant by a name that means nothing.</summary>
internal static class Suggestion
{
    private const int ShortestName = 5;

    /// <summary>Says on stderr what a misspelt name may have been; nothing when no name is near.</summary>
    public static void Write(string name, IEnumerable<string> known)
    {
        if (Nearest(name, known) is { } nearest)
        {
            CommandLineTool.PrintRaw($"postconf: {name}: did you mean \"{nearest}\"?");
        }
    }

    /// <inheritdoc cref="Write(string, IEnumerable{string})"/>
    public static void Write(string name) => Write(name, ParameterRegistry.All.Where(static p => !p.IsLegacy).Select(static p => p.Name));

    /// <returns>The name that one or two slips turn into this one; null when there is none, or it is known itself.</returns>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length < ShortestName)
        {
            return null;
        }

        int best = name.Length < 10 ? 2 : 3;
        string? nearest = null;
        foreach (string candidate in known.Order(StringComparer.Ordinal))
        {
            int distance = candidate == name ? 0 : Math.Abs(candidate.Length - name.Length) >= best ? best : Distance(name, candidate);
            if (distance == 0)
            {
                return null;
            }

            if (distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    // Letters left out, added, changed or swapped with their neighbour.
    private static int Distance(string a, string b)
    {
        int[] before = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[b.Length];
    }
}

using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>
/// Reads match lists: words separated by commas and white space. <c>!</c> in front negates, <c>/file/name</c> stands
/// for the patterns in that file, <c>type:name</c> for the keys of that table; everything else is matched itself.
/// </summary>
internal static class MatchListParser
{
    private const int MaxFileDepth = 20;

    /// <param name="readNetworks">Text that looks like an address is an address or network.</param>
    /// <exception cref="Mta.Text.FatalException">A table cannot be opened, and surrogates are off.</exception>
    public static MatchPattern[] Parse(string text, TableRegistry tables, bool readNetworks)
    {
        var patterns = new List<MatchPattern>();
        Add(patterns, text, MatchResult.Yes, tables, readNetworks, 0);
        return [.. patterns];
    }

    private static void Add(List<MatchPattern> patterns, string text, MatchResult initial, TableRegistry tables, bool readNetworks, int depth)
    {
        foreach (string word in TableListSyntax.Split(text))
        {
            MatchResult result = initial;
            string pattern = word;
            while (pattern.StartsWith('!'))
            {
                result = result == MatchResult.Yes ? MatchResult.No : MatchResult.Yes;
                pattern = pattern[1..];
            }

            if (pattern.Length == 0)
            {
                patterns.Add(new MatchPattern(result, word, null, default, "no pattern after '!'"));
            }
            else if (pattern[0] == '/')
            {
                AddFile(patterns, pattern, result, tables, readNetworks, depth);
            }
            else if (pattern[0] != '[' && pattern.Contains(':'))
            {
                patterns.Add(new MatchPattern(result, pattern, tables.Open(pattern), default, null));
            }
            else
            {
                patterns.Add(Literal(pattern, result, readNetworks));
            }
        }
    }

    private static void AddFile(List<MatchPattern> patterns, string path, MatchResult result, TableRegistry tables, bool readNetworks, int depth)
    {
        if (depth == MaxFileDepth)
        {
            patterns.Add(new MatchPattern(result, path, null, default, $"open file {path}: files include each other without end"));
            return;
        }

        try
        {
            foreach (LogicalLine line in LogicalLines.Split(TextFile.Read(path)))
            {
                Add(patterns, line.Text, result, tables, readNetworks, depth + 1);
            }
        }
        catch (LinuxException error)
        {
            patterns.Add(new MatchPattern(result, path, null, default, $"open file {path}: {error.Reason}"));
        }
    }

    private static MatchPattern Literal(string pattern, MatchResult result, bool readNetworks)
    {
        if (!readNetworks || !LooksLikeNetwork(pattern))
        {
            return new MatchPattern(result, pattern, null, default, null);
        }

        string? error = Network.TryParse(pattern, out Network network);
        return new MatchPattern(result, pattern, null, network, error);
    }

    // Only what cannot be a host name: [..], digits and dots, or something with a slash.
    private static bool LooksLikeNetwork(string pattern) =>
        pattern[0] == '[' || pattern.Contains('/') || pattern.All(c => c == '.' || Ascii.IsDigit(c));
}

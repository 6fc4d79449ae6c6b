namespace Mta.Fuzz;

/// <summary>
/// The plainest reader of logical lines (postconf(5), master(5), postmap(1)): comments and empty lines are left out, what
/// begins with white space continues the line before it.
/// </summary>
internal static class PlainLines
{
    public static List<string> Of(IEnumerable<string> physical)
    {
        List<string> lines = [];
        foreach (string line in physical)
        {
            string inner = line.TrimStart(' ', '\t', '\r', '\v', '\f');
            if (inner.Length == 0 || inner[0] == '#')
            {
                continue;
            }

            if (inner.Length == line.Length)
            {
                lines.Add(line);
            }
            else if (lines.Count > 0)
            {
                lines[^1] += line;
            }
        }

        return lines;
    }
}

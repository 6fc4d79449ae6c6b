using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Config;

/// <summary>One logical line of a configuration file: its text with continuation lines joined, and where it began.</summary>
public readonly record struct LogicalLine(int Number, string Text);

/// <summary>
/// Joins physical lines: a line that starts with white space continues the one before; empty lines, and lines whose
/// first non-blank is <c>#</c>, are skipped and do not end the line that is being continued.
/// </summary>
public static class LogicalLines
{
    /// <param name="text">The whole file.</param>
    /// <param name="orphan">Told of continuation lines that continue nothing, as much as is shown of them; they are skipped.</param>
    public static List<LogicalLine> Split(string text, Action<string>? orphan = null)
    {
        var lines = new List<LogicalLine>();
        OrphanLines orphans = new();
        int number = 0;
        int at = 0;
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            string line = text[at..end];

            // What stands behind a NUL was never seen by anybody.
            int nul = line.IndexOf('\0');
            line = nul < 0 ? line : line[..nul];
            at = end + 1;
            number++;
            int first = 0;
            while (first < line.Length && Ascii.IsSpace(line[first]))
            {
                first++;
            }

            if (first == line.Length || line[first] == '#')
            {
                continue;
            }

            if (first == 0)
            {
                lines.Add(new LogicalLine(number, line));
            }
            else if (lines.Count == 0)
            {
                orphans.Add(line);
            }
            else
            {
                LogicalLine last = lines[^1];
                lines[^1] = last with { Text = last.Text + line };
            }
        }

        if (orphans.Take() is { } shown)
        {
            orphan?.Invoke(shown);
        }

        return lines;
    }
}

using Mta.Text;

namespace Mta.Tables.Source;

/// <summary>A logical line and the physical lines it spans, counted from 1.</summary>
public readonly record struct LogicalLine(string Text, int First, int Last)
{
    /// <summary><c>line 3</c> or <c>line 3-5</c>, as warnings name it.</summary>
    public string Place => First == Last ? $"line {First}" : $"line {First}-{Last}";
}

/// <summary>
/// Joins physical lines: a line that begins with white space continues the one before; empty lines and lines whose
/// first text is <c>#</c> are dropped, even between continuations.
/// </summary>
public static class LogicalLines
{
    /// <param name="bytes">The source.</param>
    /// <param name="path">Its name, for warnings.</param>
    /// <param name="warn">Receives what stands after <c>warning: </c>.</param>
    public static IEnumerable<LogicalLine> Read(byte[] bytes, string path, Action<string> warn)
    {
        System.Text.StringBuilder joined = new();
        string? current = null;
        OrphanLines orphans = new();
        int first = 0;
        int last = 0;
        int number = 0;
        int position = 0;
        while (position < bytes.Length)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', position);
            int stop = end < 0 ? bytes.Length : end;
            number++;
            int start = position;
            position = end < 0 ? bytes.Length : end + 1;
            int text = start;
            while (text < stop && Ascii.IsSpace(bytes[text]))
            {
                text++;
            }

            if (text == stop || bytes[text] == '#')
            {
                continue;
            }

            string line = ByteString.FromBytes(bytes.AsSpan(start, stop - start));
            if (text > start && (current is not null || joined.Length > 0))
            {
                if (joined.Length == 0)
                {
                    joined.Append(current);
                }

                joined.Append(line);
                last = number;
                continue;
            }

            if (current is not null)
            {
                yield return Finish(joined, current, first, last, path, warn);
                current = null;
            }

            if (text > start)
            {
                orphans.Add(line);
                continue;
            }

            WarnOfOrphans();
            current = line;
            first = last = number;
        }

        if (current is not null)
        {
            yield return Finish(joined, current, first, last, path, warn);
        }

        WarnOfOrphans();

        void WarnOfOrphans()
        {
            if (orphans.Take() is { } text)
            {
                warn($"{path}: logical line must not start with whitespace: \"{text}\"");
            }
        }
    }

    private static LogicalLine Finish(System.Text.StringBuilder joined, string current, int first, int last, string path, Action<string> warn)
    {
        string text = joined.Length > 0 ? joined.ToString() : current;
        joined.Clear();
        LogicalLine line = new(text, first, last);
        int nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            warn($"{path}, {line.Place}: text after null byte may be ignored");
            line = line with { Text = text[..nul] };
        }

        return line;
    }
}

using System.Text;

namespace Mta.Mail.Headers;

/// <summary>Line breaks in headers that are composed anew.</summary>
public static class HeaderFolding
{
    private const int Width = 70;

    /// <summary>
    /// Joins the lines of a header (split by LF, one after each comma) with blanks as long as an output line stays
    /// below 70 bytes; further lines begin with a TAB.
    /// </summary>
    public static string Join(string header)
    {
        if (!header.Contains('\n'))
        {
            return header;
        }

        StringBuilder output = new(header.Length + 8);
        int lineStart = 0;
        bool first = true;
        foreach (Range range in header.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> part = header.AsSpan(range);
            if (first)
            {
                first = false;
            }
            else if (output.Length - lineStart + 1 + part.Length < Width)
            {
                output.Append(' ');
            }
            else
            {
                output.Append('\n');
                lineStart = output.Length;
                output.Append('\t');
            }

            output.Append(part);
        }

        return output.ToString();
    }
}

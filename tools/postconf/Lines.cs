using System.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Postconf;

/// <summary>Physical lines of a configuration file.</summary>
internal static class Lines
{
    /// <summary>The lines, each with its line end; the last may lack one.</summary>
    public static IEnumerable<string> Of(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            yield return text[at..end];
            at = end;
        }
    }

    /// <summary>An empty line or a comment: it neither ends nor continues an entry.</summary>
    public static bool IsSkipped(string line)
    {
        foreach (char c in line)
        {
            if (!Ascii.IsSpace(c))
            {
                return c == '#';
            }
        }

        return true;
    }

    /// <summary>Ends the last line when it is not ended.</summary>
    public static void EndLast(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }
    }
}

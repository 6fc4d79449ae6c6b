using System.Text;

namespace Mta.Mail.Dsn;

/// <summary>Breaks long text lines of a notice at blanks.</summary>
public static class TextWrap
{
    /// <summary>Columns of a line, indentation included.</summary>
    public const int Columns = 79;

    /// <summary>Blanks before a continuation.</summary>
    public const int Indentation = 4;

    /// <summary>
    /// The lines of a text, each at most <see cref="Columns"/> wide; a word that is longer stands alone on its line.
    /// </summary>
    public static IEnumerable<string> Lines(string text)
    {
        int start = 0;
        bool isFirst = true;
        do
        {
            int width = isFirst ? Columns : Columns - Indentation;
            int end = text.Length;
            int next = end;
            if (text.Length - start > width)
            {
                int blank = text.LastIndexOf(' ', start + width, width + 1);
                if (blank <= start)
                {
                    blank = text.IndexOf(' ', start + width);
                }

                if (blank > start)
                {
                    end = next = blank;
                }
            }

            while (next < text.Length && text[next] == ' ')
            {
                next++;
            }

            while (end > start && end < text.Length && text[end - 1] == ' ')
            {
                end--;
            }

            yield return isFirst
                ? text[start..end]
                : new StringBuilder().Append(' ', Indentation).Append(text, start, end - start).ToString();
            start = next;
            isFirst = false;
        }
        while (start < text.Length);
    }
}

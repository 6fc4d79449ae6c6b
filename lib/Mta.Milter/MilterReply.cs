using System.Text;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Milter;

/// <summary>The reply that a filter words itself.</summary>
internal static class MilterReply
{
    private const int MaxLines = 64;

    /// <summary>
    /// Reads a 4xx or 5xx reply, its lines separated by CRLF, all with one code. "%%" stands for "%" (libmilter), and a
    /// lone one for nothing.
    /// </summary>
    /// <param name="reply">The lines, separated by CRLF; the filter's text as it came when it is none.</param>
    public static bool TryParse(ReadOnlySpan<byte> data, out string reply)
    {
        int end = data.IndexOf((byte)0);
        string text = ByteString.FromBytes(end < 0 ? data : data[..end]);
        reply = text;
        string[] lines = WithoutPercents(text).Split('\n');
        if (lines.Length > MaxLines)
        {
            return false;
        }

        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i] = lines[i].TrimEnd('\r');
            bool isLast = i == lines.Length - 1;
            if (line.Length < 4 || line[0] is not ('4' or '5') || !Ascii.IsDigit(line[1]) || !Ascii.IsDigit(line[2])
                || line[3] != (isLast ? ' ' : '-') || !line.AsSpan(0, 3).SequenceEqual(lines[0].AsSpan(0, 3)))
            {
                return false;
            }
        }

        reply = string.Join("\r\n", lines);
        return true;
    }

    private static string WithoutPercents(string text)
    {
        if (!text.Contains('%'))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 1 >= text.Length || text[i + 1] != '%'))
            {
                continue;
            }

            i += text[i] == '%' ? 1 : 0;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}

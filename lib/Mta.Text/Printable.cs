namespace Mta.Text;

/// <summary>Makes text from a peer fit for a log line or a reply: one line, nothing unprintable.</summary>
public static class Printable
{
    /// <summary>
    /// Every control byte becomes <paramref name="replacement"/>. Bytes above 0x7F stay when
    /// <paramref name="allowUtf8"/> is set and the whole text is valid UTF-8; else they are replaced too.
    /// </summary>
    public static string Neutralize(string text, bool allowUtf8 = false, char replacement = '?')
    {
        bool keepHigh = allowUtf8 && ByteString.TryToUnicode(text, out _);
        int first = IndexOfUnprintable(text, keepHigh);
        if (first < 0)
        {
            return text;
        }

        return string.Create(text.Length, (text, keepHigh, replacement), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = IsPrintable(state.text[i], state.keepHigh) ? state.text[i] : state.replacement;
            }
        });
    }

    private static int IndexOfUnprintable(string text, bool keepHigh)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsPrintable(text[i], keepHigh))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsPrintable(char c, bool keepHigh) => c is >= ' ' and < '\x7f' || (keepHigh && c >= '\x80');
}

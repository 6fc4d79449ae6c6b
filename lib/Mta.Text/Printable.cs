namespace Mta.Text;

/// <summary>Makes text from a peer fit for a log line or a reply: one line, nothing unprintable.</summary>
public static class Printable
{
    /// <summary>
    /// Every control byte becomes <paramref name="replacement"/>. With <paramref name="allowUtf8"/> the characters of
    /// UTF-8 stay; all other bytes above 0x7F are replaced too.
    /// </summary>
    public static string Neutralize(string text, bool allowUtf8 = false, char replacement = '?')
    {
        bool keepHigh = allowUtf8 && ByteString.TryToUnicode(text, out _);
        int first = IndexOfUnprintable(text, keepHigh);
        if (first < 0)
        {
            return text;
        }

        return string.Create(text.Length, (text, allowUtf8, replacement), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                int length = state.allowUtf8 ? Utf8Length(state.text.AsSpan(i)) : 0;
                if (length > 0)
                {
                    state.text.AsSpan(i, length).CopyTo(span[i..]);
                    i += length - 1;
                }
                else
                {
                    span[i] = IsPrintable(state.text[i], keepHigh: false) ? state.text[i] : state.replacement;
                }
            }
        });
    }

    // Bytes of the character of UTF-8 beyond ASCII that a text begins with; 0 for none.
    private static int Utf8Length(ReadOnlySpan<char> text)
    {
        if (text[0] < '\x80')
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[4];
        int count = Math.Min(text.Length, bytes.Length);
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)text[i];
        }

        return System.Text.Rune.DecodeFromUtf8(bytes[..count], out _, out int consumed) == System.Buffers.OperationStatus.Done ? consumed : 0;
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

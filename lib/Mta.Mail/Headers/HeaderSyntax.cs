namespace Mta.Mail.Headers;

/// <summary>Recognition of header lines (RFC 5322 §2.2).</summary>
public static class HeaderSyntax
{
    /// <summary>
    /// Whether a line begins a header: a name of printable ASCII without colon and blank, perhaps blanks (obsolete
    /// syntax, §4.5), a colon.
    /// </summary>
    /// <param name="nameLength">Length of the name.</param>
    /// <param name="colon">Position of the colon.</param>
    public static bool TryParseName(ReadOnlySpan<byte> line, out int nameLength, out int colon)
    {
        nameLength = colon = 0;
        int i = 0;
        while (i < line.Length && line[i] is > (byte)' ' and < 0x7F and not (byte)':')
        {
            i++;
        }

        if (i == 0)
        {
            return false;
        }

        nameLength = i;
        while (i < line.Length && line[i] is (byte)' ' or (byte)'\t')
        {
            i++;
        }

        colon = i;
        return i < line.Length && line[i] == ':';
    }

    /// <summary>Whether the first word of a line is, or begins with, the name and the colon of a header.</summary>
    public static bool BeginsWithLabel(ReadOnlySpan<char> word)
    {
        int colon = word.IndexOf(':');
        return colon > 0 && word[..colon].IndexOfAnyExceptInRange('!', '~') < 0;
    }

    /// <summary>Whether a line continues the header before it: it begins with a blank or TAB.</summary>
    public static bool IsContinuation(ReadOnlySpan<byte> line) => !line.IsEmpty && line[0] is (byte)' ' or (byte)'\t';

    /// <summary>Whether a line separates messages of a mailbox (<c>From </c>, perhaps behind <c>&gt;</c>).</summary>
    public static bool IsMailboxSeparator(ReadOnlySpan<byte> line) => line.TrimStart((byte)'>').StartsWith("From "u8);
}

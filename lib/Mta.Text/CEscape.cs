namespace Mta.Text;

/// <summary>The escapes of C: \a \b \f \n \r \t \v and up to three octal digits; another character stands for itself.</summary>
public static class CEscape
{
    /// <summary>Writes what is not printable ASCII as C does.</summary>
    public static string Quote(string text)
    {
        var escaped = new System.Text.StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\r' => escaped.Append("\\r"),
                '\n' => escaped.Append("\\n"),
                '\t' => escaped.Append("\\t"),
                '\b' => escaped.Append("\\b"),
                '\a' => escaped.Append("\\a"),
                '\f' => escaped.Append("\\f"),
                '\v' => escaped.Append("\\v"),
                '\\' => escaped.Append("\\\\"),
                >= ' ' and < '\x7f' => escaped.Append(c),
                _ => escaped.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0')),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Reads what stands behind a backslash.</summary>
    /// <param name="text">The text.</param>
    /// <param name="i">The first character behind the backslash; on return, the last of the escape.</param>
    public static byte Read(string text, ref int i)
    {
        char c = text[i];
        if (c is < '0' or > '7')
        {
            return (byte)(c switch
            {
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\v',
                _ => c,
            });
        }

        int value = 0;
        int start = i;
        while (i < text.Length && i - start < 3 && text[i] is >= '0' and <= '7')
        {
            value = (value * 8) + (text[i++] - '0');
        }

        i--;
        return (byte)value;
    }
}

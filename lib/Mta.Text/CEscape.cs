namespace Mta.Text;

/// <summary>The escapes of C: \a \b \f \n \r \t \v and up to three octal digits; another character stands for itself.</summary>
public static class CEscape
{
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

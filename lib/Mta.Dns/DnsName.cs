using Mta.Text;

namespace Mta.Dns;

/// <summary>Domain names as text and as they travel (RFC 1035 §3.1).</summary>
public static class DnsName
{
    private const int MaxLength = 255;
    private const int MaxLabel = 63;

    /// <summary>
    /// Letters, digits, <c>-</c> and <c>_</c> in labels of 1 to 63 bytes, no label starting or ending with a hyphen,
    /// 255 bytes in all, not all digits and dots; one dot at the end is allowed.
    /// </summary>
    public static bool IsValidHostName(ReadOnlySpan<char> name)
    {
        if (name.Length > 0 && name[^1] == '.')
        {
            name = name[..^1];
        }

        if (name.IsEmpty || name.Length > MaxLength)
        {
            return false;
        }

        bool isNumeric = true;
        int label = 0;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c == '.')
            {
                if (label == 0 || name[i - 1] == '-')
                {
                    return false;
                }

                label = 0;
                continue;
            }

            isNumeric &= Ascii.IsDigit(c);
            bool isWord = Ascii.IsAlphanumeric(c) || c == '_' || (c == '-' && label > 0);
            if (!isWord || ++label > MaxLabel)
            {
                return false;
            }
        }

        return label > 0 && name[^1] != '-' && !isNumeric;
    }

    /// <summary>
    /// Reads a name in wire form. Compression does not occur where this is used: libunbound hands out whole names.
    /// </summary>
    /// <param name="length">Bytes of the wire form.</param>
    /// <returns>False for lengths that make no sense and for labels with bytes that no mail host name has.</returns>
    public static bool TryParse(ReadOnlySpan<byte> wire, out string name, out int length)
    {
        Span<char> text = stackalloc char[MaxLength + 1];
        int used = 0;
        int position = 0;
        name = "";
        length = 0;
        while (position < wire.Length)
        {
            int label = wire[position++];
            if (label == 0)
            {
                name = used == 0 ? "" : new string(text[..used]);
                length = position;
                return true;
            }

            if (label > MaxLabel || position + label > wire.Length || used + label + 1 > MaxLength)
            {
                return false;
            }

            if (used > 0)
            {
                text[used++] = '.';
            }

            foreach (byte b in wire.Slice(position, label))
            {
                if (b is <= (byte)' ' or (byte)'.' or >= 0x7F)
                {
                    return false;
                }

                text[used++] = (char)b;
            }

            position += label;
        }

        return false;
    }
}

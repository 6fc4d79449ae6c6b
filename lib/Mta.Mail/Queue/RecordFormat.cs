namespace Mta.Mail.Queue;

/// <summary>What <see cref="RecordFormat.Parse"/> found at the start of a window of bytes.</summary>
public enum RecordParse
{
    Complete,

    /// <summary>The window ends inside the record.</summary>
    NeedMore,

    /// <summary>The length is out of bounds; the input is unusable from here on.</summary>
    Malformed,
}

/// <summary>
/// A record on disk and on the wire: type byte, length as little-endian base-128 (bit 7 = more follow), data.
/// </summary>
public static class RecordFormat
{
    /// <summary>Longest record data accepted anywhere, in bytes; far above what any writer makes.</summary>
    public const int MaxDataLength = 4 << 20;

    /// <summary>Longest type and length bytes.</summary>
    public const int MaxHeaderLength = 6;

    /// <summary>Looks at the record at the start of the window.</summary>
    /// <param name="headerLength">Length of type and length bytes, when they are complete.</param>
    /// <param name="dataLength">Length of the data, when type and length bytes are complete (also with NeedMore); else -1.</param>
    public static RecordParse Parse(ReadOnlySpan<byte> window, out int headerLength, out int dataLength)
    {
        // Nearly every record is shorter than 128 bytes.
        if (window.Length >= 2 && window[1] < 0x80)
        {
            headerLength = 2;
            dataLength = window[1];
            return window.Length - 2 >= dataLength ? RecordParse.Complete : RecordParse.NeedMore;
        }

        headerLength = 0;
        dataLength = -1;
        long length = 0;
        int shift = 0;
        for (int i = 1; i < window.Length; i++)
        {
            if (shift >= 32)
            {
                return RecordParse.Malformed;
            }

            length |= (long)(window[i] & 0x7F) << shift;
            if ((window[i] & 0x80) == 0)
            {
                if (length > MaxDataLength)
                {
                    return RecordParse.Malformed;
                }

                headerLength = i + 1;
                dataLength = (int)length;
                return window.Length - headerLength >= dataLength ? RecordParse.Complete : RecordParse.NeedMore;
            }

            shift += 7;
        }

        return RecordParse.NeedMore;
    }

    /// <summary>Writes type and length, minimally encoded.</summary>
    /// <returns>Bytes written, at most <see cref="MaxHeaderLength"/>.</returns>
    public static int WriteHeader(Span<byte> target, RecordType type, int dataLength)
    {
        target[0] = (byte)type;
        int i = 1;
        uint rest = (uint)dataLength;
        while (rest >= 0x80)
        {
            target[i++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        target[i++] = (byte)rest;
        return i;
    }

    /// <summary>What is wrong at the end of an input: what a reader of one byte after the other would have found.</summary>
    /// <param name="rest">From the type byte on, at least <see cref="MaxHeaderLength"/> bytes where there are so many.</param>
    public static string DescribeDamage(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        for (int i = 1; i < Math.Min(rest.Length, MaxHeaderLength); i++)
        {
            length |= (rest[i] & 0x7F) << (7 * (i - 1));
            if ((rest[i] & 0x80) == 0)
            {
                return length < 0
                    ? $"illegal length {length}, record type {rest[0]}"
                    : $"unexpected EOF in data, record type {rest[0]} length {length}";
            }
        }

        return rest.Length < MaxHeaderLength
            ? $"unexpected EOF reading length, record type {rest[0]}"
            : $"too many length bits, record type {rest[0]}";
    }
}

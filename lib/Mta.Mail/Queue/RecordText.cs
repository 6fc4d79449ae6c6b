using System.Buffers.Text;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>The texts inside fixed records: 15-column numbers, times.</summary>
public static class RecordText
{
    /// <summary>Width of a number that may be overwritten in place: warn times and pointers.</summary>
    public const int Columns = 15;

    /// <summary>A decimal, right-justified in the whole target.</summary>
    public static void WriteColumns(Span<byte> target, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        target.Fill((byte)' ');
        digits[..length].CopyTo(target[(target.Length - length)..]);
    }

    /// <summary>A decimal with blanks before it.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> data, out long value)
    {
        data = data.TrimStart((byte)' ');
        return Utf8Parser.TryParse(data, out value, out int used) && used == data.Length;
    }

    /// <summary>Data of a <see cref="RecordType.Time"/> record: seconds, blank, microseconds.</summary>
    public static int WriteTime(Span<byte> target, DateTime utc)
    {
        long ticks = (utc - DateTime.UnixEpoch).Ticks;
        Utf8Formatter.TryFormat(ticks / TimeSpan.TicksPerSecond, target, out int seconds);
        target[seconds] = (byte)' ';
        Utf8Formatter.TryFormat(ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond, target[(seconds + 1)..], out int micros);
        return seconds + 1 + micros;
    }

    /// <inheritdoc cref="WriteTime(Span{byte}, DateTime)"/>
    public static string Time(DateTime utc)
    {
        Span<byte> text = stackalloc byte[48];
        return ByteString.FromBytes(text[..WriteTime(text, utc)]);
    }

    /// <summary>Reads a time; the microseconds may be missing in old files.</summary>
    public static bool TryParseTime(ReadOnlySpan<byte> data, out DateTime utc)
    {
        utc = default;
        int blank = data.IndexOf((byte)' ');
        ReadOnlySpan<byte> first = blank < 0 ? data : data[..blank];
        long micros = 0;
        if (!TryParseNumber(first, out long seconds) || (blank >= 0 && !TryParseNumber(data[(blank + 1)..], out micros))
            || seconds is < 0 or > 0x3F_FFFF_FFFF || micros is < 0 or > 999_999)
        {
            return false;
        }

        utc = DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (micros * TimeSpan.TicksPerMicrosecond));
        return true;
    }
}

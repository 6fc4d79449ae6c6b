using System.Text;
using Mta.Text;

namespace Mta.Service.Logging;

/// <summary>
/// Turns an event into the bytes of one line: printable, cut at <see cref="MaxText"/>, stamped with local time.
/// The stamp is formatted once per second. Not thread-safe: used under the log's lock.
/// </summary>
internal sealed class LogLine(TimeProvider time)
{
    /// <summary>Longest text, label included, in bytes.</summary>
    public const int MaxText = 2000;

    /// <summary>Longest line.</summary>
    public const int MaxLine = 4096;

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private readonly byte[] _stamp = new byte[15];
    private long _stampSecond = long.MinValue;
    private bool _stampPadded;

    /// <summary>Writes label and text.</summary>
    /// <param name="allowUtf8">Keep bytes above 0x7F when the text is valid UTF-8.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteText(Span<byte> line, LogSeverity severity, string text, bool allowUtf8)
    {
        ReadOnlySpan<byte> label = severity.Label();
        label.CopyTo(line);
        Span<byte> room = line[label.Length..Math.Min(line.Length, MaxText)];
        int length = Math.Min(text.Length, room.Length);
        bool keepHigh = allowUtf8 && (System.Text.Ascii.IsValid(text) || ByteString.TryToUnicode(text, out _));
        for (int i = 0; i < length; i++)
        {
            char c = text[i];
            room[i] = c is >= ' ' and < '\x7f' || (keepHigh && c is >= '\x80' and <= '\xff') ? (byte)c : (byte)'?';
        }

        return label.Length + length;
    }

    /// <summary>Writes <c>Nov 02 09:08:07</c>; a one-digit day is padded with a blank for syslog, else with a zero.</summary>
    public int WriteStamp(Span<byte> line, bool padWithBlank)
    {
        DateTimeOffset now = time.GetUtcNow();
        long second = now.ToUnixTimeSeconds();
        if (second != _stampSecond || padWithBlank != _stampPadded)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(now, time.LocalTimeZone);
            string text = $"{Months[local.Month - 1]} {local.Day:00} {local.Hour:00}:{local.Minute:00}:{local.Second:00}";
            Encoding.ASCII.GetBytes(text, _stamp);
            if (padWithBlank && local.Day < 10)
            {
                _stamp[4] = (byte)' ';
            }

            _stampSecond = second;
            _stampPadded = padWithBlank;
        }

        _stamp.CopyTo(line);
        return _stamp.Length;
    }
}

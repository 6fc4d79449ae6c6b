using System.Globalization;
using Mta.Linux;

namespace Mta.Mail.Headers;

/// <summary>Dates as they stand in headers: RFC 5322 §3.3 with the zone's name as a comment.</summary>
public static class HeaderDate
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private static Cached? _last;

    /// <summary><c>Sun,  1 Nov 2026 09:05:00 +0100 (CET)</c>: local time, the day blank-padded to two columns.</summary>
    public static string Format(DateTime utc)
    {
        long second = utc.Ticks / TimeSpan.TicksPerSecond;
        Cached? last = Volatile.Read(ref _last);
        if (last is not null && last.Second == second)
        {
            return last.Text;
        }

        (int offset, string zone) = Posix.LocalZone(utc);
        string text = Format(utc, offset, zone);
        Volatile.Write(ref _last, new Cached(second, text));
        return text;
    }

    /// <inheritdoc cref="Format(DateTime)"/>
    public static string Format(DateTime utc, int offsetMinutes, string zone)
    {
        DateTime local = utc.AddMinutes(offsetMinutes);
        char sign = offsetMinutes < 0 ? '-' : '+';
        int minutes = Math.Abs(offsetMinutes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Days[(int)local.DayOfWeek]}, {local.Day,2} {Months[local.Month - 1]} {local.Year:D4} {local.Hour:D2}:{local.Minute:D2}:{local.Second:D2} {sign}{minutes / 60:D2}{minutes % 60:D2} ({zone})");
    }

    private sealed record Cached(long Second, string Text);
}

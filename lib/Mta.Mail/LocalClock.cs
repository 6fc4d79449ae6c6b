using System.Globalization;
using Mta.Linux;

namespace Mta.Mail;

/// <summary>Local times in C's old fixed form, as the queue listing and statistics lines show them.</summary>
public static class LocalClock
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>As asctime(3): <c>Sun Nov  2 00:09:58 2026</c>, in the zone that holds at that moment.</summary>
    public static string Ascii(DateTime utc)
    {
        DateTime local = utc.AddMinutes(Posix.LocalZone(utc).OffsetMinutes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Days[(int)local.DayOfWeek]} {Months[local.Month - 1]} {local.Day,2} {local.Hour:D2}:{local.Minute:D2}:{local.Second:D2} {local.Year}");
    }

    /// <summary>The middle of <see cref="Ascii"/>: <c>Nov  2 00:09:58</c>.</summary>
    public static string MonthAndTime(DateTime utc) => Ascii(utc)[4..19];
}

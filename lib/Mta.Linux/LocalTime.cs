using System.Runtime.InteropServices;
using System.Text;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>
    /// The local zone at a moment, by the C library: minutes east of Greenwich and the abbreviation (<c>CET</c>). The
    /// first call loads the zone (TZ, /etc/localtime); make it before a chroot.
    /// </summary>
    public static unsafe (int OffsetMinutes, string Name) LocalZone(DateTime utc)
    {
        long seconds = (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        BrokenDownTime time;
        if (LocalTimeNative(&seconds, &time) == 0)
        {
            return (0, "UTC");
        }

        ReadOnlySpan<byte> name = time.Zone == null ? "UTC"u8 : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(time.Zone);
        return ((int)(time.OffsetSeconds / 60), Encoding.Latin1.GetString(name));
    }

    [LibraryImport("libc", EntryPoint = "localtime_r")]
    private static unsafe partial nint LocalTimeNative(long* seconds, BrokenDownTime* result);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct BrokenDownTime
    {
        public int Second;
        public int Minute;
        public int Hour;
        public int Day;
        public int Month;
        public int Year;
        public int WeekDay;
        public int YearDay;
        public int DaylightSaving;
        public nint OffsetSeconds;
        public byte* Zone;
    }
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>
    /// Lets the calling thread sleep for a time that is too short for <see cref="Thread.Sleep(TimeSpan)"/>, which counts
    /// whole milliseconds: nanosleep(2). A signal may end it early.
    /// </summary>
    /// <param name="time">Below a second; the kernel adds its timer slack, usually 50 microseconds.</param>
    public static void Pause(TimeSpan time)
    {
        TimeSpecification wanted = new(0, time.Ticks * 100);
        _ = NanosleepNative(in wanted, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanosleepNative(in TimeSpecification wanted, nint left);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpecification(nint seconds, long nanoseconds)
    {
        private readonly nint _seconds = seconds;
        private readonly long _nanoseconds = nanoseconds;
    }
}

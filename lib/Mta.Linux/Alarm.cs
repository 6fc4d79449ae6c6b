using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>SIGALRM, whose default is the end of the process, after this many seconds, unless called again before. 0 cancels.</summary>
    public static void Alarm(int seconds) => AlarmNative((uint)seconds);

    [LibraryImport("libc", EntryPoint = "alarm")]
    private static partial uint AlarmNative(uint seconds);
}

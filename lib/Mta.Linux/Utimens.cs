using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Sets access and modification time.</summary>
    /// <returns>0, or the error number.</returns>
    public static unsafe int TrySetFileTimes(string path, DateTime utc)
    {
        long ticks = (utc - DateTime.UnixEpoch).Ticks;
        long* times = stackalloc long[4];
        times[0] = times[2] = ticks / TimeSpan.TicksPerSecond;
        times[1] = times[3] = ticks % TimeSpan.TicksPerSecond * 100;
        return UtimensatNative(AtCurrentDirectory, path, times, 0) == 0 ? 0 : Errno.Last;
    }

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static unsafe partial int UtimensatNative(int directory, [MarshalUsing(typeof(ByteStringMarshaller))] string path, long* times, int flags);
}

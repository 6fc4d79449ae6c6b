using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>
    /// Keeps every descriptor from this number on from programs that this process starts, whoever opened it. Without
    /// effect on kernels before 5.11.
    /// </summary>
    public static void SetCloseOnExecFrom(int first) => CloseRangeNative((uint)first, uint.MaxValue, 4);

    [LibraryImport("libc", EntryPoint = "close_range")]
    private static partial int CloseRangeNative(uint first, uint last, int flags);
}

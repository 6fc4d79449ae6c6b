using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// This process at rest: after two seconds without work it gives back the memory that only work needs. Many programs
/// run side by side, and most of them wait most of the time. Costs less than a millisecond, once for each rest.
/// </summary>
public static partial class ProcessRest
{
    // Less than this is not worth a collection.
    private const long WorthCollecting = 64 * 1024;

    private static long s_allocated;

    /// <summary>Time without work after which a process is at rest.</summary>
    public static TimeSpan After { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Asked by each thread that waits for work of this process.</summary>
    public static RestWatch Watch { get; } = new(After, GiveBack, TimeProvider.System);

    /// <summary>Waits as <see cref="Posix.Poll"/> does, on a thread that waits for work of this process.</summary>
    /// <returns>How many descriptors are ready; 0 also when the wait ended early for the sake of the rest.</returns>
    public static int Poll(Span<PollEntry> entries, int milliseconds)
    {
        int ready = Posix.Poll(entries, Watch.Wait(milliseconds));
        Watch.Waited(ready > 0);
        return ready;
    }

    // Objects first: the collector's own code goes with the rest.
    internal static void GiveBack()
    {
        if (GC.GetTotalAllocatedBytes() - s_allocated > WorthCollecting)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            s_allocated = GC.GetTotalAllocatedBytes();
        }

        _ = TrimNative(0);
        OwnImage.ReleaseUnused();
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimNative(nuint keep);
}

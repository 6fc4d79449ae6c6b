using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>
/// Counted wake-ups for threads that wait without spinning and without a lock (eventfd(2), <c>EFD_SEMAPHORE</c>): each
/// release lets one waiting thread go on. Thread-safe.
/// </summary>
public sealed class EventSemaphore : IDisposable
{
    private readonly FileHandle _file;

    /// <exception cref="LinuxException">eventfd failed.</exception>
    public EventSemaphore() => _file = EventFd.Open(1);

    /// <summary>Lets one thread go on, now or when it next waits.</summary>
    public void Release()
    {
        ulong one = 1;
        Posix.WriteAll(_file, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref one)));
    }

    /// <summary>Waits for a release.</summary>
    /// <returns>False when there was none in time.</returns>
    public bool Wait(TimeSpan most)
    {
        Span<byte> count = stackalloc byte[8];
        PollEntry entry = new(_file.Descriptor, PollEvents.Input);
        while (Posix.Poll(new Span<PollEntry>(ref entry), (int)most.TotalMilliseconds) > 0)
        {
            // Another thread may have been quicker.
            if (Posix.Read(_file, count) > 0)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _file.Dispose();
}

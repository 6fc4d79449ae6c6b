using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>One descriptor of a <see cref="Posix.Poll"/> call; a negative descriptor is skipped.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry(int descriptor, PollEvents events)
{
    public int Descriptor = descriptor;
    private short _events = (short)events;
    private short _returned;

    public PollEvents Events
    {
        readonly get => (PollEvents)_events;
        set => _events = (short)value;
    }

    /// <summary>What happened; errors and hang-ups are reported without being asked for.</summary>
    public readonly PollEvents Returned => (PollEvents)_returned;
}

/// <summary>Events of poll(2).</summary>
[Flags]
public enum PollEvents
{
    None = 0,
    Input = 1,
    Output = 4,
    Error = 8,
    HangUp = 16,
    Invalid = 32,
}

public static partial class Posix
{
    /// <summary>Waits until a descriptor is ready, a signal comes, or the time is over.</summary>
    /// <param name="milliseconds">-1 waits for ever.</param>
    /// <returns>Number of descriptors that are ready; 0 after the time or a signal.</returns>
    /// <exception cref="LinuxException">poll failed.</exception>
    public static unsafe int Poll(Span<PollEntry> entries, int milliseconds)
    {
        fixed (PollEntry* pointer = entries)
        {
            int ready = PollNative(pointer, (nuint)entries.Length, milliseconds);
            if (ready >= 0)
            {
                return ready;
            }

            return Errno.Last == Errno.EINTR ? 0 : throw new LinuxException(Errno.Last, "poll");
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int PollNative(PollEntry* entries, nuint count, int milliseconds);
}

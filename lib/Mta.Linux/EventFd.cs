using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>A counter with a descriptor that is readable while it is not 0: wakes a thread that polls (eventfd(2)).</summary>
public sealed partial class EventFd : IDisposable
{
    private readonly FileHandle _file;

    /// <exception cref="LinuxException">eventfd failed.</exception>
    public EventFd()
    {
        int descriptor = EventFdNative(0, 0x80000 | 0x800);
        _file = descriptor >= 0 ? new FileHandle(descriptor) : throw new LinuxException(Errno.Last, "eventfd");
    }

    public int Descriptor => _file.Descriptor;

    /// <summary>For an <see cref="Epoll"/>; owned by this object.</summary>
    public FileHandle Handle => _file;

    /// <summary>Makes the descriptor readable. May be called from any thread, also after Dispose.</summary>
    public void Signal()
    {
        try
        {
            ulong one = 1;
            Posix.WriteAll(_file, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(ref one)));
        }
        catch (Exception failure) when (failure is LinuxException or ObjectDisposedException)
        {
            // A counter at its maximum wakes as well; after Dispose nobody listens.
        }
    }

    /// <summary>Makes the descriptor unreadable again.</summary>
    public void Clear()
    {
        Span<byte> count = stackalloc byte[8];
        Posix.Read(_file, count);
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFdNative(uint initial, int flags);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>An eventfd(2): one thread signals, another sees it become readable in its <see cref="Epoll"/>.</summary>
public sealed partial class EventDescriptor : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800;

    /// <exception cref="LinuxException">eventfd failed.</exception>
    public EventDescriptor()
    {
        int descriptor = EventFdNative(0, CloseOnExecNonBlocking);
        Handle = descriptor >= 0 ? new FileHandle(descriptor) : throw new LinuxException(Errno.Last, "eventfd");
    }

    public FileHandle Handle { get; }

    /// <summary>Makes the descriptor readable; may be called from any thread.</summary>
    public unsafe void Signal()
    {
        ulong one = 1;
        _ = WriteNative(Handle, &one, 8);
    }

    /// <summary>Takes the signals back.</summary>
    public unsafe void Reset()
    {
        ulong count;
        _ = ReadNative(Handle, &count, 8);
    }

    public void Dispose() => Handle.Dispose();

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFdNative(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteNative(FileHandle file, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadNative(FileHandle file, void* bytes, nuint count);
}

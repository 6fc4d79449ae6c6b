using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Conditions of epoll(7).</summary>
[Flags]
public enum EpollEvents : uint
{
    None = 0,
    Readable = 1,
    Writable = 4,
    Error = 8,
    HangUp = 0x10,
    PeerClosed = 0x2000,
    EdgeTriggered = 0x80000000,
}

/// <summary>
/// One epoll instance: which descriptors are ready. Threads that wait at the same time need a list of events each; any
/// thread may add, modify and remove.
/// </summary>
public sealed partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;

    private readonly FileHandle _handle;

    /// <exception cref="LinuxException">epoll_create1 failed.</exception>
    public Epoll()
    {
        int descriptor = CreateNative(CloseOnExec);
        _handle = descriptor >= 0 ? new FileHandle(descriptor) : throw new LinuxException(Errno.Last, "epoll_create1");
    }

    /// <summary>Watches a descriptor; <paramref name="data"/> comes back with each of its events.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public void Add(FileHandle file, EpollEvents events, ulong data) => Control(1, file, events, data);

    /// <summary>Watches for other events; those that hold already are reported once more.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public void Modify(FileHandle file, EpollEvents events, ulong data) => Control(3, file, events, data);

    /// <summary>Ends watching; needed where a copy of the descriptor outlives it. Errors are of no interest.</summary>
    public unsafe void Remove(FileHandle file)
    {
        Span<byte> unused = stackalloc byte[EpollEventList.EventSize];
        fixed (byte* pointer = unused)
        {
            ControlNative(_handle, 2, file, pointer);
        }
    }

    /// <summary>Waits; -1 milliseconds is for ever.</summary>
    /// <returns>How many events there are; ask the list for each.</returns>
    /// <exception cref="LinuxException">epoll_wait failed.</exception>
    public unsafe int Wait(EpollEventList events, int milliseconds)
    {
        fixed (byte* pointer = events.Native)
        {
            int count = WaitNative(_handle, pointer, events.Capacity, milliseconds);
            if (count < 0)
            {
                return Errno.Last == Errno.EINTR ? 0 : throw new LinuxException(Errno.Last, "epoll_wait");
            }

            return count;
        }
    }

    public void Dispose() => _handle.Dispose();

    private unsafe void Control(int operation, FileHandle file, EpollEvents events, ulong data)
    {
        Span<byte> native = stackalloc byte[EpollEventList.EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(native, (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(native[EpollEventList.DataOffset..], data);
        fixed (byte* pointer = native)
        {
            if (ControlNative(_handle, operation, file, pointer) != 0)
            {
                throw new LinuxException(Errno.Last, "epoll_ctl");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateNative(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int ControlNative(FileHandle epoll, int operation, FileHandle file, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int WaitNative(FileHandle epoll, byte* events, int capacity, int milliseconds);
}

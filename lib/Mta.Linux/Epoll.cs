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

/// <summary>One epoll instance: which descriptors are ready. One thread waits; any thread may add, modify and remove.</summary>
public sealed partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int MaxEvents = 256;

    // struct epoll_event is packed on x64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly FileHandle _handle;
    // Pinned for ever: most of the time a thread waits with it, and the collector could not tidy up around it.
    private readonly byte[] _events = GC.AllocateArray<byte>(EventSize * MaxEvents, pinned: true);

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
        Span<byte> unused = stackalloc byte[EventSize];
        fixed (byte* pointer = unused)
        {
            ControlNative(_handle, 2, file, pointer);
        }
    }

    /// <summary>Waits; -1 milliseconds is for ever.</summary>
    /// <returns>How many events there are; ask <see cref="Event"/> for each.</returns>
    /// <exception cref="LinuxException">epoll_wait failed.</exception>
    public unsafe int Wait(int milliseconds)
    {
        fixed (byte* pointer = _events)
        {
            int count = WaitNative(_handle, pointer, MaxEvents, milliseconds);
            if (count < 0)
            {
                return Errno.Last == Errno.EINTR ? 0 : throw new LinuxException(Errno.Last, "epoll_wait");
            }

            return count;
        }
    }

    public (EpollEvents Events, ulong Data) Event(int index)
    {
        ReadOnlySpan<byte> native = _events.AsSpan(index * EventSize, EventSize);
        return ((EpollEvents)BinaryPrimitives.ReadUInt32LittleEndian(native), BinaryPrimitives.ReadUInt64LittleEndian(native[DataOffset..]));
    }

    public void Dispose() => _handle.Dispose();

    private unsafe void Control(int operation, FileHandle file, EpollEvents events, ulong data)
    {
        Span<byte> native = stackalloc byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(native, (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(native[DataOffset..], data);
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

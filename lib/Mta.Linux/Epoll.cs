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

/// <summary>One epoll instance: which descriptors are ready. Used by the one thread that owns it.</summary>
public sealed partial class Epoll : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int MaxEvents = 256;

    // struct epoll_event is packed on x64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + 8;

    private readonly FileHandle _handle;
    private readonly byte[] _events = new byte[EventSize * MaxEvents];

    /// <exception cref="LinuxException">epoll_create1 failed.</exception>
    public Epoll()
    {
        int descriptor = CreateNative(CloseOnExec);
        _handle = descriptor >= 0 ? new FileHandle(descriptor) : throw new LinuxException(Errno.Last, "epoll_create1");
    }

    /// <summary>Watches a descriptor; <paramref name="data"/> comes back with each of its events.</summary>
    /// <exception cref="LinuxException">epoll_ctl failed.</exception>
    public unsafe void Add(FileHandle file, EpollEvents events, ulong data)
    {
        Span<byte> native = stackalloc byte[EventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(native, (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(native[DataOffset..], data);
        fixed (byte* pointer = native)
        {
            if (ControlNative(_handle, 1, file, pointer) != 0)
            {
                throw new LinuxException(Errno.Last, "epoll_ctl");
            }
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

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateNative(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int ControlNative(FileHandle epoll, int operation, FileHandle file, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int WaitNative(FileHandle epoll, byte* events, int capacity, int milliseconds);
}

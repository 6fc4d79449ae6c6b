using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>What one wait of an <see cref="Epoll"/> found.</summary>
/// <param name="capacity">Most events of one wait; others stay for the next, or for another thread's.</param>
public sealed class EpollEventList(int capacity = 256)
{
    // struct epoll_event is packed on x64 only.
    internal static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    internal static readonly int EventSize = DataOffset + 8;

    public int Capacity => capacity;

    // Pinned for ever: most of the time a thread waits with it, and the collector could not tidy up around it.
    internal byte[] Native { get; } = GC.AllocateArray<byte>(EventSize * capacity, pinned: true);

    public (EpollEvents Events, ulong Data) this[int index]
    {
        get
        {
            ReadOnlySpan<byte> native = Native.AsSpan(index * EventSize, EventSize);
            return ((EpollEvents)BinaryPrimitives.ReadUInt32LittleEndian(native), BinaryPrimitives.ReadUInt64LittleEndian(native[DataOffset..]));
        }
    }
}

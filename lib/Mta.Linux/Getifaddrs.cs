using System.Net;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>One Internet address of one network interface of this machine.</summary>
public sealed record InterfaceAddress(IPAddress Address, IPAddress Netmask, bool IsUp);

public static partial class Posix
{
    /// <summary>The machine's own addresses, in the kernel's order.</summary>
    /// <exception cref="LinuxException">getifaddrs failed.</exception>
    public static unsafe List<InterfaceAddress> InterfaceAddresses()
    {
        NativeInterface* list;
        if (GetifaddrsNative(&list) != 0)
        {
            throw new LinuxException(Errno.Last, "getifaddrs");
        }

        var addresses = new List<InterfaceAddress>();
        for (NativeInterface* entry = list; entry != null; entry = entry->Next)
        {
            if (SocketNumbers.FromNative(entry->Address) is { } address && SocketNumbers.FromNative(entry->Netmask) is { } mask)
            {
                addresses.Add(new InterfaceAddress(address.Address, mask.Address, (entry->Flags & 1) != 0));
            }
        }

        FreeifaddrsNative(list);
        return addresses;
    }

    [LibraryImport("libc", EntryPoint = "getifaddrs", SetLastError = true)]
    private static unsafe partial int GetifaddrsNative(NativeInterface** list);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static unsafe partial void FreeifaddrsNative(NativeInterface* list);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeInterface
    {
        public NativeInterface* Next;
        public byte* Name;
        public uint Flags;
        public byte* Address;
        public byte* Netmask;
        public byte* Other;
        public byte* Data;
    }
}

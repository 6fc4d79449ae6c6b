using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Mta.Linux;

/// <summary>Results of the system's name lookups (getaddrinfo(3), getnameinfo(3)).</summary>
public static class NameLookup
{
    public const int Success = 0;
    public const int NoName = -2;
    public const int Again = -3;
    public const int Fail = -4;
    public const int NoData = -5;
    public const int Family = -6;
    public const int Service = -8;
    public const int Memory = -10;
    public const int System = -11;

    /// <summary>The C library's text, for example <c>Name or service not known</c>.</summary>
    public static unsafe string Text(int code) => NativeText.FromPointer(Posix.GaiStrerror(code));

    /// <summary>Whether the same question may have another answer later.</summary>
    public static bool IsTemporary(int code) => code is Again or Memory or System;
}

public static partial class Posix
{
    private const int Passive = 1;
    private const int NumericHost = 4;
    private const int NumericService = 0x400;
    private const int NameRequired = 8;

    /// <summary>Addresses of a host and number of a service for stream sockets, as the system's configuration says. Blocks; large answers are kept whole.</summary>
    /// <param name="host">Null: the wildcard addresses.</param>
    /// <param name="service">Name or number of a TCP service; null gives port 0.</param>
    /// <param name="numericOnly">No lookup of the host: it must be an address.</param>
    /// <returns>0, or a <see cref="NameLookup"/> code.</returns>
    public static unsafe int TryGetAddresses(string? host, string? service, AddressFamily family, bool numericOnly, out List<IPEndPoint> addresses)
    {
        var hints = new NativeAddressInfo
        {
            Flags = (host is null ? Passive : 0) | (numericOnly ? NumericHost : 0),
            Family = family switch
            {
                AddressFamily.InterNetwork => SocketNumbers.FamilyInet,
                AddressFamily.InterNetworkV6 => SocketNumbers.FamilyInet6,
                _ => 0,
            },
            SocketType = SocketNumbers.Stream,
        };
        if (service is { Length: > 0 } && service.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            hints.Flags |= NumericService;
        }

        addresses = [];
        NativeAddressInfo* list;
        int code = GetaddrinfoNative(host, service ?? (host is null ? "0" : null), &hints, &list);
        if (code != 0)
        {
            return code;
        }

        for (NativeAddressInfo* entry = list; entry != null; entry = entry->Next)
        {
            if (SocketNumbers.FromNative(entry->Address) is { } endPoint && !addresses.Contains(endPoint))
            {
                addresses.Add(endPoint);
            }
        }

        FreeaddrinfoNative(list);
        return 0;
    }

    /// <summary>The name of an address, as the system's configuration says. Blocks.</summary>
    /// <returns>0, or a <see cref="NameLookup"/> code; the name is then empty.</returns>
    public static unsafe int TryGetHostName(IPAddress address, out string name)
    {
        byte[] native = SocketNumbers.InetAddress(new IPEndPoint(address, 0));
        byte* buffer = stackalloc byte[1025];
        fixed (byte* pointer = native)
        {
            int code = GetnameinfoNative(pointer, (uint)native.Length, buffer, 1025, null, 0, NameRequired);
            name = code == 0 ? NativeText.FromPointer(buffer) : "";
            return code;
        }
    }

    [LibraryImport("libc", EntryPoint = "gai_strerror")]
    internal static unsafe partial byte* GaiStrerror(int code);

    [LibraryImport("libc", EntryPoint = "getaddrinfo", SetLastError = true)]
    private static unsafe partial int GetaddrinfoNative([MarshalUsing(typeof(ByteStringMarshaller))] string? host, [MarshalUsing(typeof(ByteStringMarshaller))] string? service, NativeAddressInfo* hints, NativeAddressInfo** list);

    [LibraryImport("libc", EntryPoint = "freeaddrinfo")]
    private static unsafe partial void FreeaddrinfoNative(NativeAddressInfo* list);

    [LibraryImport("libc", EntryPoint = "getnameinfo", SetLastError = true)]
    private static unsafe partial int GetnameinfoNative(byte* address, uint length, byte* host, uint hostLength, byte* service, uint serviceLength, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct NativeAddressInfo
    {
        public int Flags;
        public int Family;
        public int SocketType;
        public int Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* CanonicalName;
        public NativeAddressInfo* Next;
    }
}

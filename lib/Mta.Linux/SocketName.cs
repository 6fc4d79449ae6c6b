using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>One end of a socket: numeric address and port of an internet socket, path of a Unix one.</summary>
/// <param name="Family">AF_UNIX 1, AF_INET 2, AF_INET6 10; 0 when unknown.</param>
/// <param name="Address">Without brackets; an IPv4-mapped address is given as IPv4. The path for AF_UNIX, often empty.</param>
public readonly record struct SocketName(int Family, string Address, int Port)
{
    public const int Unix = 1;
    public const int Inet = 2;
    public const int Inet6 = 10;

    /// <summary>sizeof(struct sockaddr_storage).</summary>
    public const int MaxLength = 128;

    public bool IsInternet => Family is Inet or Inet6;

    internal static SocketName Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length < 2)
        {
            return new SocketName(0, "", 0);
        }

        int family = MemoryMarshal.Read<ushort>(address);
        if (family == Inet && address.Length >= 8)
        {
            return new SocketName(Inet, new IPAddress(address.Slice(4, 4)).ToString(), BinaryPrimitives.ReadUInt16BigEndian(address[2..]));
        }

        if (family == Inet6 && address.Length >= 28)
        {
            IPAddress ip = new(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..]));
            int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
            return ip.IsIPv4MappedToIPv6
                ? new SocketName(Inet, ip.MapToIPv4().ToString(), port)
                : new SocketName(Inet6, ip.ToString(), port);
        }

        if (family == Unix)
        {
            ReadOnlySpan<byte> path = address[2..];
            int end = path.IndexOf((byte)0);
            return new SocketName(Unix, System.Text.Encoding.Latin1.GetString(end < 0 ? path : path[..end]), 0);
        }

        return new SocketName(family, "", 0);
    }
}

public static partial class Posix
{
    /// <returns>0, or the error number (ENOTSOCK, ENOTCONN, EBADF).</returns>
    public static unsafe int TryGetPeerName(int socket, out SocketName name)
    {
        byte* address = stackalloc byte[SocketName.MaxLength];
        uint length = SocketName.MaxLength;
        int result = GetPeerNameNative(socket, address, &length);
        name = result == 0 ? SocketName.Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketName.MaxLength))) : default;
        return result == 0 ? 0 : Errno.Last;
    }

    /// <returns>0, or the error number (ENOTSOCK, EBADF).</returns>
    public static unsafe int TryGetSocketName(int socket, out SocketName name)
    {
        byte* address = stackalloc byte[SocketName.MaxLength];
        uint length = SocketName.MaxLength;
        int result = GetSocketNameNative(socket, address, &length);
        name = result == 0 ? SocketName.Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketName.MaxLength))) : default;
        return result == 0 ? 0 : Errno.Last;
    }

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    private static unsafe partial int GetPeerNameNative(int socket, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static unsafe partial int GetSocketNameNative(int socket, byte* address, uint* length);
}

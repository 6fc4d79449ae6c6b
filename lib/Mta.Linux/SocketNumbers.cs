using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Linux;

/// <summary>Constants and addresses of socket(2), equal on x64 and arm64.</summary>
internal static class SocketNumbers
{
    public const int FamilyUnix = 1;
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;
    public const int Stream = 1;
    public const int Datagram = 2;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int LevelIpv6 = 41;
    public const int NoDelay = 1;
    public const int ReuseAddress = 2;
    public const int Error = 4;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int KeepAlive = 9;
    public const int ReusePort = 15;
    public const int ReceiveTimeout = 20;
    public const int SendTimeout = 21;
    public const int Ipv6Only = 26;
    public const int NoSignal = 0x4000;
    public const int Peek = 2;
    public const int DontWait = 0x40;
    public const int ReceiveCloseOnExec = 0x40000000;
    public const int ControlTruncated = 8;

    /// <summary>struct sockaddr_un. ENAMETOOLONG above 107 bytes.</summary>
    public static byte[] UnixAddress(string path)
    {
        if (path.Length > 107 || path.Length == 0 || path.Contains('\0'))
        {
            throw new LinuxException(path.Length > 107 ? Errno.ENAMETOOLONG : Errno.EINVAL, "socket", path);
        }

        byte[] address = new byte[2 + path.Length + 1];
        address[0] = FamilyUnix;
        Encoding.Latin1.GetBytes(path, address.AsSpan(2));
        return address;
    }

    /// <summary>struct sockaddr_in or sockaddr_in6.</summary>
    public static byte[] InetAddress(IPEndPoint endPoint)
    {
        bool isSix = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] address = new byte[isSix ? 28 : 16];
        address[0] = (byte)(isSix ? FamilyInet6 : FamilyInet);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address.AsSpan(isSix ? 8 : 4), out _);
        if (isSix)
        {
            BitConverter.TryWriteBytes(address.AsSpan(24), (uint)endPoint.Address.ScopeId);
        }

        return address;
    }

    /// <summary>Reads a struct sockaddr; null for families other than the two of the Internet.</summary>
    public static unsafe IPEndPoint? FromNative(byte* address)
    {
        if (address == null)
        {
            return null;
        }

        ushort family = *(ushort*)address;
        int port = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2));
        return family switch
        {
            FamilyInet => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), port),
            FamilyInet6 => new IPEndPoint(new IPAddress(new ReadOnlySpan<byte>(address + 8, 16), *(uint*)(address + 24)), port),
            _ => null,
        };
    }
}

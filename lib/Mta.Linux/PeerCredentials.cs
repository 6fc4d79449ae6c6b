using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Who was at the other end of a Unix socket when it connected.</summary>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);

public static partial class Posix
{
    /// <exception cref="LinuxException">getsockopt failed.</exception>
    public static unsafe PeerCredentials PeerCredentialsOf(SafeHandle socket)
    {
        PeerCredentials credentials;
        uint length = (uint)sizeof(PeerCredentials);
        return GetsockoptNative(socket, SocketNumbers.LevelSocket, SocketNumbers.PeerCredentials, (byte*)&credentials, &length) == 0
            ? credentials
            : throw new LinuxException(Errno.Last, "getsockopt");
    }
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Accepts one connection; the new descriptor is non-blocking and close-on-exec.</summary>
    /// <returns>0, or the error number (EAGAIN when no connection waits or another process took it).</returns>
    public static unsafe int TryAccept(int listener, out FileHandle connection, out SocketName peer)
    {
        byte* address = stackalloc byte[SocketName.MaxLength];
        uint length = SocketName.MaxLength;
        int descriptor = Accept4Native(listener, address, &length, SocketNonBlocking | SocketCloseOnExec);
        if (descriptor < 0)
        {
            connection = new FileHandle();
            peer = default;
            return Errno.Last;
        }

        connection = new FileHandle(descriptor);
        peer = SocketName.Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketName.MaxLength)));
        return 0;
    }

    private const int SocketNonBlocking = 0x800;
    private const int SocketCloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static unsafe partial int Accept4Native(int listener, byte* address, uint* length, int flags);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Ends what this side sends: the peer reads end of file, whoever else holds the socket.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryShutdownWrite(SafeHandle socket) => ShutdownNative(socket, 1) == 0 ? 0 : Errno.Last;

    /// <summary>Ends both directions, for whoever holds the socket.</summary>
    /// <returns>0, or the error number.</returns>
    public static int TryShutdown(SafeHandle socket) => ShutdownNative(socket, 2) == 0 ? 0 : Errno.Last;

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int ShutdownNative(SafeHandle socket, int how);
}

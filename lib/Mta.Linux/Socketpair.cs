using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Two connected Unix stream sockets, close-on-exec, blocking.</summary>
    /// <exception cref="LinuxException">socketpair failed.</exception>
    public static unsafe (FileHandle First, FileHandle Second) SocketPair()
    {
        int* ends = stackalloc int[2];
        if (SocketpairNative(SocketNumbers.FamilyUnix, SocketNumbers.Stream | SocketNumbers.CloseOnExec, 0, ends) != 0)
        {
            throw new LinuxException(Errno.Last, "socketpair");
        }

        return (new FileHandle(ends[0]), new FileHandle(ends[1]));
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static unsafe partial int SocketpairNative(int family, int type, int protocol, int* ends);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>A pipe whose both ends are close-on-exec, and non-blocking on demand.</summary>
    /// <exception cref="LinuxException">pipe2 failed.</exception>
    public static unsafe (FileHandle Reader, FileHandle Writer) Pipe(bool nonBlocking = false)
    {
        int* ends = stackalloc int[2];
        if (Pipe2Native(ends, CloseOnExec | (nonBlocking ? (int)OpenFlags.NonBlocking : 0)) != 0)
        {
            throw new LinuxException(Errno.Last, "pipe2");
        }

        return (new FileHandle(ends[0]), new FileHandle(ends[1]));
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe2Native(int* ends, int flags);
}

using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Closes and reports the error, which may be the only sign of a failed write (close(2)).</summary>
    /// <exception cref="LinuxException">close failed; the descriptor is gone all the same.</exception>
    public static void Close(FileHandle file)
    {
        if (CloseDescriptor(file.Release()) != 0)
        {
            throw new LinuxException(Errno.Last, "close");
        }
    }

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int CloseDescriptor(int descriptor);
}

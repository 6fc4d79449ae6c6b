using System.Runtime.InteropServices;

namespace Mta.Linux;

public static partial class Posix
{
    /// <summary>Takes a whole-file lock (flock(2)), which belongs to the open file, not to the process.</summary>
    /// <returns>False when another holder is in the way and <paramref name="wait"/> is off.</returns>
    /// <exception cref="LinuxException">flock failed.</exception>
    public static bool Flock(FileHandle file, FileLock kind, bool wait)
    {
        while (FlockNative(file, (int)kind | (wait ? 0 : 4)) != 0)
        {
            if (Errno.Last == Errno.EAGAIN)
            {
                return false;
            }

            if (Errno.Last != Errno.EINTR)
            {
                throw new LinuxException(Errno.Last, "flock");
            }
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FlockNative(FileHandle file, int operation);
}

/// <summary>Kinds of whole-file lock.</summary>
public enum FileLock
{
    Shared = 1,
    Exclusive = 2,
    Release = 8,
}

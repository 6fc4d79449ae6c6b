using System.Runtime.InteropServices;

namespace Mta.Linux;

/// <summary>Kinds of open-file-description lock.</summary>
public enum RecordLock
{
    Shared = 0,
    Exclusive = 1,
    Release = 2,
}

public static partial class Posix
{
    private const int SetLock = 37;
    private const int SetLockWait = 38;

    /// <summary>
    /// Takes a whole-file lock of the fcntl kind that belongs to the open file (F_OFD_SETLK), so that two opens of one
    /// file exclude each other within this process too. It conflicts with other programs' fcntl and lockf locks.
    /// </summary>
    /// <returns>False when another holder is in the way and <paramref name="wait"/> is off.</returns>
    /// <exception cref="LinuxException">fcntl failed.</exception>
    public static unsafe bool LockRecord(FileHandle file, RecordLock kind, bool wait)
    {
        var request = new NativeLock { Type = (short)kind };
        while (FcntlNative(file, wait ? SetLockWait : SetLock, &request) != 0)
        {
            if (Errno.Last is Errno.EAGAIN or Errno.EACCES)
            {
                return false;
            }

            if (Errno.Last != Errno.EINTR)
            {
                throw new LinuxException(Errno.Last, "fcntl");
            }
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static unsafe partial int FcntlNative(FileHandle file, int command, NativeLock* request);

    // struct flock of 64-bit Linux; start and length 0 mean the whole file, the process number must be 0.
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}

using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>The lock file <c>PATH.lock</c>, and kernel locks on the mailbox itself.</summary>
public sealed class MailboxLock(string path, LockSettings settings)
{
    private bool _isHeld;

    /// <summary>Makes the lock file; an old one is removed, a young one is waited for.</summary>
    /// <param name="errno">EEXIST when it is still there after all attempts.</param>
    public bool TryCreate(out int errno)
    {
        const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        string name = $"{path}.lock";
        for (int attempt = 1; ; attempt++)
        {
            errno = Posix.TryOpen(name, Flags, 0, out FileHandle handle);
            if (errno == 0)
            {
                handle.Dispose();
                _isHeld = true;
                return true;
            }

            if (errno != Errno.EEXIST)
            {
                return false;
            }

            if (Posix.TryLstat(name, out FileStatus status) == 0 && DateTime.UtcNow - status.ChangeTime > settings.StaleAfter && Posix.TryUnlink(name) == 0)
            {
                continue;
            }

            if (attempt >= settings.Attempts)
            {
                return false;
            }

            Pause(settings.Delay);
        }
    }

    /// <summary>Removes the lock file that was made here.</summary>
    public void Remove()
    {
        if (_isHeld)
        {
            _isHeld = false;
            Posix.TryUnlink($"{path}.lock");
        }
    }

    /// <summary>
    /// Takes the configured kernel locks. The fcntl lock is one of the open file, so that it also keeps deliveries of
    /// this process apart.
    /// </summary>
    public static bool TryLockFile(FileHandle file, LockSettings settings)
    {
        bool flocked = !settings.Locks.HasFlag(MailboxLocks.Flock);
        bool locked = !settings.Locks.HasFlag(MailboxLocks.Fcntl);
        for (int attempt = 1; ; attempt++)
        {
            flocked = flocked || Posix.Flock(file, FileLock.Exclusive, wait: false);
            if (flocked && (locked || Posix.LockRecord(file, RecordLock.Exclusive, wait: false)))
            {
                return true;
            }

            if (attempt >= settings.Attempts)
            {
                return false;
            }

            Pause(settings.Delay);
        }
    }

    private static void Pause(TimeSpan delay) => Thread.Sleep(delay * (0.75 + (Random.Shared.NextDouble() / 2)));
}

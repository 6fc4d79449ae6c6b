using System.Globalization;
using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// Files of delivered messages, emptied, that wait in <c>spare/</c> to hold new ones. A busy queue makes and removes
/// files all the time, and some file systems pay for that: ext4 without a journal looks at every inode that was deleted
/// in the last minutes, one by one, before it makes a file, which at a few hundred messages a second takes longer than
/// all the rest that the system does for a message. Where nothing is gained nothing is lost.
/// </summary>
/// <remarks>
/// <c>spare/0</c> to <c>spare/2047</c> are a ring: qmgr puts files in, cleanup takes them out, each with a place of its
/// own, so that the two follow each other without a word. A full place, an empty one or no such directory mean that a
/// file is removed or made as ever. Who finds an empty place waits there; who finds a full one, or anything else, passes
/// it, so that after a restart, which begins at 0, it comes to where the others wait. A file's record lock says that
/// somebody is about to take it, or has.
/// </remarks>
/// <param name="directory">Where they are.</param>
public sealed class SpareFiles(string directory = QueueName.Spare)
{
    private const int Places = 2048;
    private const int Unfinished = 0x180; // 0600
    private const int MaxPassed = 16;
    private int _next;
    private SpareFile? _prepared;

    /// <summary>
    /// Empties a message file that nobody needs any more, and keeps it. Not when it has another name or somebody still
    /// holds its lock: an agent that was given up may yet read it, or mark a recipient in it. For one thread at a time.
    /// </summary>
    /// <returns>False when it was not kept, and is still there to be removed: perhaps emptied, but never fit for delivery then.</returns>
    public bool TryKeep(string path)
    {
        if (Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out FileHandle file) != 0)
        {
            return false;
        }

        using (file)
        {
            try
            {
                FileStatus status = Posix.Fstat(file);
                if (!status.IsRegular || status.Links != 1 || !Posix.Flock(file, FileLock.Exclusive, wait: false))
                {
                    return false;
                }

                // All of it before the rename: from then on the file is another message's. Unfinished first, so that
                // a death in between leaves nothing that looks like a damaged message.
                Posix.Fchmod(file, Unfinished);
                Posix.Ftruncate(file, 0);
            }
            catch (LinuxException)
            {
                return false;
            }

            int errno = Posix.TryRenameNew(path, PathOf(_next));
            if (errno is 0 or Errno.EEXIST)
            {
                _next = (_next + 1) % Places;
            }

            return errno == 0;
        }
    }

    /// <summary>
    /// Looks for the file that the next <see cref="TryTake"/> gives, so that who waits for that one waits for a rename
    /// only. Safe for concurrent calls.
    /// </summary>
    public void Prepare()
    {
        if (Volatile.Read(ref _prepared) is null && TryFind() is { } file && Interlocked.CompareExchange(ref _prepared, file, null) is not null)
        {
            file.Dispose();
        }
    }

    /// <summary>
    /// Takes a spare file: empty, mode 0600, nobody else's. Safe for concurrent calls. It stays in the ring until it is
    /// renamed, so that a crash loses nothing.
    /// </summary>
    /// <returns>The caller's to dispose of; null when there is none.</returns>
    public SpareFile? TryTake() => Interlocked.Exchange(ref _prepared, null) ?? TryFind();

    private SpareFile? TryFind()
    {
        for (int attempt = 0; attempt < MaxPassed; attempt++)
        {
            int place = Volatile.Read(ref _next);
            string path = PathOf(place);
            int errno = Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out FileHandle file);
            if (errno is not (0 or Errno.ELOOP or Errno.EISDIR or Errno.EACCES))
            {
                return null;
            }

            Interlocked.CompareExchange(ref _next, (place + 1) % Places, place);
            if (errno == 0 && TryClaim(file, path) is { } spare)
            {
                return spare;
            }

            file.Dispose();
        }

        return null;
    }

    // Whoever holds the lock of the file that has the name may give it another one. It is none of the kind that says that a
    // message is being delivered: the file may be a message by the time that it is tried. Nobody empties it here: what is not
    // as it was kept may be somebody's.
    private static SpareFile? TryClaim(FileHandle file, string path)
    {
        try
        {
            return Posix.LockRecord(file, RecordLock.Exclusive, wait: false)
                && Posix.Fstat(file) is { IsRegular: true, Links: 1, Size: 0, Permissions: Unfinished } status
                && Posix.TryLstat(path, out FileStatus named) == 0 && named.Inode == status.Inode
                    ? new SpareFile(file, path, status.Inode)
                    : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private string PathOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{directory}/{place}");
}

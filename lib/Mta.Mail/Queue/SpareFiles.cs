using System.Diagnostics.CodeAnalysis;
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
/// file is removed or made as ever. Who finds an empty place waits there; who finds a full one passes it, so that after
/// a restart, which begins at 0, it comes to where the others wait.
/// </remarks>
/// <param name="directory">Where they are.</param>
public sealed class SpareFiles(string directory = QueueName.Spare)
{
    private const int Places = 2048;
    private const int Unfinished = 0x180; // 0600
    private int _next;

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
    /// Gives a spare file a new name and opens it for reading and writing: empty, nobody else's. Safe for concurrent
    /// calls. A crash leaves it under the new name, which therefore must be one that scans pass over.
    /// </summary>
    /// <param name="mode">Its permission bits from now on.</param>
    /// <returns>False when there is none; the name is free then.</returns>
    public bool TryTake(string path, int mode, [NotNullWhen(true)] out FileHandle? file)
    {
        file = null;
        int place = Volatile.Read(ref _next);
        if (Posix.TryRenameNew(PathOf(place), path) != 0)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _next, (place + 1) % Places, place);
        if (Posix.TryOpen(path, OpenFlags.ReadWrite | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out file) == 0)
        {
            try
            {
                FileStatus status = Posix.Fstat(file);
                if (status.IsRegular && status.Links == 1)
                {
                    // Both were done when it was kept, but perhaps by an older program, or for a queue with another mode.
                    if (status.Size != 0)
                    {
                        Posix.Ftruncate(file, 0);
                    }

                    if (status.Permissions != mode)
                    {
                        Posix.Fchmod(file, mode);
                    }

                    return true;
                }
            }
            catch (LinuxException)
            {
                // A file that cannot be had as it should be is none.
            }

            file.Dispose();
            file = null;
        }

        Posix.TryUnlink(path);
        return false;
    }

    private string PathOf(int place) => string.Create(CultureInfo.InvariantCulture, $"{directory}/{place}");
}

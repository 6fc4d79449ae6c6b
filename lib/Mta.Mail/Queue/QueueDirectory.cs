using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// The queue directories of one instance: paths, scans, and the operations that move a file from one state of
/// docs/QUEUE.md to another. Paths are relative: the working directory is <c>queue_directory</c> (or its chroot).
/// Has no state; used by any number of threads.
/// </summary>
public sealed class QueueDirectory(QueueSettings settings)
{
    private const int MaxScanDepth = 32;

    public QueueSettings Settings { get; } = settings;

    /// <summary>Complete: the owner may read, write and execute. Anything else is unfinished (0600) or corrupt (0400).</summary>
    public static bool IsReady(FileStatus status) => status.IsRegular && (status.Permissions & 0x1C0) == 0x1C0;

    /// <summary>The owner may write it, and it is not complete yet.</summary>
    public static bool IsUnfinished(FileStatus status) => status.IsRegular && (status.Permissions & 0x1C0) == 0x180;

    public bool IsHashed(string queue)
    {
        foreach (string name in Settings.HashedQueues)
        {
            if (string.Equals(name, queue, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>queue/[c1/c2/.../]ID</c>.</summary>
    public string PathOf(string queue, QueueId id) => string.Concat(queue, HashPath(queue, id), "/", id.Value);

    /// <summary>What lstat says of a file.</summary>
    /// <returns>0, or the error number.</returns>
    public int TryStatus(string queue, QueueId id, out FileStatus status) => Posix.TryLstat(PathOf(queue, id), out status);

    /// <summary>
    /// The names in a queue that are queue IDs, in directory order, read as they are asked for. Directories whose name
    /// is one character are hash subdirectories and are entered; every other name is passed over.
    /// </summary>
    /// <exception cref="LinuxException">The queue directory cannot be read.</exception>
    public IEnumerable<QueueId> Scan(string queue)
    {
        foreach ((string _, string name) in ScanFiles(queue))
        {
            if (QueueId.TryParse(name, out QueueId id))
            {
                yield return id;
            }
        }
    }

    /// <summary>All names in a queue, valid or not, each with the directory it was found in: for repair.</summary>
    /// <exception cref="LinuxException">The queue directory cannot be read.</exception>
    public static IEnumerable<(string Directory, string Name)> ScanFiles(string queue)
    {
        foreach (QueueEntry entry in ScanEntries(queue))
        {
            yield return (entry.Directory, entry.Name);
        }
    }

    /// <summary>As <see cref="ScanFiles"/>, with what the directory says about each: a look that costs no system call.</summary>
    /// <exception cref="LinuxException">The queue directory cannot be read.</exception>
    public static IEnumerable<QueueEntry> ScanEntries(string queue)
    {
        Stack<(string Path, DirectoryStream Stream)> open = new();
        int errno = DirectoryStream.TryOpen(queue, out DirectoryStream top);
        if (errno != 0)
        {
            throw new LinuxException(errno, "scan_dir_push: open directory", queue);
        }

        open.Push((queue, top));
        try
        {
            while (open.TryPeek(out (string Path, DirectoryStream Stream) current))
            {
                string? name = current.Stream.Next();
                if (name is null)
                {
                    open.Pop().Stream.Dispose();
                }
                else if (name.Length != 1)
                {
                    yield return new QueueEntry(current.Path, name, current.Stream.Inode, current.Stream.IsRegular);
                }
                else if (open.Count < MaxScanDepth && DirectoryStream.TryOpen($"{current.Path}/{name}", out DirectoryStream sub) == 0)
                {
                    open.Push(($"{current.Path}/{name}", sub));
                }
            }
        }
        finally
        {
            foreach ((string _, DirectoryStream stream) in open)
            {
                stream.Dispose();
            }
        }
    }

    /// <summary>
    /// Renames a message from one queue to another, making hash subdirectories on demand. A failure after which the
    /// source is gone and the target exists counts as success (NFS).
    /// </summary>
    /// <returns>0, or the error number; ENOENT when there is no such message.</returns>
    public int TryMove(QueueId id, string from, string to) => TryRename(PathOf(from, id), to, id);

    /// <summary>Renames any file of the queue to the place of a message.</summary>
    /// <returns>0, or the error number.</returns>
    public int TryRename(string source, string queue, QueueId id)
    {
        string target = PathOf(queue, id);
        int errno = Posix.TryRename(source, target);
        if (errno == Errno.ENOENT && IsHashed(queue) && Posix.TryLstat(source, out _) == 0)
        {
            MakeHashDirectories(queue, id);
            errno = Posix.TryRename(source, target);
        }

        if (errno != 0 && Posix.TryLstat(source, out _) == Errno.ENOENT && Posix.TryLstat(target, out _) == 0)
        {
            return 0;
        }

        return errno;
    }

    /// <summary>Sets access and modification time: when the next scan may take the message.</summary>
    /// <returns>0, or the error number.</returns>
    public int TrySetTimes(string queue, QueueId id, DateTime utc) => Posix.TrySetFileTimes(PathOf(queue, id), utc);

    /// <summary>Unlinks a message or logfile.</summary>
    /// <returns>0, or the error number.</returns>
    public int TryRemove(string queue, QueueId id) => Posix.TryUnlink(PathOf(queue, id));

    /// <summary>Makes the hash subdirectories of a name; existing ones are left alone.</summary>
    public void MakeHashDirectories(string queue, QueueId id)
    {
        string path = queue;
        for (int level = 0; level < Settings.HashDepth; level++)
        {
            path = $"{path}/{id.HashCharacter(level)}";
            int errno = Posix.TryMkdir(path, 0x1C0);
            if (errno is not (0 or Errno.EEXIST))
            {
                throw new LinuxException(errno, "mkdir", path);
            }
        }
    }

    /// <summary>Whether a directory that a scan of the queue went through is the one where the name belongs.</summary>
    public bool IsPlaceOf(string queue, QueueId id, ReadOnlySpan<char> directory)
    {
        int depth = IsHashed(queue) ? Settings.HashDepth : 0;
        if (directory.Length != queue.Length + (2 * depth) || !directory.StartsWith(queue, StringComparison.Ordinal))
        {
            return false;
        }

        for (int level = 0; level < depth; level++)
        {
            if (directory[queue.Length + (2 * level) + 1] != id.HashCharacter(level))
            {
                return false;
            }
        }

        return true;
    }

    private string HashPath(string queue, QueueId id)
    {
        if (!IsHashed(queue))
        {
            return "";
        }

        Span<char> path = stackalloc char[2 * Math.Min(Settings.HashDepth, 64)];
        for (int level = 0; level < path.Length / 2; level++)
        {
            path[2 * level] = '/';
            path[(2 * level) + 1] = id.HashCharacter(level);
        }

        return new string(path);
    }
}

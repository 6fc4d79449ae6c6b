using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>
/// A file of <c>spare/</c> that is about to become a message: empty, open for reading and writing, and locked, which keeps
/// others from taking it too. Used by one thread at a time.
/// </summary>
public sealed class SpareFile : IDisposable
{
    private readonly string _path;

    internal SpareFile(FileHandle file, string path, ulong inode)
    {
        File = file;
        _path = path;
        Inode = inode;
    }

    /// <summary>The open file; whoever renamed it may keep it.</summary>
    public FileHandle File { get; }

    public ulong Inode { get; }

    /// <summary>Makes it the file of a message.</summary>
    /// <returns>0; ENOENT when it is not there any more; otherwise what rename said.</returns>
    public int TryRename(QueueDirectory directory, string queue, QueueId id)
    {
        int errno = directory.TryRename(_path, queue, id);
        if (errno != 0)
        {
            return errno;
        }

        // Whatever an administrator put in its place meanwhile is not the file that is open here.
        return directory.TryStatus(queue, id, out FileStatus status) == 0 && status.Inode == Inode ? 0 : Errno.ENOENT;
    }

    public void Dispose() => File.Dispose();
}

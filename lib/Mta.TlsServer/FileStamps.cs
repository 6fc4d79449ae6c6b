using Mta.Linux;

namespace Mta.TlsServer;

/// <summary>What became of the files that were read.</summary>
internal enum StampChange
{
    None,

    /// <summary>Changed, and this process can read them.</summary>
    Readable,

    /// <summary>Changed, and this process cannot read them any more.</summary>
    Unreadable,
}

/// <summary>
/// Tells whether files have changed since they were read. Where their paths are out of reach (another root directory, fewer
/// rights), the files and directories opened at the start still tell: a file that was replaced has one link less, or its
/// directory another time.
/// </summary>
internal sealed class FileStamps : IDisposable
{
    private readonly List<(string Path, FileStatus Status, FileHandle? File, FileHandle? Directory, DateTime DirectoryTime)> _files = [];

    public static FileStamps None { get; } = new();

    public static FileStamps Take(IEnumerable<string> paths)
    {
        FileStamps stamps = new();
        foreach (string path in paths)
        {
            if (Posix.TryStat(path, out FileStatus status) != 0)
            {
                status = default;
            }

            string parent = Path.GetDirectoryName(path) is { Length: > 0 } name ? name : ".";
            FileHandle? file = Posix.TryOpen(path, OpenFlags.ReadOnly, 0, out FileHandle opened) == 0 ? opened : null;
            FileHandle? directory = Posix.TryOpen(parent, OpenFlags.ReadOnly, 0, out opened) == 0 ? opened : null;
            stamps._files.Add((path, status, file, directory, directory is null ? default : Posix.Fstat(directory).ModifyTime));
        }

        return stamps;
    }

    public StampChange Compare()
    {
        StampChange change = StampChange.None;
        foreach ((string path, FileStatus old, FileHandle? file, FileHandle? directory, DateTime directoryTime) in _files)
        {
            if (Posix.TryStat(path, out FileStatus now) == 0)
            {
                if (now.Inode != old.Inode || now.Device != old.Device || now.ModifyTime != old.ModifyTime || now.Size != old.Size)
                {
                    if (Posix.TryAccess(path, AccessMode.Read) != 0)
                    {
                        return StampChange.Unreadable;
                    }

                    change = StampChange.Readable;
                }
            }
            else if (HasMoved(old, file, directory, directoryTime))
            {
                return StampChange.Unreadable;
            }
        }

        return change;
    }

    public void Dispose()
    {
        foreach ((_, _, FileHandle? file, FileHandle? directory, _) in _files)
        {
            file?.Dispose();
            directory?.Dispose();
        }

        _files.Clear();
    }

    private static bool HasMoved(FileStatus old, FileHandle? file, FileHandle? directory, DateTime directoryTime)
    {
        if (file is not null)
        {
            FileStatus now = Posix.Fstat(file);
            if (now.Links == 0 || now.ModifyTime != old.ModifyTime || now.Size != old.Size)
            {
                return true;
            }
        }

        return directory is not null && Posix.Fstat(directory).ModifyTime != directoryTime;
    }
}

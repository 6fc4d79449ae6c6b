using Mta.Linux;
using Mta.Mail.Queue;
using NLog;

namespace Mta.Postsuper;

/// <summary>
/// Puts a queue in order: files at their hash level, names that match inode numbers (after a restore or a copy),
/// leftovers removed. A name changes in two steps, so that no two messages ever share one: the first pass renames to
/// the new name with the suffix <c>#FIX</c>, logs before the message; the second takes the suffix away. A crash in
/// between leaves suffixed names, which the next run finishes.
/// </summary>
internal sealed class QueueRepair(QueueDirectory queue, PostsuperOptions options)
{
    private const string Suffix = "#FIX";
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(7);
    private static readonly string[] LogQueues = [QueueName.Bounce, QueueName.Defer, QueueName.Trace];

    private bool _isSecondPass;

    /// <summary>Messages whose names did not match their inode numbers.</summary>
    public int Renamed { get; private set; }

    public void RunPass()
    {
        using Progress progress = new();
        foreach (string name in options.Queues)
        {
            if (options.Verbose)
            {
                Log.Info($"queue: {name}");
            }

            // Collected first: a rename during the scan could show a file twice.
            List<QueueEntry> doubtful = [];
            foreach (QueueEntry entry in QueueDirectory.ScanEntries(name))
            {
                progress.Step(name);
                if (!IsSurelyRight(name, entry))
                {
                    doubtful.Add(entry);
                }
            }

            foreach (QueueEntry entry in doubtful)
            {
                Check(name, entry.Directory, entry.Name);
            }

            if (options.FixStructure)
            {
                RemoveSuperfluousDirectories(name, name, 0);
            }
        }

        _isSecondPass = true;
    }

    // What the directory alone tells, so that the start beside a million messages does not look at each of them.
    private bool IsSurelyRight(string name, QueueEntry entry) =>
        entry.IsRegular
        && !(options.Purge && MayHoldLeftovers(name))
        && QueueId.TryParse(entry.Name, out QueueId id)
        && !(options.FixStructure && MessageActions.IsMessageQueue(name) && NeedsNewName(id, entry.Inode))
        && !(options.FixStructure && !queue.IsPlaceOf(name, id, entry.Directory));

    // Unfinished files are found where files are written. Messages come to deferred and hold complete: only a run that
    // was asked for with -p looks there too.
    private bool MayHoldLeftovers(string name) =>
        MessageActions.IsMessageQueue(name) && !(options.IsRoutine && name is (QueueName.Deferred or QueueName.Hold));

    private void Check(string name, string directory, string file)
    {
        string path = $"{directory}/{file}";
        if (Posix.TryLstat(path, out FileStatus status) != 0)
        {
            return;
        }

        if (status.IsDirectory)
        {
            RemoveDirectory(path);
            return;
        }

        bool isMessageQueue = MessageActions.IsMessageQueue(name);
        if (options.Purge && (!status.IsRegular || (isMessageQueue && !QueueDirectory.IsReady(status) && status.ModifyTime < DateTime.UtcNow - LeftoverAge)))
        {
            Remove(path);
            return;
        }

        if (!status.IsRegular)
        {
            return;
        }

        // The second step of a rename, of this run or of one that was cut short.
        if (options.FixStructure && file.EndsWith(Suffix, StringComparison.Ordinal) && QueueId.TryParse(file[..^Suffix.Length], out QueueId fixedId))
        {
            if (isMessageQueue && !_isSecondPass)
            {
                Renamed++;
            }

            Rename(path, name, fixedId, "");
            return;
        }

        if (!QueueId.TryParse(file, out QueueId id))
        {
            Log.Warn($"bogus file name: {path}");
            return;
        }

        if (!options.FixStructure)
        {
            return;
        }

        if (isMessageQueue && QueueDirectory.IsReady(status) && NeedsNewName(id, status.Inode))
        {
            if (options.Verbose)
            {
                Log.Info($"name/inode mismatch: {path}");
            }

            Renamed++;
            GiveNewName(path, name, id, id.WithInode(status.Inode, queue.Settings.LongIds));
        }
        else if (path != queue.PathOf(name, id))
        {
            Rename(path, name, id, "");
        }
    }

    private bool NeedsNewName(QueueId id, ulong inode)
    {
        if (id.IsLong)
        {
            return !queue.Settings.LongIds || (options.FixLongNames && !(id.TryGetInode(out ulong named) && named == inode));
        }

        return !(id.TryGetInode(out ulong shortNamed) && shortNamed == inode);
    }

    // The message last: as long as it has its old name, an interrupted run finds the mismatch again.
    private void GiveNewName(string path, string name, QueueId old, QueueId id)
    {
        foreach (string log in LogQueues)
        {
            string logPath = queue.PathOf(log, old);
            if (Posix.TryLstat(logPath, out _) == 0)
            {
                Rename(logPath, log, id, Suffix);
            }
        }

        Rename(path, name, id, Suffix);
    }

    private void Rename(string source, string name, QueueId id, string suffix)
    {
        string target = queue.PathOf(name, id) + suffix;
        if (suffix.Length == 0 && Posix.TryLstat(target, out _) == 0)
        {
            Log.Warn($"rename file {source} as {target}: {Errno.Text(Errno.EEXIST)}");
            return;
        }

        int errno = Posix.TryRename(source, target);
        if (errno == Errno.ENOENT && queue.IsHashed(name))
        {
            queue.MakeHashDirectories(name, id);
            errno = Posix.TryRename(source, target);
        }

        if (errno != 0)
        {
            throw new LinuxException(errno, "rename file", $"{source} as {target}");
        }

        if (options.Verbose && Path.GetFileName(source) != Path.GetFileName(target))
        {
            Log.Info($"renamed file {source} as {target}");
        }
    }

    // Hash directories below the present depth are empty now, unless something else is in them.
    private void RemoveSuperfluousDirectories(string name, string path, int depth)
    {
        int wanted = queue.IsHashed(name) ? queue.Settings.HashDepth : 0;
        if (DirectoryStream.TryOpen(path, out DirectoryStream directory) != 0)
        {
            return;
        }

        List<string> below = [];
        using (directory)
        {
            while (directory.Next() is { } entry)
            {
                if (entry.Length == 1)
                {
                    below.Add($"{path}/{entry}");
                }
            }
        }

        foreach (string sub in below)
        {
            RemoveSuperfluousDirectories(name, sub, depth + 1);
            if (depth + 1 > wanted && Posix.TryRmdir(sub) == 0 && options.Verbose)
            {
                Log.Info($"remove directory {sub}");
            }
        }
    }

    private void RemoveDirectory(string path)
    {
        int errno = Posix.TryRmdir(path);
        if (errno is not (0 or Errno.ENOENT))
        {
            Log.Warn($"remove subdirectory {path}: {Errno.Text(errno)}");
        }
        else if (options.Verbose)
        {
            Log.Info($"remove directory {path}");
        }
    }

    private void Remove(string path)
    {
        int errno = Posix.TryUnlink(path);
        if (errno is not (0 or Errno.ENOENT))
        {
            Log.Warn($"remove file {path}: {Errno.Text(errno)}");
        }
        else if (options.Verbose)
        {
            Log.Info($"removed file {path}");
        }
    }
}

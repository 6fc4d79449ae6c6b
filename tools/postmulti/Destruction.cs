using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Postmulti;

/// <summary>
/// Takes away what an instance consists of, and nothing else: the directories of its queue, which must be empty of
/// mail, files of the mail system's own, then its three directories if nothing is left in them.
/// </summary>
internal static class Destruction
{
    private static readonly string[] Mail = ["maildrop", "incoming", "active", "deferred", "hold", "saved", "corrupt"];
    private static readonly string[] Others = ["bounce", "defer", "trace", "flush", "spare", "public", "private", "pid"];

    /// <exception cref="FatalException">There is mail.</exception>
    public static void DemandEmptyQueue(MailInstance instance)
    {
        foreach (string queue in Mail)
        {
            if (HasFiles($"{instance.QueueDirectory}/{queue}", depth: 0))
            {
                throw new FatalException($"Instance '{instance.Directory}' mail queue is not empty: {queue}");
            }
        }
    }

    public static void Remove(MailInstance instance, Logger log)
    {
        foreach (string queue in Mail.Concat(Others))
        {
            RemoveTree($"{instance.QueueDirectory}/{queue}", depth: 0);
        }

        Posix.TryUnlink($"{instance.QueueDirectory}/quick-start");
        foreach (string name in Names(instance.DataDirectory))
        {
            Posix.TryUnlink($"{instance.DataDirectory}/{name}");
        }

        Posix.TryUnlink($"{instance.Directory}/main.cf");
        Posix.TryUnlink($"{instance.Directory}/master.cf");
        foreach (string directory in (string[])[instance.QueueDirectory, instance.DataDirectory, instance.Directory])
        {
            if (Posix.TryRmdir(directory) is var errno && errno is not (0 or Errno.ENOENT))
            {
                log.Warn($"{directory}: please verify contents and remove by hand");
            }
        }
    }

    // Queue directories are at most a few levels of hashes deep.
    private static bool HasFiles(string path, int depth)
    {
        foreach (string name in Names(path))
        {
            string entry = $"{path}/{name}";
            if (Posix.TryLstat(entry, out FileStatus status) == 0 && (!status.IsDirectory || (depth < 16 && HasFiles(entry, depth + 1))))
            {
                return true;
            }
        }

        return false;
    }

    private static void RemoveTree(string path, int depth)
    {
        foreach (string name in Names(path))
        {
            string entry = $"{path}/{name}";
            if (Posix.TryLstat(entry, out FileStatus status) != 0)
            {
                continue;
            }

            if (!status.IsDirectory)
            {
                Posix.TryUnlink(entry);
            }
            else if (depth < 16)
            {
                RemoveTree(entry, depth + 1);
            }
        }

        Posix.TryRmdir(path);
    }

    private static List<string> Names(string directory)
    {
        try
        {
            return Posix.ListDirectory(directory);
        }
        catch (LinuxException)
        {
            return [];
        }
    }
}

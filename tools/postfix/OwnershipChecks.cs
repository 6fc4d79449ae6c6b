using Mta.Config.Parameters;
using Mta.Linux;

namespace Mta.Postfix;

/// <summary>Warnings about files that the wrong people own or can write.</summary>
internal static class OwnershipChecks
{
    private const int GroupOrOtherWrite = 0x12; // 022
    private const int MostEntries = 20_000;

    private static readonly string[] OwnersDirectories =
        ["saved", "incoming", "active", "defer", "deferred", "bounce", "hold", "trace", "corrupt", "spare", "public", "private", "flush"];

    public static void Run(Instance instance)
    {
        (uint owner, uint group) = QueueDirectories.Identity(instance.Configuration);
        uint root = Posix.EffectiveUser;
        string ownerName = instance.Configuration.Get(GlobalParameters.MailOwner);
        string queue = instance.QueueDirectory;
        OwnedBy(queue, root, "root");
        OwnedBy(instance.ProcessIdDirectory, root, "root");
        foreach (string tree in (string[])[instance.Configuration.Directory, instance.DaemonDirectory])
        {
            Tree(tree, path =>
            {
                OwnedBy(path, root, "root");
                NotWritable(path);
            });
        }

        Tree(instance.DataDirectory, path => OwnedBy(path, owner, ownerName));
        foreach (string name in OwnersDirectories)
        {
            Tree($"{queue}/{name}", path => OwnedBy(path, owner, ownerName));
        }

        OwnedBy($"{queue}/maildrop", owner, ownerName);
        if (Posix.EffectiveUser == 0)
        {
            Groups(instance, group);
        }

        foreach (string name in Names($"{queue}/corrupt"))
        {
            ControlLog.Warning($"damaged message: corrupt/{name}");
        }

        ChrootCopies.Run(queue);
    }

    private static void Groups(Instance instance, uint group)
    {
        string groupName = instance.Configuration.Get(GlobalParameters.SetgidGroup);
        string[] commands = [$"{instance.CommandDirectory}/postqueue", $"{instance.CommandDirectory}/postdrop"];
        foreach (string path in (string[])[$"{instance.QueueDirectory}/public", $"{instance.QueueDirectory}/maildrop", .. commands])
        {
            if (Posix.TryStat(path, out FileStatus status) == 0 && status.GroupId != group)
            {
                ControlLog.Warning($"not owned by group {groupName}: {path}");
            }
        }

        foreach (string path in commands)
        {
            // 02111: set-gid, and everybody may execute it.
            if (Posix.TryStat(path, out FileStatus status) == 0 && (status.Permissions & 0x449) != 0x449)
            {
                ControlLog.Warning($"not set-gid or not owner+group+world executable: {path}");
            }
        }
    }

    private static void OwnedBy(string path, uint user, string name)
    {
        if (Posix.TryLstat(path, out FileStatus status) == 0 && status.UserId != user && !status.IsSymbolicLink && (status.UserId != 0 || Posix.EffectiveUser == 0))
        {
            // Root's own files are no danger to an instance without root: a container's programs and settings.
            ControlLog.Warning($"not owned by {(user == 0 ? "root" : name)}: {path}");
        }
    }

    private static void NotWritable(string path)
    {
        if (Posix.TryLstat(path, out FileStatus status) == 0 && !status.IsSymbolicLink && (status.Permissions & GroupOrOtherWrite) != 0)
        {
            ControlLog.Warning($"group or other writable: {path}");
        }
    }

    // A queue can be large; what is wrong shows in the first thousands of entries.
    private static void Tree(string path, Action<string> action)
    {
        var waiting = new Stack<string>();
        waiting.Push(path);
        for (int seen = 0; seen < MostEntries && waiting.TryPop(out string? next); seen++)
        {
            action(next);
            if (Posix.TryLstat(next, out FileStatus status) == 0 && status.IsDirectory)
            {
                foreach (string name in Names(next))
                {
                    waiting.Push($"{next}/{name}");
                }
            }
        }
    }

    private static List<string> Names(string directory)
    {
        try
        {
            return Posix.ListDirectory(directory);
        }
        catch (LinuxException)
        {
            // Missing or closed to us: the check of its own owner has said so, where it matters.
            return [];
        }
    }
}

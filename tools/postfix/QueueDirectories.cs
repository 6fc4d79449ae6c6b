using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>A directory of the mail system: whose it is, and its permission bits.</summary>
/// <param name="IsOwners">mail_owner's; else root's.</param>
/// <param name="IsGroups">Its group is setgid_group.</param>
internal sealed record QueueDirectory(string Path, bool IsOwners, bool IsGroups, int Mode);

/// <summary>The directories that must be there before anything runs, and who owns them.</summary>
internal static class QueueDirectories
{
    private const int Private = 0x1C0; // 0700

    private static readonly string[] OwnersDirectories =
        ["incoming", "active", "deferred", "hold", "corrupt", "bounce", "defer", "trace", "flush", "saved", "spare", "private"];

    /// <summary>All of them, parents first.</summary>
    public static IEnumerable<QueueDirectory> All(Instance instance)
    {
        string queue = instance.QueueDirectory;
        yield return new QueueDirectory(instance.ProcessIdDirectory, false, false, 0x1ED); // 0755
        foreach (string name in OwnersDirectories)
        {
            yield return new QueueDirectory($"{queue}/{name}", true, false, Private);
        }

        yield return new QueueDirectory($"{queue}/maildrop", true, true, 0x1D8); // 0730
        yield return new QueueDirectory($"{queue}/public", true, true, 0x1C8); // 0710
        yield return new QueueDirectory(instance.DataDirectory, true, false, Private);
    }

    /// <summary>The user and group of the queue: the caller's in an instance without root.</summary>
    /// <exception cref="FatalException">mail_owner or setgid_group does not exist.</exception>
    public static (uint Owner, uint Group) Identity(Configuration configuration)
    {
        if (Posix.EffectiveUser != 0)
        {
            return (Posix.EffectiveUser, Posix.EffectiveGroup);
        }

        string owner = configuration.Get(GlobalParameters.MailOwner);
        string group = configuration.Get(GlobalParameters.SetgidGroup);
        Account account = Posix.FindUser(owner)
            ?? throw new FatalException($"file {configuration.Directory}/main.cf: parameter mail_owner: user {owner} has no entry in the system's user database; create it with: useradd --system --no-create-home {owner}");
        GroupAccount groupAccount = Posix.FindGroup(group)
            ?? throw new FatalException($"file {configuration.Directory}/main.cf: parameter setgid_group: group {group} has no entry in the system's group database; create it with: groupadd --system {group}");
        return (account.UserId, groupAccount.GroupId);
    }

    /// <summary>Makes what is missing.</summary>
    /// <param name="setPermissions">Gives existing ones their owner and mode as well.</param>
    /// <exception cref="LinuxException">A directory could not be made.</exception>
    public static void Create(Instance instance, bool setPermissions = false)
    {
        (uint owner, uint group) = Identity(instance.Configuration);
        foreach (QueueDirectory directory in All(instance))
        {
            int errno = Posix.TryLstat(directory.Path, out FileStatus status);
            if (errno == 0 && !status.IsDirectory)
            {
                throw new LinuxException(Errno.EEXIST, "mkdir", directory.Path);
            }

            if (errno == 0 && !setPermissions)
            {
                continue;
            }

            if (errno != 0)
            {
                Posix.Mkdir(directory.Path, Private);
            }

            // By descriptor: the parent is root's, but so that it stays true under any main.cf.
            using FileHandle handle = Posix.Open(directory.Path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
            if (Posix.EffectiveUser == 0)
            {
                Posix.Fchown(handle, directory.IsOwners ? owner : 0, directory.IsGroups ? group : errno == 0 ? status.GroupId : 0);
            }

            Posix.Fchmod(handle, errno == 0 ? directory.Mode | (status.Permissions & 0x600) : directory.Mode);
        }
    }
}

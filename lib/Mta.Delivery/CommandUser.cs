using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Text;

namespace Mta.Delivery;

/// <summary>Whom <c>pipe</c> and <c>spawn</c> run their command as: the master.cf argument <c>user=name[:group]</c>.</summary>
public readonly record struct CommandUser(uint UserId, uint GroupId)
{
    /// <exception cref="FatalException">There is no such user or group, or it is one that a command must never have.</exception>
    public static CommandUser Find(string text, Configuration configuration)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        string groupName = colon < 0 ? "" : text[(colon + 1)..];
        Account user = Posix.FindUser(name) ?? throw new FatalException($"get_service_attr: unknown username: {Printable.Neutralize(name)}");
        uint group = user.GroupId;
        if (groupName.Length > 0)
        {
            GroupAccount account = Posix.FindGroup(groupName) ?? throw new FatalException($"get_service_attr: unknown group: {Printable.Neutralize(groupName)}");
            group = account.GroupId;
        }

        if (user.UserId == 0)
        {
            throw Refused("root privileges");
        }

        if (group == 0)
        {
            throw Refused("privileged group id 0");
        }

        // An unprivileged instance has one account for everything.
        if (Posix.RealUser == 0)
        {
            RefuseOwn(user.UserId, group, configuration);
        }

        return new CommandUser(user.UserId, group);
    }

    private static void RefuseOwn(uint user, uint group, Configuration configuration)
    {
        string ownerName = configuration.Get(GlobalParameters.MailOwner);
        string dropName = configuration.Get(GlobalParameters.SetgidGroup);
        if (Posix.FindUser(ownerName) is { } owner)
        {
            if (user == owner.UserId)
            {
                throw Refused($"mail system owner {ownerName}");
            }

            if (group == owner.GroupId)
            {
                throw Refused($"mail system owner {ownerName} group id {group}");
            }
        }

        if (Posix.FindGroup(dropName) is { } drop && group == drop.GroupId)
        {
            throw Refused($"mail system {dropName} group id {group}");
        }
    }

    private static FatalException Refused(string what) => new($"user= command-line attribute specifies {what}");
}

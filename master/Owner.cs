using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;

namespace Mta.Master;

/// <summary>
/// Who owns the queue: <c>mail_owner</c>, or the caller in an instance without root. Files in directories that the
/// owner can write are made with the owner's identity, so that what stands there in their place (a link, say) gives
/// nothing of root's away.
/// </summary>
internal sealed record Owner(uint UserId, uint GroupId)
{
    /// <exception cref="ConfigurationException">There is no such user.</exception>
    public static Owner Find(Configuration configuration)
    {
        if (Posix.EffectiveUser != 0)
        {
            return new Owner(Posix.EffectiveUser, Posix.EffectiveGroup);
        }

        string name = configuration.Get(GlobalParameters.MailOwner);
        Account? account = Posix.FindUser(name);
        return account switch
        {
            null => throw new ConfigurationException($"file {configuration.Directory}/main.cf: parameter mail_owner: unknown user name value: {name}"),
            { UserId: 0 } => throw new ConfigurationException($"file {configuration.Directory}/main.cf: parameter mail_owner: user {name} has privileged user ID"),
            _ => new Owner(account.UserId, account.GroupId),
        };
    }

    /// <summary>Does something with the owner's rights.</summary>
    /// <exception cref="LinuxException">The identity could not be changed, or the action failed.</exception>
    public T Run<T>(Func<T> action)
    {
        if (Posix.EffectiveUser != 0)
        {
            return action();
        }

        uint[] groups = Posix.SupplementaryGroups();
        uint group = Posix.EffectiveGroup;
        Posix.BecomeEffective(UserId, GroupId, [GroupId]);
        try
        {
            return action();
        }
        finally
        {
            Posix.BecomeEffective(0, group, groups);
        }
    }
}

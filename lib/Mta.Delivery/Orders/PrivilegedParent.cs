using Mta.Linux;
using Mta.Text;

namespace Mta.Delivery.Orders;

/// <summary>
/// The parent of worker processes: its real user is root, so that it can start workers, while it works as the mail owner
/// like every other daemon.
/// </summary>
public static class PrivilegedParent
{
    /// <summary>Takes the mail owner's effective identity; does nothing in an unprivileged process.</summary>
    /// <exception cref="FatalException">There is no such user.</exception>
    /// <exception cref="LinuxException">The identity could not be taken.</exception>
    public static void TakeOwnerIdentity(string owner)
    {
        if (Posix.EffectiveUser != 0)
        {
            return;
        }

        Account account = Posix.FindUser(owner) ?? throw new FatalException($"unknown user name value: {Printable.Neutralize(owner)}");
        Posix.BecomeEffective(account.UserId, account.GroupId, Posix.GroupList(owner, account.GroupId));
    }
}

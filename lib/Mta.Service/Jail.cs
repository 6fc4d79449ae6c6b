using System.Net.Sockets;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Service;

/// <summary>
/// The change to a daemon's final root and identity. What loads files lazily (name services, time zone, random
/// source) is used once before, since nothing can be loaded from inside the queue directory.
/// </summary>
internal static class Jail
{
    /// <exception cref="FatalException">The mail owner is unknown.</exception>
    /// <exception cref="LinuxException">The system refused; the process must end.</exception>
    public static void Enter(Configuration configuration, DaemonOptions options, bool alwaysUnprivileged)
    {
        WarmUp();
        MailLog.ConnectBeforeRootChange($"public/{configuration.Get(PostlogParameters.PostlogServiceName)}");
        if (Posix.EffectiveUser != 0)
        {
            // A private instance: everything belongs to its one user.
            return;
        }

        string name = configuration.Get(GlobalParameters.MailOwner);
        Account owner = FindOwner(name);
        if (owner.UserId == 0)
        {
            throw new FatalException($"file {configuration.Directory}/main.cf: parameter mail_owner: user {name} has privileged user ID 0");
        }

        Posix.BecomeGroups(name, owner.GroupId);
        if (options.Chroot)
        {
            Posix.Chroot(".");
        }

        if (options.Unprivileged || alwaysUnprivileged)
        {
            Posix.BecomeForever(owner.UserId);
        }
    }

    private static Account FindOwner(string name)
    {
        int errno = Posix.TryGetAccount(name, out Account? account);
        return errno != 0
            ? throw new FatalException($"user {name}: {Errno.Text(errno)}")
            : account ?? throw new FatalException($"parameter mail_owner: unknown user name value: {Printable.Neutralize(name)}");
    }

    private static void WarmUp()
    {
        _ = TimeZoneInfo.Local.GetUtcOffset(DateTime.UtcNow);
        _ = Random.Shared.Next();
        try
        {
            _ = System.Net.Dns.GetHostAddresses("localhost");
            _ = System.Net.Dns.GetHostAddresses("127.0.0.1");
        }
        catch (SocketException)
        {
            // The name services are loaded all the same.
        }
    }
}

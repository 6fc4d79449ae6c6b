using System.Collections.Concurrent;
using Mta.Linux;
using NLog;

namespace Mta.Local;

/// <summary>The system's users, remembered for a short time.</summary>
internal sealed class Accounts(TimeProvider clock)
{
    private const int MaxRemembered = 10_000;
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, (Account Account, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Finds a user.</summary>
    /// <param name="account">Null when there is none. An empty shell is <c>/bin/sh</c>.</param>
    /// <returns>False when the lookup failed, which says nothing about the user.</returns>
    public bool TryFind(string name, out Account? account)
    {
        account = null;
        if (name.Length == 0 || name.Contains('\0'))
        {
            return true;
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (_known.TryGetValue(name, out (Account Account, DateTimeOffset Until) known) && now < known.Until)
        {
            account = known.Account;
            return true;
        }

        int errno = Posix.TryGetAccount(name, out account);
        if (errno != 0)
        {
            Log.Warn($"error looking up passwd info for {name}: {Errno.Text(errno)}");
            return false;
        }

        if (account is not null)
        {
            account = account.Shell.Length == 0 ? account with { Shell = "/bin/sh" } : account;
            if (_known.Count >= MaxRemembered)
            {
                _known.Clear();
            }

            _known[name] = (account, now + Life);
        }

        return true;
    }

    /// <summary>Finds the user that owns a file.</summary>
    /// <returns>False when the lookup failed.</returns>
    public static bool TryFind(uint id, out Account? account) => Posix.TryGetAccount(id, out account) == 0;
}

using Mta.Linux;

namespace Mta.Postfix;

/// <summary>
/// The file that tells whose programs stand in daemon_directory. Without it another mail system's daemons would be
/// started by accident: an existing main.cf usually names their place.
/// </summary>
internal static class ReleaseMarker
{
    public const string Name = "mta-release";

    /// <returns>False, after a message that says what to do.</returns>
    public static bool IsPresent(Instance instance)
    {
        if (Posix.TryStat($"{instance.DaemonDirectory}/{Name}", out _) == 0)
        {
            return true;
        }

        string directory = instance.Configuration.Directory;
        ControlLog.Error($"there is no {Name} in daemon_directory {instance.DaemonDirectory}: the programs there belong to another mail system");
        string? own = OwnPrefix();
        ControlLog.Error(own is null
            ? $"set command_directory and daemon_directory in {directory}/main.cf to this mail system's directories"
            : $"to use this mail system: {own}/sbin/postconf -c {directory} -e command_directory={own}/sbin daemon_directory={own}/libexec");
        ControlLog.Fatal("not starting another mail system's daemons");
        return false;
    }

    /// <summary>The directory that has sbin/postfix, this program, and libexec beside it; null where it does not stand like that.</summary>
    internal static string? OwnPrefix()
    {
        if (Posix.TryReadlink("/proc/self/exe", out string path) != 0)
        {
            return null;
        }

        string[] parts = path.Split('/');
        string prefix = string.Join('/', parts[..^Math.Min(2, parts.Length)]);
        return Posix.TryStat($"{prefix}/libexec/{Name}", out _) == 0 ? prefix : null;
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using Mta.Linux;

namespace Mta.Delivery.Orders;

/// <summary>
/// How a command is started: as a user, through <c>run-as</c>, in a session of its own, with descriptors 0 to 2 only.
/// An unprivileged process starts it as itself.
/// </summary>
internal sealed record CommandStart(uint User, uint Group, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Directory, string RunAs)
{
    private static readonly int[] Defaults = [Signals.SIGPIPE, Signals.SIGXFSZ];

    /// <param name="root">The command's root directory; empty for none.</param>
    /// <param name="descriptors">Descriptors 0, 1, 2.</param>
    /// <exception cref="LinuxException">No command runs as root.</exception>
    public SpawnRequest Request(OrderContext context, string root, IReadOnlyList<(int Number, SafeHandle Source)> descriptors)
    {
        if (!context.Identity.IsPrivileged)
        {
            return root.Length > 0
                ? throw new LinuxException(Errno.EPERM, "chroot", root)
                : new SpawnRequest
                {
                    Path = FindProgram(Arguments[0]),
                    Arguments = Arguments,
                    Environment = Environment,
                    Descriptors = descriptors,
                    Directory = Directory.Length > 0 ? Directory : null,
                    NewSession = true,
                    DefaultSignals = Defaults,
                };
        }

        if (User == 0)
        {
            throw new LinuxException(Errno.EPERM, "command as root");
        }

        string group = Group.ToString(CultureInfo.InvariantCulture);
        // Its complaints are the agent's.
        List<string> arguments = [context.ProgramName];
        if (root.Length > 0)
        {
            arguments.Add($"--chroot={root}");
        }

        arguments.AddRange([User.ToString(CultureInfo.InvariantCulture), group, group, Directory, ""]);
        arguments.AddRange(Arguments);
        return new SpawnRequest
        {
            Path = RunAs,
            Arguments = arguments,
            Environment = Environment,
            Descriptors = descriptors,
            NewSession = true,
            DefaultSignals = Defaults,
        };
    }

    private string FindProgram(string name)
    {
        if (name.Contains('/'))
        {
            return name;
        }

        foreach (string entry in Environment)
        {
            if (entry.StartsWith("PATH=", StringComparison.Ordinal))
            {
                foreach (string directory in entry[5..].Split(':'))
                {
                    string path = $"{directory}/{name}";
                    if (directory.Length > 0 && Posix.TryAccess(path, AccessMode.Execute) == 0)
                    {
                        return path;
                    }
                }
            }
        }

        return name;
    }
}

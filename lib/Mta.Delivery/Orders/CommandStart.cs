using System.Globalization;
using System.Runtime.InteropServices;
using Mta.Linux;
using Mta.Text;

namespace Mta.Delivery.Orders;

/// <summary>
/// How a command is started: as a user, through <c>run-as</c>, in a session of its own, with descriptors 0 to 2 only.
/// An unprivileged process starts it as itself. Between start and command <c>run-as</c> holds a pipe as descriptor 3,
/// which tells why there was no command.
/// </summary>
internal sealed record CommandStart(uint User, uint Group, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Directory, string RunAs)
{
    private const int ReportDescriptor = 3;
    private const int LongestReport = 1024;

    private static readonly int[] Defaults = [Signals.SIGPIPE, Signals.SIGXFSZ];

    /// <param name="root">The command's root directory; empty for none.</param>
    /// <param name="descriptors">Descriptors 0, 1, 2.</param>
    /// <param name="process">The child, which the caller waits for.</param>
    /// <param name="report">Where <see cref="WhyNotExecuted"/> reads; the caller's.</param>
    /// <returns>0, or the error number.</returns>
    /// <exception cref="LinuxException">No command runs as root; no descriptors are left.</exception>
    public int TrySpawn(OrderContext context, string root, IReadOnlyList<(int Number, SafeHandle Source)> descriptors, out int process, out FileHandle report)
    {
        (report, FileHandle writer) = Posix.Pipe(nonBlocking: true);
        try
        {
            using (writer)
            {
                return Posix.TrySpawn(Request(context, root, [.. descriptors, .. context.Identity.IsPrivileged ? [(ReportDescriptor, (SafeHandle)writer)] : ((int, SafeHandle)[])[]]), out process);
            }
        }
        catch
        {
            report.Dispose();
            throw;
        }
    }

    /// <summary>After the end of the child: the reason when it was <c>run-as</c> that ended, not the command.</summary>
    public static string? WhyNotExecuted(FileHandle report)
    {
        Span<byte> text = stackalloc byte[LongestReport];
        int count = Posix.Read(report, text);
        return count > 0 ? Printable.Neutralize(ByteString.FromBytes(text[..count]), replacement: '_') : null;
    }

    private SpawnRequest Request(OrderContext context, string root, IReadOnlyList<(int Number, SafeHandle Source)> descriptors)
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
        List<string> arguments = [context.ProgramName, "--report"];
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

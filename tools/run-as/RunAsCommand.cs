using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.RunAs;

/// <summary>
/// Becomes a user for good and executes a command. A program of its own because the C library's posix_spawn cannot
/// change identity, and because a daemon that holds several deliveries cannot change its own for one of them.
/// </summary>
internal static class RunAsCommand
{
    // EX_TEMPFAIL of sysexits.h, as Postfix's agents say it: mail waits until the administrator has put it right.
    private const int NotExecuted = 75;

    private const int ReportDescriptor = 3;

    public static int Run()
    {
        RunAsRequest? request = RunAsRequest.Parse(ProgramArguments.Arguments, out string error);
        if (request is null)
        {
            CommandLineTool.PrintRaw($"run-as: {error}");
            return 64;
        }

        try
        {
            if (request.Reports)
            {
                Posix.SetCloseOnExec(ReportDescriptor);
            }

            Become(request);
            foreach ((ResourceLimit resource, ulong soft, ulong hard) in request.Limits)
            {
                Posix.SetLimit(resource, soft, hard);
            }

            Posix.DefaultSignal(Signals.SIGPIPE);
            Posix.DefaultSignal(Signals.SIGXFSZ);
            int errno = Execute(request.Command);
            Say(request, $"{Caller}execvp {request.Command[0]}: {Errno.Text(errno)}");
            return NotExecuted;
        }
        catch (Exception problem) when (problem is LinuxException or FatalException)
        {
            Say(request, problem.Message);
            return NotExecuted;
        }
    }

    // What Postfix's agents of that name put before the call that fails.
    private static string Caller => ProgramArguments.ProgramName switch
    {
        "pipe" => "pipe_command: ",
        "spawn" => "spawn_comand: ",
        _ => "",
    };

    private static void Say(RunAsRequest request, string problem)
    {
        if (!request.Reports)
        {
            CommandLineTool.PrintRaw($"{ProgramArguments.ProgramName}: fatal: {problem}");
            return;
        }

        try
        {
            using FileHandle report = new(ReportDescriptor, ownsHandle: false);
            Posix.WriteAll(report, ByteString.ToBytes(problem));
        }
        catch (LinuxException)
        {
            // The caller has gone, and its pipe.
        }
    }

    // execvp(3): a name without a slash is looked for in PATH.
    private static int Execute(IReadOnlyList<string> command)
    {
        IReadOnlyList<string> environment = Posix.Environment();
        if (command[0].Contains('/'))
        {
            return Execute(command[0], command, environment);
        }

        int worst = Errno.ENOENT;
        foreach (string directory in (Posix.EnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':'))
        {
            int errno = directory.StartsWith('/') ? Execute($"{directory}/{command[0]}", command, environment) : Errno.ENOENT;
            worst = errno is Errno.ENOENT or Errno.ENOTDIR ? worst : errno;
        }

        return worst;
    }

    // A script without its first line is the shell's.
    private static int Execute(string path, IReadOnlyList<string> command, IReadOnlyList<string> environment)
    {
        int errno = Posix.TryExecute(path, command, environment);
        return errno == Errno.ENOEXEC ? Posix.TryExecute("/bin/sh", ["/bin/sh", path, .. command.Skip(1)], environment) : errno;
    }

    private static void Become(RunAsRequest request)
    {
        if (Posix.RealUser == 0 && Posix.EffectiveUser != 0)
        {
            // The caller works as the mail owner, but is root.
            Posix.SetEffectiveUser(0);
        }

        if (request.Root.Length > 0)
        {
            Posix.Chroot(request.Root);
        }

        if (Posix.EffectiveUser == 0)
        {
            Posix.BecomeForGood(request.User, request.Group, request.Groups);
        }
        else if (Posix.EffectiveUser != request.User || Posix.RealUser != request.User)
        {
            throw new LinuxException(Errno.EPERM, "setresuid");
        }

        // As the user, so that a directory closed to root (NFS) is no obstacle and one closed to the user is.
        if (request.Directory is not ("-" or ""))
        {
            int errno = Posix.TryChdir(request.Directory);
            if (errno != 0)
            {
                throw new FatalException($"cannot change directory to \"{request.Directory}\" for uid={request.User} gid={request.Group}: {Errno.Text(errno)}");
            }
        }
    }
}

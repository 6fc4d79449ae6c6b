using Mta.Config.Parameters;
using Mta.Delivery;
using Mta.Delivery.Orders;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postlock;

/// <summary>Locks a mailbox as local deliveries do, runs a command meanwhile, and ends with the command's status.</summary>
internal sealed class PostlockCommand(CommandLineTool tool)
{
    private const string Usage = "usage: postlock [-c config_dir] [-l lock_style] [-v] folder command...";

    /// <summary>sysexits EX_TEMPFAIL: what every failure before the command runs ends with.</summary>
    private const int TemporaryFailure = 75;

    /// <summary>A new mailbox is its owner's alone (0600).</summary>
    private const int NewMailboxMode = 0x180;

    private string? _style;

    public int Run()
    {
        tool.FatalExitCode = TemporaryFailure;
        GetOpt options = tool.GetOpt("c:l:v");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    tool.UseConfigurationDirectory(options.Argument);
                    break;
                case 'l':
                    _style = options.Argument;
                    break;
                case 'v':
                    tool.Verbosity++;
                    break;
            }
        }

        IReadOnlyList<string> operands = options.Operands;
        if (operands.Count < 2)
        {
            throw tool.UsageError(Usage);
        }

        string folder = operands[0];
        LockSettings settings = Settings();
        MailboxLock dotlock = new(folder, settings);
        try
        {
            using FileHandle file = Lock(folder, dotlock, settings);
            return Execute([.. operands.Skip(1)], dotlock);
        }
        finally
        {
            dotlock.Remove();
        }
    }

    private LockSettings Settings()
    {
        if (_style is null)
        {
            return DeliveryAgents.LocksOf(tool.Configuration, LocalParameters.MailboxDeliveryLock);
        }

        // An empty list on the command line is the caller's wish: no lock at all.
        return DeliveryAgents.LocksOf(tool.Configuration, LocalParameters.MailboxDeliveryLock.Name, _style, mayBeNone: true);
    }

    private static FileHandle Lock(string folder, MailboxLock dotlock, LockSettings settings)
    {
        bool isPlain = Posix.TryStat(folder, out FileStatus status) != 0 || status.IsRegular;
        if (isPlain && settings.Locks.HasFlag(MailboxLocks.Dotlock) && !dotlock.TryCreate(out int errno))
        {
            throw new FatalException($"open file {folder}: unable to create lock file {folder}.lock: {Errno.Text(errno)}");
        }

        int opened = Posix.TryOpen(folder, OpenFlags.ReadWrite | OpenFlags.Create, NewMailboxMode, out FileHandle file);
        if (opened != 0)
        {
            dotlock.Remove();
            throw new FatalException($"open file {folder}: cannot open file: {Errno.Text(opened)}");
        }

        if (!MailboxLock.TryLockFile(file, settings))
        {
            dotlock.Remove();
            throw new FatalException($"open file {folder}: unable to lock for exclusive access: {Errno.Text(Errno.EAGAIN)}");
        }

        return file;
    }

    private int Execute(string[] command, MailboxLock dotlock)
    {
        int attempts = tool.Configuration.Get(GlobalParameters.ForkAttempts);
        int process;
        for (int attempt = 1; ; attempt++)
        {
            int errno = Start(command, out process);
            if (errno == 0)
            {
                break;
            }

            if (errno != Errno.EAGAIN)
            {
                // What the command's own process would have said and ended with.
                dotlock.Remove();
                tool.FatalExitCode = null;
                throw new FatalException($"execvp {command[0]}: {Errno.Text(errno)}");
            }

            if (attempt >= attempts)
            {
                throw new FatalException($"fork {command[0]}: {Errno.Text(errno)}");
            }

            Thread.Sleep(tool.Configuration.Get(GlobalParameters.ForkDelay));
        }

        return Posix.TryWait(process, wait: true, out ChildStatus status) && !status.WasKilled ? status.ExitCode : 1;
    }

    // As execvp(3): a name without a slash is looked for in PATH.
    private static int Start(string[] command, out int process)
    {
        string[] directories = command[0].Contains('/', StringComparison.Ordinal)
            ? [""]
            : (Environment.GetEnvironmentVariable("PATH") ?? "/bin:/usr/bin").Split(':');
        int errno = Errno.ENOENT;
        process = 0;
        foreach (string directory in directories)
        {
            int tried = Posix.TrySpawn(
                new SpawnRequest
                {
                    Path = command[0].Contains('/', StringComparison.Ordinal) ? command[0] : $"{(directory.Length == 0 ? "." : directory)}/{command[0]}",
                    Arguments = command,
                    Environment = ProgramEnvironment.ForChild(),
                },
                out process);
            if (tried == 0)
            {
                return 0;
            }

            errno = tried is Errno.ENOENT or Errno.ENOTDIR ? errno : tried;
        }

        return errno;
    }
}

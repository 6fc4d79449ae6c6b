using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Sendmail;

/// <summary>Start-up and the choice between the many programs that sendmail stands for.</summary>
internal sealed class SendmailCommand(CommandLineTool tool)
{
    /// <summary>sysexits EX_TEMPFAIL: what every fatal error of this command ends with.</summary>
    private const int TemporaryFailure = 75;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public int Run()
    {
        tool.FatalExitCode = TemporaryFailure;
        if (ProgramArguments.ProgramName is "mailq" or "newaliases")
        {
            MailLog.StderrName = ProgramArguments.ProgramName;
        }

        Posix.SetCloseOnExecFrom(3);
        DropSetUid();
        SendmailOptions options = new(tool.Arguments) { Mode = DefaultMode(ProgramArguments.ProgramName) };
        options.FindConfiguration();
        if (options.ConfigurationDirectory is { } directory)
        {
            tool.UseConfigurationDirectory(directory);
        }

        // A user's own instance is his to use: this command has no rights but its caller's. What MAIL_CONFIG names is
        // judged by postdrop, which has some.
        string chosen = options.ConfigurationDirectory ?? Configuration.DefaultDirectory;
        if (Posix.RealUser != 0 && chosen != Configuration.DefaultDirectory && Posix.RealUser != OwnerOf(chosen))
        {
            CommandLineTool.DemandAuthorized(chosen);
        }

        Configuration configuration = tool.Configuration;
        Posix.Chdir(configuration.Get(GlobalParameters.QueueDirectory));
        options.VerpFilter = configuration.Get(GlobalParameters.VerpDelimiterFilter);
        options.Read();
        tool.Verbosity = options.Verbosity > 1 ? options.Verbosity : 0;
        string commands = configuration.Get(GlobalParameters.CommandDirectory);
        if (options.FlushSite is { } site)
        {
            return Become($"{commands}/postqueue", ["postqueue", "-s", site]);
        }

        if (options.FlushId is { } id)
        {
            return Become($"{commands}/postqueue", ["postqueue", "-i", id]);
        }

        return options.Mode switch
        {
            SendmailMode.Enqueue => Enqueue(configuration, options),
            SendmailMode.ListQueue => Become($"{commands}/postqueue", ["postqueue", "-p"]),
            SendmailMode.FlushQueue => Become($"{commands}/postqueue", ["postqueue", "-f"]),
            SendmailMode.Daemon => StartMailSystem($"{commands}/postfix"),
            SendmailMode.RebuildAliases => RebuildAliases(configuration, options, $"{commands}/postalias"),
            SendmailMode.StandAlone => StandAlone(configuration, options),
            SendmailMode.Nothing => 0,
        };
    }

    private int Enqueue(Configuration configuration, SendmailOptions options)
    {
        DemandPermission(configuration);
        return new Submission(configuration, options, tool).Run();
    }

    private int StandAlone(Configuration configuration, SendmailOptions options)
    {
        DemandPermission(configuration);
        return Become($"{configuration.Get(GlobalParameters.DaemonDirectory)}/smtpd", ["smtpd", "-S", .. Enumerable.Repeat("-v", options.Verbosity)]);
    }

    private int RebuildAliases(Configuration configuration, SendmailOptions options, string path)
    {
        string databases = options.AliasDatabase ?? configuration.Get(TableParameters.AliasDatabase);
        List<string> words = TableListSyntax.Split(databases);
        return words.Count == 0 ? 0 : Become(path, ["postalias", "--", .. words]);
    }

    private static int StartMailSystem(string path)
    {
        int errno = Posix.TrySpawn(new SpawnRequest { Path = path, Arguments = ["postfix", "start"], Environment = ProgramEnvironment.ForChild() }, out int process);
        return errno == 0 && Posix.TryWait(process, wait: true, out ChildStatus _) ? 0 : 1;
    }

    private static int Become(string path, IReadOnlyList<string> arguments)
    {
        int errno = Posix.TryExecute(path, arguments, ProgramEnvironment.ForChild());
        throw new FatalException($"execute {path}: {Errno.Text(errno)}");
    }

    private void DemandPermission(Configuration configuration)
    {
        // Nearly every system leaves the default, which takes no table.
        string allowed = configuration.Get(SendmailParameters.AuthorizedSubmitUsers);
        if (allowed == "static:anyone")
        {
            return;
        }

        uint user = Posix.RealUser;
        string name = Posix.FindUser(user)?.Name ?? "unknown";
        StringMatchList list = StringMatchList.Create(configuration, SendmailParameters.AuthorizedSubmitUsers, tool.OpenTables());
        if (list.MatchesAsync(name).AsTask().GetAwaiter().GetResult() != MatchResult.Yes)
        {
            throw new FatalException($"User {name}({user}) is not allowed to submit mail");
        }
    }

    private static SendmailMode DefaultMode(string name) => name switch
    {
        "mailq" => SendmailMode.ListQueue,
        "newaliases" => SendmailMode.RebuildAliases,
        "smtpd" => SendmailMode.Daemon,
        _ => SendmailMode.Enqueue,
    };

    private static uint? OwnerOf(string directory) => Posix.TryStat(directory, out FileStatus status) == 0 ? status.UserId : null;

    private static void DropSetUid()
    {
        if (Posix.EffectiveUser == 0 && Posix.RealUser != 0)
        {
            Log.Warn("the Postfix sendmail command has set-uid root file permissions");
            Log.Warn("or the command is run from a set-uid root process");
            Log.Warn("the Postfix sendmail command must be installed without set-uid root file permissions");
            Posix.BecomeForever(Posix.RealUser);
        }
    }
}

using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>Command line of postfix(1): finds the instance, then hands over to one of the commands.</summary>
internal static class PostfixCommand
{
    private const string Usage = "usage: postfix [-c config_dir] [-Dv] command";

    private const string Commands = "start (or stop, reload, abort, flush, check, status, set-permissions, upgrade-configuration, logrotate)";

    // The level up to which this release has changed defaults.
    private static readonly CompatibilityLevel LastLevel = new(3, 6, 0);

    public static int Run(CommandLineTool tool)
    {
        if (CommandLineTool.IsSetGid)
        {
            throw new FatalException("the postfix command must not run as a set-uid process");
        }

        // Information is for people at a terminal; what needs attention is for everybody.
        MailLog.StderrName = "postfix";
        bool isOneInstance = Environment.GetEnvironmentVariable("MAIL_CONFIG") is { Length: > 0 };
        GetOpt options = tool.GetOpt("c:Dv");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    if (!options.Argument.StartsWith('/'))
                    {
                        throw new FatalException("-c requires absolute pathname");
                    }

                    tool.UseConfigurationDirectory(options.Argument);
                    isOneInstance = true;
                    break;
                case 'v':
                    tool.Verbosity++;
                    break;
            }
        }

        IReadOnlyList<string> operands = options.Operands;
        string command = operands.Count > 0 ? operands[0] : "";
        if (command is "start_msg" or "stop_msg")
        {
            CommandLineTool.Print(command == "start_msg" ? "Start postfix\n" : "Stop postfix\n");
            return 0;
        }

        if (command == "takeover-check")
        {
            return TakeoverCheck.Run(operands.Count > 1 ? operands[1] : tool.ConfigurationDirectory);
        }

        if (command is "import-sendmail" or "import-exim")
        {
            return Import.ImportCommand.Run(operands);
        }

        Configuration configuration = LoadOrRefuse(tool);
        LogSetup.Apply(configuration, "postfix", alsoStderr: false, isLogService: false, mayWriteFile: true);
        var instance = new Instance(configuration);
        DemandRights(instance);
        ExplainCompatibility(configuration);
        foreach (string directory in (string[])[instance.CommandDirectory, instance.DaemonDirectory, instance.QueueDirectory])
        {
            int errno = Posix.TryChdir(directory);
            if (errno != 0)
            {
                throw new FatalException($"chdir({directory}): {Errno.Text(errno)}");
            }
        }

        if (!isOneInstance && configuration.Get(PostmultiParameters.MultiInstanceDirectories).Length > 0)
        {
            return RunWrapper(instance, operands);
        }

        ControlLog.Begin(configuration);
        return Dispatch(command, operands, instance, tool.Verbosity > 0);
    }

    // Several instances: the wrapper does it for each of them, through this command with -c or MAIL_CONFIG.
    private static int RunWrapper(Instance instance, IReadOnlyList<string> operands)
    {
        string[] words = instance.Configuration.Get(PostmultiParameters.MultiInstanceWrapper).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0
            ? instance.Run(words[0], [.. words[1..], .. operands])
            : throw new FatalException("multi-instance support is requested, but multi_instance_wrapper is empty");
    }

    private static int Dispatch(string command, IReadOnlyList<string> operands, Instance instance, bool isVerbose)
    {
        switch (command)
        {
            case "start":
                return StartCommand.Run(instance);
            case "start-fg":
                return StartCommand.RunInForeground(instance);
            case "stop":
                return StopCommand.Stop(instance);
            case "quick-stop":
                return StopCommand.QuickStop(instance);
            case "abort":
                return StopCommand.Abort(instance);
            case "drain":
                return StopCommand.Drain(instance);
            case "reload":
                return ReloadCommand.Run(instance);
            case "flush":
                return instance.Run($"{instance.CommandDirectory}/postqueue", "-f");
            case "check":
                if (!Checks.Fatal(instance))
                {
                    return 1;
                }

                Checks.NameParametersWithoutEffect(instance.Configuration);
                if (isVerbose)
                {
                    SandboxReport.Print(instance);
                }

                return Checks.Warn(instance);
            case "status":
                if (!instance.IsRunning)
                {
                    ControlLog.Info("the Postfix mail system is not running");
                    return 1;
                }

                ControlLog.Info($"the Postfix mail system is running: PID: {instance.MasterProcess}");
                return 0;
            case "set-permissions":
                QueueDirectories.Create(instance, setPermissions: true);
                return 0;
            case "upgrade-configuration":
                return UpgradeConfiguration.Run(instance);
            case "logrotate":
                return LogrotateCommand.Run(instance, operands);
            default:
                return ControlLog.Fatal($"unknown command: '{Printable.Neutralize(command)}'. Usage: postfix {Commands}");
        }
    }

    // A stranger asking about somebody else's mail system is told what he may have meant.
    private static void DemandRights(Instance instance)
    {
        if (Posix.EffectiveUser == 0 || (Posix.TryStat(instance.QueueDirectory, out FileStatus status) == 0 && status.UserId == Posix.EffectiveUser))
        {
            return;
        }

        MailLog.Write(LogSeverity.Error, "to submit mail, use the Postfix sendmail command");
        throw new FatalException("the postfix command is reserved for the superuser");
    }

    private static Configuration LoadOrRefuse(CommandLineTool tool)
    {
        if (Posix.TryStat(tool.ConfigurationDirectory, out _) is var errno && errno != 0)
        {
            throw new FatalException($"no Postfix configuration directory {tool.ConfigurationDirectory}!");
        }

        return tool.Configuration;
    }

    private static void ExplainCompatibility(Configuration configuration)
    {
        if (configuration.CompatibilityLevel >= LastLevel)
        {
            return;
        }

        MailLog.ToStderr = Posix.IsTerminal(2);
        MailLog.Write(LogSeverity.Info, "Postfix is using backwards-compatible default settings");
        MailLog.Write(LogSeverity.Info, "See http://www.postfix.org/COMPATIBILITY_README.html for details");
        MailLog.Write(LogSeverity.Info, $"To disable backwards compatibility use \"postconf compatibility_level={LastLevel}\" and \"postfix reload\"");
        MailLog.ToStderr = true;
    }
}

using System.Diagnostics.CodeAnalysis;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service.Logging;
using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Service;

/// <summary>Where a command's messages go, and what its environment is worth.</summary>
[Flags]
public enum ToolKinds
{
    /// <summary>Messages go to stderr and to the mail log.</summary>
    Usual = 0,

    /// <summary>Messages go to stderr only.</summary>
    StderrOnly = 1,

    /// <summary>Behind a set-gid launcher or run by root: nothing but the imported environment is kept.</summary>
    Privileged = 2,

    /// <summary>Messages go to the log, and to stderr only when that is a terminal (postfix, postlog).</summary>
    StderrIfTerminal = 4,

    /// <summary>Messages and usage show the command as it was called, path and all (postcat, postconf, postlock).</summary>
    NamedAsCalled = 8,
}

/// <summary>
/// Start-up of a command: byte-exact arguments, messages as <c>NAME: fatal: text</c> on stderr and in the mail log,
/// MAIL_CONFIG and who may set it, the environment, exit codes. One per process.
/// </summary>
public sealed class CommandLineTool
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly ToolKinds _kinds;
    private Configuration? _configuration;

    private CommandLineTool(string name, ToolKinds kinds)
    {
        Name = name;
        _kinds = kinds;
    }

    /// <summary>The command's name, as messages and the log tag show it.</summary>
    public string Name { get; }

    /// <summary>The command's name as messages on stderr show it.</summary>
    public string ShownName => _kinds.HasFlag(ToolKinds.NamedAsCalled) && ProgramArguments.ProgramPath.Length > 0 ? ProgramArguments.ProgramPath : Name;

    /// <summary>The arguments, as byte strings.</summary>
    public IReadOnlyList<string> Arguments => ProgramArguments.Arguments;

    /// <summary>Every fatal error ends with this code at once, whatever it was (sendmail 75, postqueue 69); null: 1 after a second.</summary>
    public int? FatalExitCode { get; set; }

    /// <summary>Runs before the process ends by a fatal error.</summary>
    public Action? ExitHook
    {
        get => MailLog.ExitHook;
        set => MailLog.ExitHook = value;
    }

    /// <summary>The configuration directory: -c or MAIL_CONFIG, else the default.</summary>
    public string ConfigurationDirectory { get; private set; } = Configuration.DefaultDirectory;

    /// <summary>Number of -v options; callers count them here.</summary>
    public int Verbosity { get; set; }

    /// <summary>Standard output is a terminal that takes colours, and nobody asked for none (NO_COLOR, TERM=dumb).</summary>
    public bool HasColour { get; private set; }

    /// <summary>main.cf, read on first use.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public Configuration Configuration => _configuration ??= LoadConfiguration();

    /// <summary>This process runs for somebody with fewer rights than it has itself.</summary>
    public static bool IsSetGid => Posix.RealUser != Posix.EffectiveUser || Posix.RealGroup != Posix.EffectiveGroup;

    /// <summary>Runs a command to its exit code.</summary>
    /// <param name="name">The command's usual name; argv[0] does not change it.</param>
    public static int Run(string name, ToolKinds kinds, Func<CommandLineTool, int> body) =>
        RunAsync(name, kinds, tool => Task.FromResult(body(tool))).GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public static async Task<int> RunAsync(string name, ToolKinds kinds, Func<CommandLineTool, Task<int>> body)
    {
        CommandLineTool tool = new(name, kinds);
        try
        {
            tool.Start();
            return tool.Arguments is ["--help"] && TryPrintHelp() ? 0 : await body(tool);
        }
        catch (FatalException failure)
        {
            tool.Fatal(failure.Message);
        }
        catch (ConfigurationException failure)
        {
            if (failure.Warning is { Length: > 0 } warning)
            {
                Log.Warn(warning);
            }

            tool.Fatal(failure.Message);
        }
        catch (LinuxException failure)
        {
            tool.Fatal(failure.Message);
        }
        catch (Exception failure)
        {
            MailLog.Panic(UnexpectedFailure.Describe(failure));
        }

        return 1;
    }

    /// <summary>A reader of the options, with classic getopt's behaviour.</summary>
    public GetOpt GetOpt(string letters) => new(Arguments, letters);

    /// <summary>
    /// The next option of a reader. An unknown letter or a missing argument prints what the C library would print and
    /// is then fatal with the command's usage line.
    /// </summary>
    /// <returns>False at the end of the options.</returns>
    public bool Next(GetOpt options, string usage)
    {
        if (!options.Next())
        {
            return false;
        }

        if (options.IsUnknown || options.LacksArgument)
        {
            PrintRaw($"{ShownName}: {options.Error}");
            throw UsageError(usage);
        }

        return true;
    }

    /// <summary>Option -c: as if MAIL_CONFIG were set to this directory.</summary>
    public void UseConfigurationDirectory(string directory)
    {
        ConfigurationDirectory = directory;
        _configuration = null;
        if (!IsSetGid)
        {
            // Programs started from here read the same configuration.
            Environment.SetEnvironmentVariable("MAIL_CONFIG", ByteString.TryToUnicode(directory, out string text) ? text : directory);
        }
    }

    /// <summary>The tables of this process; failure to open one is fatal.</summary>
    public TableRegistry OpenTables() => TableSetup.Registry(Configuration, TableSetup.SettingsFor(Configuration) with { UseSurrogates = false });

    /// <summary>Logs <c>fatal: text</c> and ends the process.</summary>
    [DoesNotReturn]
    public void Fatal(string text, int exitCode = 1)
    {
        if (FatalExitCode is int code)
        {
            MailLog.FatalDelay = TimeSpan.Zero;
            MailLog.Fatal(text, code);
        }

        MailLog.Fatal(text, exitCode);
    }

    /// <summary>A line on stderr as it is: no name, no label, not in the log.</summary>
    public static void PrintRaw(string line)
    {
        try
        {
            using FileHandle stderr = new(2, ownsHandle: false);
            Posix.WriteAll(stderr, ByteString.ToBytes(line + "\n"));
        }
        catch (LinuxException)
        {
            // Nobody reads stderr.
        }
    }

    /// <summary>Writes a byte string to stdout.</summary>
    /// <exception cref="FatalException">The reader of stdout is gone, or its disk is full.</exception>
    public static void Print(string text)
    {
        try
        {
            using FileHandle stdout = new(1, ownsHandle: false);
            Posix.WriteAll(stdout, ByteString.ToBytes(text));
        }
        catch (LinuxException failure)
        {
            throw new FatalException($"write to stdout: {failure.Reason}", failure);
        }
    }

    // A command that has a text for --help carries it (Executable.props).
    private static bool TryPrintHelp()
    {
        using Stream? text = System.Reflection.Assembly.GetEntryAssembly()?.GetManifestResourceStream("help.txt");
        if (text is null)
        {
            return false;
        }

        using MemoryStream copy = new();
        text.CopyTo(copy);
        Print(ByteString.FromBytes(copy.GetBuffer().AsSpan(0, (int)copy.Length)));
        return true;
    }

    /// <summary>What a wrong use ends with.</summary>
    /// <param name="usage">It begins with <c>usage: NAME</c>.</param>
    public FatalException UsageError(string usage)
    {
        string own = $"usage: {Name}";
        return new FatalException(usage.StartsWith(own, StringComparison.Ordinal) ? $"usage: {ShownName}{usage[own.Length..]}" : usage);
    }

    private void Start()
    {
        // What is closed would be taken by the next file opened, and messages would go into it.
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (!Posix.IsOpen(descriptor))
            {
                Posix.Open("/dev/null", descriptor == 0 ? OpenFlags.ReadOnly : OpenFlags.WriteOnly).Release();
            }
        }

        // Asked before the environment is replaced by what main.cf imports.
        HasColour = Posix.IsTerminal(1) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        Posix.Umask(0x12);
        Posix.IgnoreSignal(Signals.SIGXFSZ);
        MailLog.StderrName = ShownName;
        MailLog.ToStderr = !_kinds.HasFlag(ToolKinds.StderrIfTerminal) || Posix.IsTerminal(2);
        string early = !IsSetGid && Environment.GetEnvironmentVariable("MAIL_LOGTAG") is { Length: > 0 } tag ? tag : "postfix";
        MailLog.Start($"{early}/{Name}");
        if (_kinds.HasFlag(ToolKinds.StderrOnly))
        {
            MailLog.UseNothing();
        }

        if (Environment.GetEnvironmentVariable("MAIL_CONFIG") is { Length: > 0 } directory)
        {
            // The C library hides the environment from a set-gid program, and the launcher passes MAIL_CONFIG on for
            // the judgement made below.
            ConfigurationDirectory = ByteString.FromUnicode(directory);
        }
    }

    private Configuration LoadConfiguration()
    {
        if (ConfigurationDirectory != Configuration.DefaultDirectory && Posix.RealUser != 0
            && (IsSetGid || _kinds.HasFlag(ToolKinds.Privileged)) && Posix.EffectiveGroup != Posix.RealGroup)
        {
            DemandAuthorized(ConfigurationDirectory);
        }

        Configuration configuration = Configuration.Load(ConfigurationDirectory, Name);
        if (!_kinds.HasFlag(ToolKinds.StderrOnly))
        {
            LogSetup.Apply(configuration, Name, alsoStderr: false, isLogService: false);
        }

        foreach (string warning in configuration.Warnings)
        {
            Log.Warn(warning);
        }

        ProgramEnvironment.Import(configuration.Get(GlobalParameters.ImportEnvironment), _kinds.HasFlag(ToolKinds.Privileged));
        return configuration;
    }

    /// <summary>Refuses a directory that the default main.cf does not list: a stranger must not configure a privileged command.</summary>
    /// <exception cref="FatalException">It is not listed.</exception>
    public static void DemandAuthorized(string directory)
    {
        Configuration configuration = Configuration.Load(Configuration.DefaultDirectory);
        string[] names = ["alternate_config_directories", "multi_instance_directories"];
        foreach (string name in names)
        {
            // Taken literally: no $name expansion here.
            string list = configuration.Raw(name) ?? "";
            if (list.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries).Contains(directory, StringComparer.Ordinal))
            {
                return;
            }
        }

        string shown = Printable.Neutralize(directory);
        Log.Error($"unauthorized configuration directory name: {shown}");
        throw new FatalException($"specify \"alternate_config_directories = {shown}\" or \"multi_instance_directories = {shown}\" in {Configuration.DefaultDirectory}/main.cf");
    }
}

using System.Runtime.InteropServices;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Service;
using Mta.Text;

namespace Mta.Postfix;

/// <summary>One mail system: where its parts are, whether it runs, and how its programs are started.</summary>
internal sealed class Instance
{
    private const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public Instance(Configuration configuration)
    {
        Configuration = configuration;
        CommandDirectory = configuration.Get(GlobalParameters.CommandDirectory);
        DaemonDirectory = configuration.Get(GlobalParameters.DaemonDirectory);
        QueueDirectory = configuration.Get(GlobalParameters.QueueDirectory);
        DataDirectory = configuration.Get(GlobalParameters.DataDirectory);
        Environment = BuildEnvironment(configuration);
    }

    public Configuration Configuration { get; }

    public string CommandDirectory { get; }

    public string DaemonDirectory { get; }

    public string QueueDirectory { get; }

    public string DataDirectory { get; }

    /// <summary>What programs started from here get: built from import_environment, not inherited.</summary>
    public IReadOnlyList<string> Environment { get; }

    public string Master => $"{DaemonDirectory}/master";

    /// <summary>Where locks and process numbers are.</summary>
    public string ProcessIdDirectory
    {
        get
        {
            string path = Configuration.Get(GlobalParameters.ProcessIdDirectory);
            return path.StartsWith('/') ? path : $"{QueueDirectory}/{path}";
        }
    }

    private string PidFile => $"{ProcessIdDirectory}/master.pid";

    /// <summary>A master holds the lock of this queue.</summary>
    public bool IsRunning
    {
        get
        {
            int errno = Posix.TryOpen(PidFile, OpenFlags.ReadOnly, 0, out FileHandle file);
            using (file)
            {
                return errno == 0 && !Posix.Flock(file, FileLock.Exclusive, wait: false);
            }
        }
    }

    /// <summary>The number in the lock file; 0 when it holds none.</summary>
    public int MasterProcess
    {
        get
        {
            int errno = Posix.TryOpen(PidFile, OpenFlags.ReadOnly, 0, out FileHandle file);
            using (file)
            {
                Span<byte> text = stackalloc byte[64];
                return errno == 0 && int.TryParse(ByteString.FromBytes(text[..Math.Max(0, Posix.Read(file, text))]).Trim(), out int process) && process > 0 ? process : 0;
            }
        }
    }

    /// <summary>Sends a signal to the master.</summary>
    /// <returns>False when there is none.</returns>
    public bool Signal(int signal) => MasterProcess is var process && process > 0 && Posix.TryKill(process, signal) == 0;

    /// <summary>Runs a program to its end with our descriptors.</summary>
    /// <returns>Its exit code; 127 when it cannot be started, 128 and the signal when it was killed.</returns>
    public int Run(string program, params ReadOnlySpan<string> arguments)
    {
        int errno = Posix.TrySpawn(Request(program, arguments), out int process);
        if (errno != 0)
        {
            ControlLog.Error($"cannot execute {program}: {Errno.Text(errno)}");
            return 127;
        }

        return !Posix.TryWait(process, wait: true, out ChildStatus status) ? 127 : status.WasKilled ? 128 + status.Signal : status.ExitCode;
    }

    /// <summary>Starts a program and leaves it to itself.</summary>
    public void RunInBackground(string program, params ReadOnlySpan<string> arguments) => Posix.TrySpawn(Request(program, arguments), out _);

    /// <summary>Runs a program and returns the first line of what it prints; null when it failed.</summary>
    public string? Ask(string program, params ReadOnlySpan<string> arguments)
    {
        (FileHandle reader, FileHandle writer) = Posix.Pipe();
        using (reader)
        {
            int errno;
            int process;
            using (writer)
            {
                errno = Posix.TrySpawn(Request(program, arguments, (1, writer)), out process);
            }

            if (errno != 0)
            {
                return null;
            }

            Span<byte> answer = stackalloc byte[1024];
            int length = Math.Max(0, Posix.Read(reader, answer));
            string text = ByteString.FromBytes(answer[..length]);
            int end = text.IndexOf('\n');
            return Posix.TryWait(process, wait: true, out ChildStatus status) && status.Raw == 0 ? (end < 0 ? text : text[..end]) : null;
        }
    }

    private SpawnRequest Request(string program, ReadOnlySpan<string> arguments, params (int, SafeHandle)[] descriptors) => new()
    {
        Path = program,
        Arguments = [program, .. arguments],
        Environment = Environment,
        Descriptors = descriptors,
        DefaultSignals = [Signals.SIGPIPE, Signals.SIGXFSZ],
    };

    private static List<string> BuildEnvironment(Configuration configuration)
    {
        var values = new Dictionary<string, string>();
        foreach (string item in ProgramEnvironment.Split(configuration.Get(GlobalParameters.ImportEnvironment)))
        {
            int equals = item.IndexOf('=');
            if (equals >= 0)
            {
                values[item[..equals].Trim()] = item[(equals + 1)..].Trim();
            }
            else if (Posix.EnvironmentVariable(item) is { } value)
            {
                values[item] = value;
            }
        }

        values["PATH"] = Path;
        values["MAIL_CONFIG"] = configuration.Directory;
        values["MAIL_LOGTAG"] = configuration.Get(GlobalParameters.SyslogName);
        return values.Select(v => $"{v.Key}={v.Value}").ToList();
    }
}

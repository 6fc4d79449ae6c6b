using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Postmulti;

/// <summary>Starts programs on behalf of an instance.</summary>
internal sealed class Programs(bool isVerbose)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    /// <summary>Runs a command as a shell would find it.</summary>
    /// <returns>Its exit code; 127 when it is not there, 128 and the signal when it was killed.</returns>
    public int Run(MailInstance instance, IReadOnlyList<string> command)
    {
        List<string> environment = instance.Environment(isVerbose);
        string path = Find(command[0], environment);
        int errno = Posix.TrySpawn(
            new SpawnRequest
            {
                Path = path,
                Arguments = command,
                Environment = environment,
                DefaultSignals = [Signals.SIGPIPE, Signals.SIGXFSZ],
            },
            out int process);
        if (errno != 0)
        {
            Log.Error($"cannot execute {Printable.Neutralize(command[0])}: {Errno.Text(errno)}");
            return 127;
        }

        return !Posix.TryWait(process, wait: true, out ChildStatus status) ? 127 : status.WasKilled ? 128 + status.Signal : status.ExitCode;
    }

    /// <summary>Runs one of the mail system's own commands.</summary>
    public int RunOwn(MailInstance instance, string name, params string[] arguments) =>
        Run(instance, [$"{instance.Configuration.Get(GlobalParameters.CommandDirectory)}/{name}", .. arguments]);

    /// <summary>Sets parameters in an instance's main.cf.</summary>
    /// <exception cref="FatalException">They could not be set.</exception>
    public void Set(MailInstance primary, string directory, params string[] assignments)
    {
        if (RunOwn(primary, "postconf", ["-c", directory, "-e", .. assignments]) != 0)
        {
            throw new FatalException($"cannot edit {directory}/main.cf");
        }
    }

    private static string Find(string name, List<string> environment)
    {
        if (name.Contains('/'))
        {
            return name;
        }

        string path = environment.Find(static entry => entry.StartsWith("PATH=", StringComparison.Ordinal))!["PATH=".Length..]; // always set
        return path.Split(':').Select(directory => $"{directory}/{name}").FirstOrDefault(static file => Posix.TryAccess(file, AccessMode.Execute) == 0) ?? name;
    }
}

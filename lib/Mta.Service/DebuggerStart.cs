using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using NLog;

namespace Mta.Service;

/// <summary>Option -D: runs <c>debugger_command</c>, which knows this process by <c>$process_name</c> and <c>$process_id</c>.</summary>
internal static class DebuggerStart
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Run(Configuration configuration)
    {
        string command = configuration.Get(GlobalParameters.DebuggerCommand);
        if (command.Length == 0)
        {
            return;
        }

        Log.Info($"running: {command}");
        int errno = Posix.TrySpawn(
            new SpawnRequest { Path = "/bin/sh", Arguments = ["sh", "-c", command], Environment = ProgramEnvironment.ForChild() },
            out int process);
        if (errno != 0 || !Posix.TryWait(process, wait: true, out ChildStatus status) || status.Raw != 0)
        {
            Log.Warn($"debugger_command failed: {command}");
        }
    }
}

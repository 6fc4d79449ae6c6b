using Mta.Linux;
using Mta.Text;
using NLog;

namespace Mta.Master;

/// <summary>Every line the master logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Started(string version, string directory) => Log.Info($"daemon started -- version {version}, configuration {directory}");

    public static void Reloading(string version, string directory) => Log.Info($"reload -- version {version}, configuration {directory}");

    public static void ReloadRefused(string reason) => Log.Error($"{reason} -- keeping the running configuration");

    public static void Terminating(int signal) => Log.Info($"terminating on signal {signal}");

    public static void Warning(string text) => Log.Warn(text);

    public static void ValueNotChanged(string name, string old, string now)
    {
        Log.Warn($"ignoring {name} parameter value change");
        Log.Warn($"old value: \"{old}\", new value: \"{now}\"");
        Log.Warn($"to change {name}, stop and start Postfix");
    }

    public static void Duplicate(Service service) => Log.Warn($"duplicate master.cf entry for service \"{service.Entry.Name}\" ({service.Endpoint.Identity}) -- using the last entry");

    public static void NoWakeup(Service service, int errno) =>
        Log.Warn($"master_wakeup_timer_event: service {service.Entry.Name}({service.Endpoint.Identity}): {Errno.Text(errno)}");

    public static void NotStarted(string path, int errno) => Log.Error($"master_spawn: exec {path}: {Errno.Text(errno)}");

    public static void NotForked(string reason) => Log.Warn($"master_spawn: fork: {reason} -- throttling");

    public static void Ended(string path, ChildStatus status) => Log.Warn(status.WasKilled
        ? $"process {path} pid {status.ProcessId} killed by signal {status.Signal}"
        : $"process {path} pid {status.ProcessId} exit status {status.ExitCode}");

    public static void NotConfined(string path, string reason) => Log.Warn($"{path}: started without its sandbox: {reason}");

    public static void NoLandlock() => Log.Info("sandbox: this kernel has no file rules (Landlock); the filters of system calls remain");

    public static void Throttled(string path) => Log.Warn($"{path}: bad command startup -- throttling");

    public static void AtProcessLimit(Service service)
    {
        Log.Warn($"service \"{service.Entry.Name}\" ({service.Endpoint.Identity}) has reached its process limit \"{service.Limit}\": new clients may experience noticeable delays");
        Log.Warn("to avoid this condition, increase the process count in master.cf or reduce the service time per client");
        Log.Warn("see http://www.postfix.org/STRESS_README.html for examples of stress-adapting configuration settings");
    }

    public static void BadStatus(Service service, int length) => Log.Warn($"service {service.Entry.Name}({service.Endpoint.Identity}): status message of {length} bytes");

    public static void StaleGeneration(int process, uint told, uint recorded) => Log.Info($"ignoring status update from child pid {process} generation {told}, expected {recorded}");

    public static void Verbose(string text) => Log.Info(Printable.Neutralize(text));
}

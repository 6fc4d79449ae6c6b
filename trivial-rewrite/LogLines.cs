using NLog;

namespace Mta.TrivialRewrite;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void LookupProblem(string title) => Log.Warn($"{title} lookup failure");

    public static void ListedTwice(string domain, string first, string second) => Log.Warn($"do not list domain {domain} in BOTH {first} and {second}");

    public static void NullTransport(string directory, string parameter) =>
        Log.Warn($"file {directory}/main.cf: parameter {parameter}: null transport is not allowed");

    public static void RewritingLoop(string address) => Log.Warn($"resolve_addr: unreasonable nesting in \"{address}\"");
}

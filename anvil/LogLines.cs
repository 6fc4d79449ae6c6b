using Mta.Text;
using NLog;

namespace Mta.Anvil;

/// <summary>Every line that anvil logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Statistics(string line) => Log.Info(Printable.Neutralize(line));

    public static void Malformed(string reason) => Log.Warn($"malformed request: {Printable.Neutralize(reason)}");

    public static void UnknownRequest() => Log.Warn("unrecognized command, ignored");
}

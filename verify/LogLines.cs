using Mta.Text;
using NLog;

namespace Mta.Verify;

/// <summary>Every line that verify logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Malformed(string reason) => Log.Warn($"malformed request: {Printable.Neutralize(reason)}");

    public static void UnknownRequest(string verb) => Log.Warn($"unrecognized request: \"{Printable.Neutralize(verb)}\", ignored");

    public static void BadUpdate(string address) => Log.Warn($"bad address or status in an update for {Printable.Neutralize(address)}");

    public static void ProbeFailed(string address, string reason) => Log.Warn($"no probe for {Printable.Neutralize(address, allowUtf8: true)}: {Printable.Neutralize(reason)}");
}

using Mta.Text;
using NLog;

namespace Mta.Flush;

/// <summary>Every line that flush logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Malformed(string reason) => Log.Warn($"malformed request: {Printable.Neutralize(reason)}");

    public static void Failed(string what) => Log.Warn(Printable.Neutralize(what));
}

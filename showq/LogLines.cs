using Mta.Text;
using NLog;

namespace Mta.Showq;

/// <summary>Every line that showq logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void Unreadable(string what) => Log.Warn(Printable.Neutralize(what));
}

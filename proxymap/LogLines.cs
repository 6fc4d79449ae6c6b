using Mta.Text;
using NLog;

namespace Mta.Proxymap;

/// <summary>Every line this daemon logs.</summary>
internal static class LogLines
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    public static void NotApproved(string table, string parameter)
    {
        string shown = Printable.Neutralize(table);
        Log.Warn($"request for unapproved table: \"{shown}\"");
        Log.Warn($"to approve this table for read-{(parameter == "proxy_read_maps" ? "only" : "write")} access, list proxy:{shown} in main.cf:{parameter}");
    }

    public static void Problem(string error) => Log.Warn(error);

    public static void RefusedChange(string table, string verb) =>
        Log.Warn($"refusing {Printable.Neutralize(table)} {verb} request on non-proxywrite service");

    public static void UnknownRequest(string verb) => Log.Warn($"unrecognized request: \"{Printable.Neutralize(verb)}\", ignored");
}

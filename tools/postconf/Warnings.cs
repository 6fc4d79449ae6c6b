using NLog;

namespace Mta.Postconf;

/// <summary>Warnings go to stderr; the same one is given once.</summary>
internal static class Warnings
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();
    private static readonly HashSet<string> Given = new(StringComparer.Ordinal);

    public static void Write(string text)
    {
        if (Given.Add(text))
        {
            Log.Warn(text);
        }
    }
}

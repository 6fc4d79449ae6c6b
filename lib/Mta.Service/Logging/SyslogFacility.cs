namespace Mta.Service.Logging;

/// <summary>Facility names of syslog(3).</summary>
internal static class SyslogFacility
{
    private static readonly string[] Names =
    [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
    ];

    public static bool TryParse(string name, out int facility)
    {
        facility = Array.IndexOf(Names, name);
        if (facility >= 0)
        {
            return true;
        }

        if (name.Length == 6 && name.StartsWith("local", StringComparison.Ordinal) && name[5] is >= '0' and <= '7')
        {
            facility = 16 + (name[5] - '0');
            return true;
        }

        return false;
    }
}

using NLog;
using NLog.Config;
using NLog.Targets;

namespace Mta.Service.Logging;

/// <summary>NLog's way to <see cref="MailLog"/>. Levels become Postfix's labels.</summary>
internal sealed class MailLogTarget : Target
{
    private static readonly Lock InstallLock = new();
    private static bool _installed;

    public static void Install()
    {
        lock (InstallLock)
        {
            if (_installed)
            {
                return;
            }

            _installed = true;
            LogManager.ThrowExceptions = false;
            LoggingConfiguration configuration = new();
            configuration.AddRule(LogLevel.Info, LogLevel.Fatal, new MailLogTarget { Name = "mail" });
            LogManager.Configuration = configuration;
        }
    }

    protected override void Write(LogEventInfo logEvent)
    {
        LogSeverity severity = logEvent.Level.Ordinal switch
        {
            <= 2 => LogSeverity.Info,
            3 => LogSeverity.Warning,
            4 => LogSeverity.Error,
            _ => LogSeverity.Fatal,
        };
        MailLog.Write(severity, logEvent.FormattedMessage ?? "");
    }
}

using NLog;
using NLog.Config;
using NLog.Targets;

namespace Mta.Smtpd.Tests;

/// <summary>
/// Keeps what is logged, as it would stand behind the process in a log line: by whoever began with <see cref="Begin"/>,
/// and by all that was started from there.
/// </summary>
internal sealed class CapturedLog : TargetWithContext
{
    private static readonly AsyncLocal<List<string>?> Current = new();

    public static void Install()
    {
        var log = new CapturedLog();
        var configuration = new LoggingConfiguration();
        configuration.AddRule(LogLevel.Info, LogLevel.Fatal, log);
        LogManager.Configuration = configuration;
    }

    /// <summary>From here on the lines of this flow of control are kept by themselves.</summary>
    public static void Begin() => Current.Value = [];

    /// <summary>The lines of this flow of control.</summary>
    public static List<string> Lines
    {
        get
        {
            List<string> lines = Current.Value ?? [];
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    protected override void Write(LogEventInfo logEvent)
    {
        string prefix = logEvent.Level == LogLevel.Info ? "" : logEvent.Level == LogLevel.Warn ? "warning: " : logEvent.Level == LogLevel.Error ? "error: " : "fatal: ";
        if (Current.Value is not { } lines)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(prefix + Mta.Text.Printable.Neutralize(logEvent.FormattedMessage, allowUtf8: true));
        }
    }
}

using NLog;
using NLog.Config;
using NLog.Targets;

namespace Mta.Smtpd.Tests;

/// <summary>Keeps what is logged, as it would stand behind the process in a log line.</summary>
internal sealed class CapturedLog : TargetWithContext
{
    private readonly List<string> _lines = [];

    public static CapturedLog Install()
    {
        var log = new CapturedLog();
        var configuration = new LoggingConfiguration();
        configuration.AddRule(LogLevel.Info, LogLevel.Fatal, log);
        LogManager.Configuration = configuration;
        return log;
    }

    public void Clear()
    {
        lock (_lines)
        {
            _lines.Clear();
        }
    }

    public List<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits for a line that the end of a session is known by.</summary>
    public async Task WaitForAsync(string start)
    {
        for (int i = 0; i < 500; i++)
        {
            if (Lines.Exists(line => line.StartsWith(start, StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(10);
        }
    }

    protected override void Write(LogEventInfo logEvent)
    {
        string prefix = logEvent.Level == LogLevel.Info ? "" : logEvent.Level == LogLevel.Warn ? "warning: " : logEvent.Level == LogLevel.Error ? "error: " : "fatal: ";
        lock (_lines)
        {
            _lines.Add(prefix + Mta.Text.Printable.Neutralize(logEvent.FormattedMessage, allowUtf8: true));
        }
    }
}

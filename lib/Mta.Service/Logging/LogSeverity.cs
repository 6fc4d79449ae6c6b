namespace Mta.Service.Logging;

/// <summary>How bad a log line is; decides its label and its syslog priority.</summary>
public enum LogSeverity
{
    Info,
    Warning,
    Error,
    Fatal,
    Panic,
}

/// <summary>Labels and priorities of <see cref="LogSeverity"/>.</summary>
public static class LogSeverities
{
    /// <summary>What stands before the text, with its colon and blank; empty for information.</summary>
    public static ReadOnlySpan<byte> Label(this LogSeverity severity) => severity switch
    {
        LogSeverity.Info => ""u8,
        LogSeverity.Warning => "warning: "u8,
        LogSeverity.Error => "error: "u8,
        LogSeverity.Fatal => "fatal: "u8,
        LogSeverity.Panic => "panic: "u8,
    };

    /// <summary>syslog(3) level.</summary>
    public static int SyslogLevel(this LogSeverity severity) => severity switch
    {
        LogSeverity.Info => 6,
        LogSeverity.Warning => 4,
        LogSeverity.Error => 3,
        LogSeverity.Fatal or LogSeverity.Panic => 2,
    };
}

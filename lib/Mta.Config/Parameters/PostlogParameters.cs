namespace Mta.Config.Parameters;

/// <summary>Parameters of logging to a file.</summary>
public static class PostlogParameters
{
    /// <summary>File in which the mail system logs; empty logs to syslog.</summary>
    public static readonly StringParameter MaillogFile = new("maillog_file", "");

    /// <summary>Command that compresses a rotated log file.</summary>
    public static readonly StringParameter MaillogFileCompressor = new("maillog_file_compressor", "gzip", min: 1);

    /// <summary>Permissions of a new log file.</summary>
    public static readonly EnumParameter MaillogFilePermissions = new("maillog_file_permissions", "0600", "0600", "0640", "0644");

    /// <summary>Where maillog_file may be.</summary>
    public static readonly StringParameter MaillogFilePrefixes = new("maillog_file_prefixes", "/var, /dev/stdout", min: 1);

    /// <summary>Suffix of a rotated log file.</summary>
    public static readonly StringParameter MaillogFileRotateSuffix = new("maillog_file_rotate_suffix", "%Y%m%d-%H%M%S", min: 1);

    /// <summary>Name of the logging service.</summary>
    public static readonly StringParameter PostlogServiceName = new("postlog_service_name", "postlog", min: 1);

    /// <summary>Longest time that the logging service may spend on one request.</summary>
    public static readonly TimeParameter PostlogdWatchdogTimeout = new("postlogd_watchdog_timeout", "10s", min: 10);

    /// <summary>All of the above.</summary>
    public static readonly IReadOnlyList<Parameter> All =
    [
        MaillogFile,
        MaillogFileCompressor,
        MaillogFilePermissions,
        MaillogFilePrefixes,
        MaillogFileRotateSuffix,
        PostlogServiceName,
        PostlogdWatchdogTimeout,
    ];
}

namespace Mta.Config.Parameters;

/// <summary>Parameters of logging to a file.</summary>
public static class PostlogParameters
{
    /// <summary>Setting <c>maillog_file</c>.</summary>
    public static readonly StringParameter MaillogFile = new("maillog_file", "");

    /// <summary>Setting <c>maillog_file_compressor</c>.</summary>
    public static readonly StringParameter MaillogFileCompressor = new("maillog_file_compressor", "gzip", min: 1);

    /// <summary>Setting <c>maillog_file_permissions</c>.</summary>
    public static readonly EnumParameter MaillogFilePermissions = new("maillog_file_permissions", "0600", "0600", "0640", "0644");

    /// <summary>Setting <c>maillog_file_prefixes</c>.</summary>
    public static readonly StringParameter MaillogFilePrefixes = new("maillog_file_prefixes", "/var, /dev/stdout", min: 1);

    /// <summary>Setting <c>maillog_file_rotate_suffix</c>.</summary>
    public static readonly StringParameter MaillogFileRotateSuffix = new("maillog_file_rotate_suffix", "%Y%m%d-%H%M%S", min: 1);

    /// <summary>Setting <c>postlog_service_name</c>.</summary>
    public static readonly StringParameter PostlogServiceName = new("postlog_service_name", "postlog", min: 1);

    /// <summary>Setting <c>postlogd_watchdog_timeout</c>.</summary>
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

using Mta.Config;
using Mta.Config.Parameters;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Service;

/// <summary>Applies the log parameters of main.cf to this process's log.</summary>
public static class LogSetup
{
    /// <param name="processName">What stands behind <c>syslog_name/</c> in the tag.</param>
    /// <param name="alsoStderr">Copies lines to stderr; false changes nothing.</param>
    /// <param name="isLogService">This process writes the log itself.</param>
    /// <param name="mayWriteFile">Lines go straight to the file while the log service cannot be reached (the master, postfix).</param>
    /// <exception cref="FatalException">The log file is not where log files may be, or a facility is unknown.</exception>
    public static void Apply(Configuration configuration, string processName, bool alsoStderr, bool isLogService, bool mayWriteFile = false)
    {
        MailLog.Tag = $"{configuration.Get(GlobalParameters.SyslogName)}/{processName}";
        MailLog.Host = configuration.Get(GlobalParameters.Myhostname);
        MailLog.AllowUtf8 = configuration.Get(GlobalParameters.Smtputf8Enable);
        if (alsoStderr)
        {
            MailLog.ToStderr = true;
        }

        MailLog.SetFacility(configuration.Get(GlobalParameters.SyslogFacility), configuration.Directory);
        if (isLogService)
        {
            return;
        }

        if (configuration.Get(PostlogParameters.MaillogFile).Length > 0)
        {
            CheckPrefix(configuration);
            MailLog.FallbackPermissions = MailLogFile.Permissions(configuration);
            MailLog.FallbackFile = mayWriteFile ? configuration.Get(PostlogParameters.MaillogFile) : null;
            MailLog.UsePostlog($"{configuration.Get(GlobalParameters.QueueDirectory)}/public/{configuration.Get(PostlogParameters.PostlogServiceName)}");
        }
        else
        {
            MailLog.UseSyslog();
        }
    }

    /// <exception cref="FatalException"><c>maillog_file</c> matches no prefix.</exception>
    public static void CheckPrefix(Configuration configuration)
    {
        string file = configuration.Get(PostlogParameters.MaillogFile);
        string prefixes = configuration.Get(PostlogParameters.MaillogFilePrefixes);
        foreach (string prefix in prefixes.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            // A prefix is a whole directory or the whole file, not a part of a name.
            if (file.StartsWith(prefix, StringComparison.Ordinal)
                && (file.Length == prefix.Length || prefix.EndsWith('/') || file[prefix.Length] == '/'))
            {
                return;
            }
        }

        throw new FatalException($"maillog_file value '{file}' does not match any prefix in maillog_file_prefixes");
    }
}

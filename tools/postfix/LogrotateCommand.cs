using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;

namespace Mta.Postfix;

/// <summary>logrotate: puts the log file aside, has a new one begun, and compresses the old one.</summary>
internal static class LogrotateCommand
{
    public static int Run(Instance instance, IReadOnlyList<string> operands)
    {
        if (operands.Count > 1)
        {
            return ControlLog.Fatal("usage postfix logrotate (no arguments)");
        }

        foreach (StringParameter parameter in (StringParameter[])[PostlogParameters.MaillogFile, PostlogParameters.MaillogFileRotateSuffix, PostlogParameters.MaillogFileCompressor])
        {
            if (instance.Configuration.Get(parameter).Length == 0)
            {
                return ControlLog.Fatal($"empty '{parameter.Name}' parameter value - logfile rotation failed");
            }
        }

        string file = instance.Configuration.Get(PostlogParameters.MaillogFile);
        if (file.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return ControlLog.Fatal($"not rotating '{file}'");
        }

        string? suffix = instance.Ask("/bin/date", $"+{instance.Configuration.Get(PostlogParameters.MaillogFileRotateSuffix)}");
        if (string.IsNullOrEmpty(suffix) || suffix.Contains('/'))
        {
            return ControlLog.Fatal($"logfile '{file}' rotation failed: bad maillog_file_rotate_suffix");
        }

        string rotated = $"{file}.{suffix}";
        int errno = Posix.TryRename(file, rotated);
        if (errno != 0)
        {
            return ControlLog.Fatal($"logfile '{file}' rotation failed: {Errno.Text(errno)}");
        }

        if (instance.IsRunning)
        {
            instance.Signal(Signals.SIGHUP);
            Thread.Sleep(TimeSpan.FromSeconds(1));
        }

        string compressor = instance.Configuration.Get(PostlogParameters.MaillogFileCompressor);
        return instance.Run("/usr/bin/env", "--", compressor, rotated) == 0
            ? 0
            : ControlLog.Fatal($"logfile '{file}' rotation failed: {compressor}");
    }
}

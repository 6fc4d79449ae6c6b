using Mta.Config;
using Mta.Linux;
using Mta.Service;
using Mta.Service.Logging;

namespace Mta.Postfix;

/// <summary>
/// Lines of the control commands, tagged <c>postfix/postfix-script</c> as Postfix's are. Information goes to stderr
/// only when that is a terminal; warnings and errors always.
/// </summary>
internal static class ControlLog
{
    private const string Name = "postfix-script";

    public static void Begin(Configuration configuration)
    {
        LogSetup.Apply(configuration, Name, alsoStderr: false, isLogService: false, mayWriteFile: true);
        MailLog.StderrName = $"postfix/{Name}";
    }

    public static void Info(string text)
    {
        MailLog.ToStderr = Posix.IsTerminal(2);
        MailLog.Write(LogSeverity.Info, text);
        MailLog.ToStderr = true;
    }

    public static void Warning(string text) => MailLog.Write(LogSeverity.Warning, text);

    public static void Error(string text) => MailLog.Write(LogSeverity.Error, text);

    /// <returns>The exit code of a command that failed.</returns>
    public static int Fatal(string text)
    {
        MailLog.Write(LogSeverity.Fatal, text);
        return 1;
    }
}

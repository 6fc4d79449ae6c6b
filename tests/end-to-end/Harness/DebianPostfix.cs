using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// A private instance of Debian's Postfix with a daemon directory of symbolic links, in which single daemons can be
/// replaced by ours. Mail for example.test is local (maildirs), for virt.test virtual; all else goes to a relay.
/// </summary>
internal sealed class DebianPostfix : IDisposable
{
    public const string Master = "/usr/lib/postfix/sbin/master";

    private const string Daemons = "/usr/lib/postfix/sbin";

    public DebianPostfix(int relayPort)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("postfix-test-").FullName;
        SmtpPort = Ports.Free();
        Shell.Run(Repository.Tool("postfix-instance"), [Directory, $"{SmtpPort}", $"{relayPort}"]).MustSucceed();
        Shell.Bash($"chmod 755 {Directory}; mkdir -m 1777 {Directory}/mail; mkdir {Directory}/libexec; ln -s {Daemons}/* {Directory}/libexec/").MustSucceed();
        Set("daemon_directory", $"{Directory}/libexec");
        Set("mail_spool_directory", $"{Directory}/mail/");
        Set("local_recipient_maps", "");
        Set("queue_run_delay", "10s");
    }

    public string Directory { get; }

    public string Etc => Path.Combine(Directory, "etc");

    public string Spool => Path.Combine(Directory, "spool");

    public int SmtpPort { get; }

    public string Log => File.ReadAllText(Path.Combine(Directory, "mail.log"), Encoding.Latin1);

    /// <summary>A place in the log, for <see cref="LogSince"/>.</summary>
    public int LogLength => (int)new FileInfo(Path.Combine(Directory, "mail.log")).Length;

    /// <summary>What was logged behind a place: in a long log, much less to read than all of it.</summary>
    public string LogSince(int start)
    {
        using var file = new FileStream(Path.Combine(Directory, "mail.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(start, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    public void Set(string name, string value) => Shell.Run("/usr/sbin/postconf", ["-c", Etc, "-e", $"{name}={value}"]).MustSucceed();

    /// <summary>Puts our program in the place of Postfix's.</summary>
    public void Replace(string daemon)
    {
        Shell.Bash($"ln -sfn {Repository.Daemon(daemon)} {Directory}/libexec/{daemon}").MustSucceed();
    }

    public Outcome Postfix(params string[] arguments) => Shell.Run("/usr/sbin/postfix", ["-c", Etc, .. arguments]);

    public DebianPostfix Start()
    {
        Outcome outcome = Postfix("start");
        Assert.True(outcome.ExitCode == 0, outcome.All + Log);
        return this;
    }

    public int MasterPid => ProcessTable.PidIn(Path.Combine(Spool, "pid/master.pid"));

    public SmtpClient Connect() => new(SmtpPort);

    public string? FindMail(string user, string token)
    {
        Outcome outcome = Shell.Bash($"grep -rl -- {token} {Directory}/mail/{user}/new {Directory}/home/box/new 2>/dev/null | head -n 1");
        return outcome.Output.Length == 0 ? null : File.ReadAllText(outcome.Output.Trim(), Encoding.Latin1);
    }

    public string WaitForMail(string user, string token) =>
        Wait.For(() => FindMail(user, token), $"mail {token} for {user}", () => Log);

    public void WaitForLog(string text, int seconds = 30) =>
        Wait.Until(() => Log.Contains(text, StringComparison.Ordinal), $"in the log: {text}", () => Log, seconds);

    /// <summary>Waits for a text behind a place in the log.</summary>
    public void WaitForLogSince(int start, string text) =>
        Wait.Until(() => LogSince(start).Contains(text, StringComparison.Ordinal), $"in the log: {text}", () => LogSince(start), pause: 3);

    public void Dispose()
    {
        Postfix("stop");
        Shell.Bash($"rm -rf {Directory}");
    }
}

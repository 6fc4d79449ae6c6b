using System.Diagnostics.CodeAnalysis;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Service.Logging;

/// <summary>
/// Where this process's log lines go: the postlog service when <c>maillog_file</c> is set, else syslog, and stderr
/// for commands. Everything that is logged through NLog ends here, one datagram per line. Thread-safe.
/// </summary>
public static class MailLog
{
    private const string SyslogPath = "/dev/log";
    private const int MailFacility = 2;
    private const int MostErrors = 13;

    private static readonly Lock WriteLock = new();
    private static LogLine _line = new(TimeProvider.System);
    private static LogSocket? _socket;
    private static bool _isPostlog;
    private static string _tag = "";
    private static string _host = "";
    private static int _facility = MailFacility;
    private static bool _allowUtf8 = true;
    private static bool _toStderr;
    private static bool _started;
    private static int _errors;
    private static Action<LogSeverity, string>? _observer;

    /// <summary>What must be done before the process ends after a fatal error or SIGTERM: remove unfinished files.</summary>
    public static Action? ExitHook { get; set; }

    /// <summary>Seconds to sleep before a fatal exit, so that a failing daemon does not come back too fast.</summary>
    public static TimeSpan FatalDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Name that stands before a command's messages on stderr.</summary>
    public static string StderrName { get; set; } = "";

    /// <summary>The first label of the host name, as log lines of this process show it.</summary>
    public static string Host
    {
        get => _host;
        set => _host = FirstLabel(value);
    }

    /// <summary>The tag before the bracket, for example <c>postfix/smtpd</c>.</summary>
    public static string Tag
    {
        get => _tag;
        set => _tag = value;
    }

    /// <summary>Keep valid UTF-8 in log lines (<c>smtputf8_enable</c>).</summary>
    public static bool AllowUtf8
    {
        set => _allowUtf8 = value;
    }

    /// <summary>Write lines to stderr as well.</summary>
    public static bool ToStderr
    {
        get => _toStderr;
        set => _toStderr = value;
    }

    /// <summary>syslog facility name (<c>syslog_facility</c>).</summary>
    /// <exception cref="FatalException">There is no such facility.</exception>
    public static void SetFacility(string name, string configurationDirectory) => _facility = SyslogFacility.TryParse(name, out int facility)
        ? facility
        : throw new FatalException($"file {configurationDirectory}/main.cf: parameter syslog_facility: unrecognized value: {name}");

    /// <summary>
    /// Where a line is appended when the log service cannot be reached: for the master, which starts that service, and
    /// for privileged commands. Null: such a line is lost.
    /// </summary>
    public static string? FallbackFile { get; set; }

    /// <summary>What <see cref="FallbackFile"/> is made with when it is not there.</summary>
    public static int FallbackPermissions { get; set; } = 0x180;

    /// <summary>
    /// Sends all NLog events of this process here. Until <see cref="UsePostlog"/> or <see cref="UseSyslog"/> decides,
    /// lines go where the environment says (POSTLOG_SERVICE), else to syslog.
    /// </summary>
    public static void Start(string tag)
    {
        lock (WriteLock)
        {
            _tag = tag;
            if (_started)
            {
                return;
            }

            _started = true;
            string host = Environment.GetEnvironmentVariable(PostlogProtocol.HostVariable) ?? "";
            Host = host.Length > 0 ? host : Environment.MachineName;
            string postlog = Environment.GetEnvironmentVariable(PostlogProtocol.ServiceVariable) ?? "";
            _isPostlog = postlog.StartsWith('/');
            _socket = new LogSocket(_isPostlog ? ByteString.FromUnicode(postlog) : SyslogPath);
        }

        MailLogTarget.Install();
    }

    /// <summary>Sends lines to the postlog socket at this path.</summary>
    public static void UsePostlog(string path)
    {
        lock (WriteLock)
        {
            if (!_isPostlog || _socket is null || _socket.Path != path)
            {
                _socket?.Dispose();
                _socket = new LogSocket(path);
                _isPostlog = true;
            }
        }
    }

    /// <summary>Sends lines to syslog.</summary>
    public static void UseSyslog()
    {
        lock (WriteLock)
        {
            if (_isPostlog || _socket is null)
            {
                _socket?.Dispose();
                _socket = new LogSocket(SyslogPath);
                _isPostlog = false;
            }
        }
    }

    /// <summary>Sends lines nowhere but, where asked for, to stderr (commands that never log; tests).</summary>
    public static void UseNothing()
    {
        lock (WriteLock)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }

    /// <summary>Hands every line to a receiver instead of a socket: the log service itself, and tests.</summary>
    public static void UseObserver(Action<LogSeverity, string>? observer)
    {
        lock (WriteLock)
        {
            _observer = observer;
        }
    }

    /// <summary>Connects now, and names the place as it will be called after a change of root or directory.</summary>
    public static void ConnectBeforeRootChange(string pathAfterwards)
    {
        lock (WriteLock)
        {
            if (_socket is not null)
            {
                _socket.Connect();
                _socket.Path = _isPostlog ? pathAfterwards : _socket.Path;
            }
        }
    }

    /// <summary>True when a line can reach the log service now.</summary>
    public static bool CanReachService()
    {
        lock (WriteLock)
        {
            return _socket is not null && _socket.Connect();
        }
    }

    /// <summary>Writes one line.</summary>
    /// <returns>False when it was lost.</returns>
    public static bool Write(LogSeverity severity, string text)
    {
        bool sent;
        lock (WriteLock)
        {
            if (_toStderr)
            {
                WriteStderr(severity, text);
            }

            if (_observer is not null)
            {
                _observer(severity, text);
                sent = true;
            }
            else
            {
                sent = _socket is null || SendLine(_socket, severity, text, LogSession.Number);
            }

            if (severity == LogSeverity.Error && ++_errors == MostErrors + 1)
            {
                severity = LogSeverity.Fatal;
                text = "too many errors - program terminated";
            }
            else
            {
                severity = LogSeverity.Info;
            }
        }

        if (severity == LogSeverity.Fatal)
        {
            Fatal(text);
        }

        return sent;
    }

    /// <summary>
    /// Logs <c>fatal: text</c>, runs the exit hook, sleeps and ends the process. For process borders; elsewhere throw
    /// <see cref="FatalException"/>.
    /// </summary>
    [DoesNotReturn]
    public static void Fatal(string text, int exitCode = 1) => End(LogSeverity.Fatal, text, exitCode);

    /// <summary>Logs <c>panic: text</c> and ends the process: our own bug.</summary>
    [DoesNotReturn]
    public static void Panic(string text) => End(LogSeverity.Panic, text, 134);

    /// <summary>Writes a finished line for another program's text and tag (postlog).</summary>
    public static bool WriteAs(string tag, LogSeverity severity, string text)
    {
        lock (WriteLock)
        {
            string own = _tag;
            _tag = tag;
            try
            {
                if (_toStderr)
                {
                    WriteStderr(severity, text);
                }

                return _socket is not null && SendLine(_socket, severity, text, 0);
            }
            finally
            {
                _tag = own;
            }
        }
    }

    /// <summary>Formats a line as the postlog service gets it: <c>Mon dd HH:MM:SS host tag[pid]: text</c>.</summary>
    /// <returns>Its length.</returns>
    public static int FormatPostlogLine(Span<byte> line, string tag, LogSeverity severity, string text)
    {
        lock (WriteLock)
        {
            return Format(line, tag, severity, text, 0, postlog: true);
        }
    }

    [DoesNotReturn]
    private static void End(LogSeverity severity, string text, int exitCode)
    {
        Write(severity, text);
        try
        {
            ExitHook?.Invoke();
        }
        catch (Exception failure)
        {
            Write(LogSeverity.Warning, $"exit hook: {failure.Message}");
        }

        if (FatalDelay > TimeSpan.Zero)
        {
            Thread.Sleep(FatalDelay);
        }

        Posix.Exit(exitCode);
    }

    private static bool SendLine(LogSocket socket, LogSeverity severity, string text, long session)
    {
        Span<byte> line = stackalloc byte[LogLine.MaxLine + 1];
        if (socket.Lost > 0)
        {
            // The report goes first; when it does not get through, this line will not either.
            int lost = socket.Lost;
            int reportLength = Format(line, _tag, LogSeverity.Warning, $"{lost} log lines were lost", 0, _isPostlog);
            if (socket.Send(line[..reportLength]))
            {
                socket.TakeLost();
            }
        }

        int length = Format(line, _tag, severity, text, session, _isPostlog);
        if (FallbackFile is { } file && _isPostlog && !socket.IsReachable)
        {
            line[length++] = (byte)'\n';
            return Append(file, line[..length]);
        }

        return socket.Send(line[..length]);
    }

    private static bool Append(string file, ReadOnlySpan<byte> line)
    {
        try
        {
            int errno = MailLogFile.TryOpen(file, FallbackPermissions, out FileHandle log);
            using (log)
            {
                if (errno == 0)
                {
                    Posix.WriteAll(log, line);
                }
            }

            return errno == 0;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    private static int Format(Span<byte> line, string tag, LogSeverity severity, string text, long session, bool postlog)
    {
        int used = 0;
        if (!postlog)
        {
            line[used++] = (byte)'<';
            (_facility * 8 + severity.SyslogLevel()).TryFormat(line[used..], out int digits);
            used += digits;
            line[used++] = (byte)'>';
        }

        used += _line.WriteStamp(line[used..], padWithBlank: !postlog);
        line[used++] = (byte)' ';
        if (postlog)
        {
            used += Copy(_host, line[used..], 256);
            line[used++] = (byte)' ';
        }

        used += Copy(tag, line[used..], 512);
        line[used++] = (byte)'[';
        (session == 0 ? Environment.ProcessId : session).TryFormat(line[used..], out int written);
        used += written;
        line[used++] = (byte)']';
        line[used++] = (byte)':';
        line[used++] = (byte)' ';
        return used + LogLine.WriteText(line[used..], severity, text, _allowUtf8);
    }

    private static int Copy(string text, Span<byte> line, int limit)
    {
        string printable = Printable.Neutralize(text.Length > limit ? text[..limit] : text);
        return ByteString.CopyTo(printable, line);
    }

    private static void WriteStderr(LogSeverity severity, string text)
    {
        try
        {
            Span<byte> line = stackalloc byte[LogLine.MaxLine];
            int used = 0;
            if (StderrName.Length > 0)
            {
                used = Copy(StderrName, line, 512);
                line[used++] = (byte)':';
                line[used++] = (byte)' ';
            }

            used += LogLine.WriteText(line[used..(used + LogLine.MaxText)], severity, text, _allowUtf8);
            line[used++] = (byte)'\n';
            using FileHandle stderr = new(2, ownsHandle: false);
            Posix.WriteAll(stderr, line[..used]);
        }
        catch (LinuxException)
        {
            // Nobody reads stderr: nothing to be done about it.
        }
    }

    private static string FirstLabel(string host)
    {
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? host[..dot] : host;
    }
}

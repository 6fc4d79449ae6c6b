using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Postlogd;

/// <summary>
/// The place where log lines end: the file named by <c>maillog_file</c>, or syslog when there is none. Lines are
/// gathered until <see cref="Flush"/>. Thread-safe, since this process's own lines come from any thread.
/// </summary>
internal sealed class LogFile
{
    private const int MostGathered = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly FileHandle? _file;
    private readonly string _path;
    private readonly byte[] _lines = new byte[MostGathered + PostlogProtocol.MaxDatagram + 1];
    private int _count;
    private bool _needsLineEnd;

    private LogFile(FileHandle? file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Opens the file while this process may; this process's own lines go into it from now on.</summary>
    /// <exception cref="FatalException">The file cannot be opened, or is not where log files may be.</exception>
    public static LogFile Open(ServiceContext context)
    {
        string path = context.Configuration.Get(PostlogParameters.MaillogFile);
        if (path.Length == 0)
        {
            MailLog.UseSyslog();
            MailLog.UseObserver(null);
            return new LogFile(null, "");
        }

        LogSetup.CheckPrefix(context.Configuration);
        int errno = MailLogFile.TryOpen(path, MailLogFile.Permissions(context.Configuration), out FileHandle file);
        if (errno != 0)
        {
            throw new FatalException($"open logfile '{path}': {Errno.Text(errno)}");
        }

        LogFile log = new(file, path);
        MailLog.UseObserver(log.AddOwn);
        return log;
    }

    /// <summary>Takes one datagram.</summary>
    public void Add(ReadOnlySpan<byte> datagram)
    {
        lock (_lock)
        {
            Span<byte> line = _lines.AsSpan(_count, datagram.Length);
            datagram.CopyTo(line);
            int length = PostlogProtocol.Neutralize(line);
            if (length == 0)
            {
                return;
            }

            if (_file is null)
            {
                Forward(line[..length]);
                return;
            }

            _count += length;
            _lines[_count++] = (byte)'\n';
            if (_count >= MostGathered)
            {
                Write();
            }
        }
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            Write();
        }
    }

    private static void Forward(ReadOnlySpan<byte> line)
    {
        if (!PostlogProtocol.TryParse(line, out ReadOnlySpan<byte> label, out ReadOnlySpan<byte> text))
        {
            text = line;
        }

        LogSeverity severity = label.Length == 0 ? LogSeverity.Info
            : label.SequenceEqual("warning"u8) ? LogSeverity.Warning
            : label.SequenceEqual("error"u8) ? LogSeverity.Error
            : label.SequenceEqual("fatal"u8) ? LogSeverity.Fatal
            : LogSeverity.Panic;
        MailLog.WriteAs(MailLog.Tag, severity, ByteString.FromBytes(text));
    }

    private void AddOwn(LogSeverity severity, string text)
    {
        Span<byte> line = stackalloc byte[PostlogProtocol.MaxDatagram];
        int length = MailLog.FormatPostlogLine(line, MailLog.Tag, severity, text);
        Add(line[..length]);
        Flush();
    }

    // A full disk loses lines and nothing else: there is nobody to tell, and mail goes on.
    private void Write()
    {
        if (_count == 0 || _file is null)
        {
            return;
        }

        try
        {
            if (_needsLineEnd)
            {
                Posix.WriteAll(_file, "\n"u8);
                _needsLineEnd = false;
            }

            Posix.WriteAll(_file, _lines.AsSpan(0, _count));
        }
        catch (LinuxException)
        {
            _needsLineEnd = true;
        }

        _count = 0;
    }
}

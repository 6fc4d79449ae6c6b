using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Service;
using Mta.Service.Logging;
using Mta.Text;

namespace Mta.Postlog;

/// <summary>Logs its operands as one line, or each line of standard input.</summary>
internal sealed class PostlogCommand(CommandLineTool tool)
{
    private const string Usage = "usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v] [text]";
    private const int LongestLine = 2048;

    private LogSeverity _severity = LogSeverity.Info;
    private string? _tag;
    private FileHandle? _file;
    private bool _allowUtf8;

    public int Run()
    {
        MailLog.StderrName = MailLog.Tag;
        GetOpt options = tool.GetOpt("c:ip:t:v");
        while (tool.Next(options, Usage))
        {
            switch (options.Option)
            {
                case 'c':
                    tool.UseConfigurationDirectory(options.Argument);
                    break;
                case 'p':
                    _severity = SeverityOf(options.Argument);
                    break;
                case 't':
                    _tag = Printable.Neutralize(options.Argument);
                    break;
            }
        }

        MailLog.AllowUtf8 = _allowUtf8 = tool.Configuration.Get(GlobalParameters.Smtputf8Enable);
        if (_tag is not null)
        {
            MailLog.Tag = _tag;
        }

        MailLog.StderrName = MailLog.Tag;
        OpenFileWithoutService();
        IReadOnlyList<string> operands = options.Operands;
        if (operands.Count > 0)
        {
            Write(string.Join(' ', operands));
        }
        else
        {
            CopyStandardInput();
        }

        if (_severity is LogSeverity.Fatal or LogSeverity.Panic)
        {
            Thread.Sleep(MailLog.FatalDelay);
        }

        return 0;
    }

    private static LogSeverity SeverityOf(string name) => Ascii.ToLower(name) switch
    {
        "info" => LogSeverity.Info,
        "warn" or "warning" => LogSeverity.Warning,
        "err" or "error" => LogSeverity.Error,
        "fatal" or "crit" => LogSeverity.Fatal,
        "panic" => LogSeverity.Panic,
        _ => throw new FatalException($"bad severity: \"{name}\""),
    };

    // Before the mail system runs there is no log service; who may write the file writes it.
    private void OpenFileWithoutService()
    {
        string path = tool.Configuration.Get(PostlogParameters.MaillogFile);
        if (path.Length == 0 || MailLog.CanReachService() || (CommandLineTool.IsSetGid && Posix.RealUser != 0))
        {
            return;
        }

        if (Posix.TryOpen(path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create, 0x1A4, out FileHandle file) == 0)
        {
            _file = file;
            MailLog.UseNothing();
        }
    }

    private void Write(string text)
    {
        // Byte by byte: what is no UTF-8 must not take the rest of the line with it.
        text = Printable.Neutralize(text, _allowUtf8);
        MailLog.WriteAs(MailLog.Tag, _severity, text);
        if (_file is null)
        {
            return;
        }

        Span<byte> line = stackalloc byte[PostlogProtocol.MaxDatagram];
        int length = MailLog.FormatPostlogLine(line, MailLog.Tag, _severity, text);
        line[length++] = (byte)'\n';
        Posix.WriteAll(_file, line[..length]);
    }

    private void CopyStandardInput()
    {
        using FileHandle input = new(0, ownsHandle: false);
        byte[] buffer = new byte[4096];
        byte[] line = new byte[LongestLine];
        int length = 0;
        int count;
        while ((count = Posix.Read(input, buffer)) > 0)
        {
            foreach (byte b in buffer.AsSpan(0, count))
            {
                if (b == (byte)'\n')
                {
                    Write(ByteString.FromBytes(line.AsSpan(0, length)));
                    length = 0;
                }
                else if (length < line.Length)
                {
                    line[length++] = b;
                }
            }
        }

        if (length > 0)
        {
            Write(ByteString.FromBytes(line.AsSpan(0, length)));
        }
    }
}

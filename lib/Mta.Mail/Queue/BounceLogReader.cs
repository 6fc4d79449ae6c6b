using System.Globalization;
using Mta.Linux;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Mail.Queue;

/// <summary>
/// Reads a bounce, defer or trace log entry by entry, in today's form and in the old one. Unknown names are passed
/// over; missing fields get the service's defaults. Owns the file when it opened it. Used by one thread at a time.
/// </summary>
public sealed class BounceLogReader : IDisposable
{
    private const int MaxLine = 64 << 10;

    private readonly FileHandle _file;
    private readonly bool _isDeferLog;
    private readonly bool _allowUtf8;
    private readonly byte[] _buffer = new byte[8192];
    private readonly List<byte> _line = [];
    private int _next;
    private int _end;

    /// <param name="service">The log's directory; <c>defer</c> has its own defaults.</param>
    public BounceLogReader(FileHandle file, string service, bool allowUtf8 = true)
    {
        _file = file;
        _isDeferLog = service == QueueName.Defer;
        _allowUtf8 = allowUtf8;
    }

    /// <summary>Names that were not known, for the log; the caller clears it.</summary>
    public List<string> UnknownNames { get; } = [];

    /// <returns>0, or the error number; ENOENT when there is no log.</returns>
    public static int TryOpen(QueueDirectory directory, string service, QueueId id, out BounceLogReader? reader)
    {
        int errno = Posix.TryOpen(directory.PathOf(service, id), OpenFlags.ReadOnly | OpenFlags.NoFollow, 0, out FileHandle file);
        reader = errno == 0 ? new BounceLogReader(file, service) : null;
        return errno;
    }

    /// <summary>The next entry; null at the end of the log.</summary>
    /// <exception cref="LinuxException">The log cannot be read.</exception>
    public BounceLogEntry? Next()
    {
        string recipient = "(recipient address unavailable)";
        string original = "";
        long offset = 0;
        string dsnOriginal = "";
        DsnNotify notify = DsnNotify.None;
        string status = _isDeferLog ? "4.0.0" : "5.0.0";
        string action = _isDeferLog ? "delayed" : "failed";
        string reason = "(description unavailable)";
        string diagnosticType = "";
        string diagnosticText = "";
        string mtaType = "";
        string mtaName = "";
        bool any = false;
        while (ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                if (any)
                {
                    return Entry();
                }

                continue;
            }

            if (line[0] == '<')
            {
                int split = line.IndexOf(">: ", StringComparison.Ordinal);
                if (split > 0)
                {
                    any = true;
                    recipient = split == 1 ? "(MAILER-DAEMON)" : line[1..split];
                    reason = line[(split + 3)..];
                }

                continue;
            }

            int equals = line.IndexOf('=');
            if (!Ascii.IsAlphanumeric(line[0]) || equals < 0)
            {
                continue;
            }

            string name = line[..equals].Trim(' ', '\t');
            string value = line[(equals + 1)..].Trim(' ', '\t');
            any = true;
            switch (name)
            {
                case "recipient":
                    recipient = value.Length == 0 ? "(MAILER-DAEMON)" : value;
                    break;
                case "original_recipient":
                    original = value;
                    break;
                case "offset":
                    offset = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
                    break;
                case "dsn_orig_rcpt":
                    dsnOriginal = value;
                    break;
                case "notify_flags":
                    notify = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int mask) && mask is >= 0 and <= 15 ? (DsnNotify)mask : DsnNotify.None;
                    break;
                case "status":
                    status = EnhancedStatus.TryParse(value, out _) ? value : status;
                    break;
                case "action":
                    action = value;
                    break;
                case "diag_type":
                    diagnosticType = value;
                    break;
                case "diag_text":
                    diagnosticText = value;
                    break;
                case "mta_type":
                    mtaType = value;
                    break;
                case "mta_mname":
                    mtaName = value;
                    break;
                case "reason":
                    reason = value;
                    break;
                default:
                    UnknownNames.Add(name);
                    break;
            }
        }

        return any ? Entry() : null;

        BounceLogEntry Entry() => new(
            recipient, original, offset, dsnOriginal, notify, new Protocols.Dsn(status, action, reason, diagnosticType, diagnosticText, mtaType, mtaName));
    }

    public void Dispose() => _file.Dispose();

    // A line without its end; null at the end of the file. Longer lines than any daemon writes are cut.
    private string? ReadLine()
    {
        _line.Clear();
        while (true)
        {
            if (_next == _end)
            {
                _next = 0;
                _end = Posix.Read(_file, _buffer);
                if (_end <= 0)
                {
                    _end = 0;
                    return _line.Count > 0 ? Text() : null;
                }
            }

            ReadOnlySpan<byte> rest = _buffer.AsSpan(_next, _end - _next);
            int newline = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = newline < 0 ? rest : rest[..newline];
            _line.AddRange(part[..Math.Min(part.Length, Math.Max(0, MaxLine - _line.Count))]);
            _next += newline < 0 ? rest.Length : newline + 1;
            if (newline >= 0)
            {
                return Text();
            }
        }

        string Text() => Printable.Neutralize(ByteString.FromBytes(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line)), _allowUtf8);
    }
}

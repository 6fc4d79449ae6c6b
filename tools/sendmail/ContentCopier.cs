using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Sendmail;

/// <summary>Reading stdin failed; the message is the system's reason.</summary>
internal sealed class ReadException(string message) : Exception(message);

/// <summary>
/// Copies the message from stdin into records: lines of bounded length, line ends repaired, mailbox "From " lines at
/// the top dropped, and without -i the dot that ends the message.
/// </summary>
internal sealed class ContentCopier : IDisposable
{
    private const int WindowSize = 64 << 10;

    private readonly PostdropProcess _postdrop;
    private readonly BufferedInput _input;
    private readonly int _limit;
    private readonly bool _ignoresDot;
    private readonly HeaderRecipients? _extracted;
    private bool? _stripsReturns;
    private bool _isTop = true;
    private bool _atLineStart = true;

    /// <param name="fixLineEndings">sendmail_fix_line_endings: <c>always</c>, <c>strict</c> or <c>never</c>.</param>
    /// <param name="extracted">Reads the headers too; null without -t.</param>
    public ContentCopier(PostdropProcess postdrop, int lineLengthLimit, bool ignoresDot, string fixLineEndings, HeaderRecipients? extracted)
    {
        _postdrop = postdrop;
        _input = new BufferedInput(new DescriptorStream(new FileHandle(0, ownsHandle: false)), WindowSize);
        _limit = lineLengthLimit;
        _ignoresDot = ignoresDot;
        _extracted = extracted;
        _stripsReturns = fixLineEndings switch
        {
            "always" => true,
            "never" => false,
            _ => null,
        };
    }

    /// <exception cref="ReadException">stdin cannot be read.</exception>
    /// <exception cref="LinuxException">postdrop cannot be written to.</exception>
    /// <exception cref="HeaderTooLongException">A header with recipients is longer than header_size_limit.</exception>
    public void Run()
    {
        while (true)
        {
            ReadOnlySpan<byte> window = _input.Available;
            int scan = Math.Min(window.Length, _limit);
            int end = window[..scan].IndexOf((byte)'\n');
            if (end < 0 && scan < _limit && Fill())
            {
                continue;
            }

            if (end < 0 && window.IsEmpty)
            {
                break;
            }

            int length = end < 0 ? scan : end;
            if (!Take(_input.Available[..length], end >= 0))
            {
                break;
            }

            _input.Consume(end < 0 ? length : length + 1);
            _postdrop.FlushIfFull();
        }

        _extracted?.Finish(_postdrop.Output);
    }

    public void Dispose() => _input.Dispose();

    // False at the dot that ends the message.
    private bool Take(ReadOnlySpan<byte> text, bool endsLine)
    {
        bool atLineStart = _atLineStart;
        _atLineStart = endsLine;
        if (_isTop && endsLine && IsMailboxLine(text))
        {
            return true;
        }

        _isTop = false;
        if (endsLine)
        {
            _stripsReturns ??= !text.IsEmpty && text[^1] == '\r';
            if (_stripsReturns.Value)
            {
                text = text.TrimEnd((byte)'\r');
            }
        }

        if (!_ignoresDot && atLineStart && text.Length == 1 && text[0] == '.')
        {
            return false;
        }

        RecordType type = endsLine ? RecordType.Text : RecordType.ContinuedText;
        if (_extracted is null)
        {
            RecordWriter.Write(_postdrop.Output, type, text);
        }
        else
        {
            _extracted.Take(_postdrop.Output, type, text);
        }

        return true;
    }

    private static bool IsMailboxLine(ReadOnlySpan<byte> line) => line.TrimStart((byte)'>').StartsWith("From "u8);

    private bool Fill()
    {
        try
        {
            return _input.FillAsync(Math.Max(_limit * 2, WindowSize), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        catch (LinuxException error)
        {
            throw new ReadException(error.Reason);
        }
    }
}

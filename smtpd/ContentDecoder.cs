using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// Turns the content that a client sends into records for cleanup: finds line ends, removes dots, finds the end of the
/// message, watches the size. Copies every byte once, from the input's window to the output. The answer does not
/// depend on how the input is cut into pieces.
/// </summary>
/// <param name="lineLengthLimit">Longer lines travel as continued records (<c>line_length_limit</c>).</param>
/// <param name="sizeLimit">Most bytes, line ends counted as two; 0 is no limit (<c>message_size_limit</c>).</param>
internal sealed class ContentDecoder(BareNewlineMode mode, int lineLengthLimit, long sizeLimit)
{
    private byte[] _carried = [];
    private int _carriedLength;
    private bool _previousEndsInCrLf = true;
    private bool _isMidLine;
    private bool _atTop = true;

    /// <summary>Bytes received, line ends counted as two.</summary>
    public long Size { get; private set; }

    /// <summary>The message exceeds the limit: what follows is read and dropped.</summary>
    public bool IsTooBig { get; private set; }

    public bool HasBareNewline { get; private set; }

    /// <summary>Nothing is written any more: the message is lost already.</summary>
    public bool IsDiscarding { get; set; }

    /// <summary>
    /// Takes lines of DATA from the start of the window.
    /// </summary>
    /// <param name="outputLimit">Stop when the output holds so many bytes.</param>
    /// <param name="ended">The line that ends the message was taken.</param>
    /// <returns>Bytes taken; the rest is an incomplete line, or follows the end of the message.</returns>
    public int TakeData(ReadOnlySpan<byte> window, BufferedOutput output, int outputLimit, out bool ended)
    {
        int taken = 0;
        ended = false;
        while (output.Pending < outputLimit)
        {
            ReadOnlySpan<byte> rest = window[taken..];
            int newline = rest.IndexOf((byte)'\n');
            if (newline < 0)
            {
                // Two bytes are kept back: they may be the CR of a line end.
                while (rest.Length >= lineLengthLimit + 2)
                {
                    TakeChunk(rest[..lineLengthLimit], output, hasDots: true);
                    taken += lineLengthLimit;
                    rest = window[taken..];
                }

                return taken;
            }

            taken += newline + 1;
            if (TakeLine(rest[..newline], output, hasDots: true))
            {
                ended = true;
                return taken;
            }
        }

        return taken;
    }

    /// <summary>
    /// Takes bytes of a BDAT chunk (RFC 3030). A line may continue in the next chunk: its start is kept here.
    /// </summary>
    /// <returns>Bytes taken, fewer than the window has only when the output is full.</returns>
    public int TakeChunkData(ReadOnlySpan<byte> window, BufferedOutput output, int outputLimit)
    {
        int taken = 0;
        while (taken < window.Length && output.Pending < outputLimit)
        {
            ReadOnlySpan<byte> rest = window[taken..];
            int newline = rest.IndexOf((byte)'\n');
            if (_carriedLength == 0 && newline >= 0)
            {
                TakeLine(rest[..newline], output, hasDots: false);
                taken += newline + 1;
                continue;
            }

            int count = newline >= 0 ? newline + 1 : rest.Length;
            count = Math.Min(count, lineLengthLimit + 2 - _carriedLength);
            Carry(rest[..count]);
            taken += count;
            if (_carried[_carriedLength - 1] == (byte)'\n')
            {
                TakeLine(_carried.AsSpan(0, _carriedLength - 1), output, hasDots: false);
                _carriedLength = 0;
            }
            else if (_carriedLength == lineLengthLimit + 2)
            {
                TakeChunk(_carried.AsSpan(0, lineLengthLimit), output, hasDots: false);
                _carried.AsSpan(lineLengthLimit, 2).CopyTo(_carried);
                _carriedLength = 2;
            }
        }

        return taken;
    }

    /// <summary>After the last chunk: a last line without a line end gets one.</summary>
    public void EndChunks(BufferedOutput output)
    {
        if (_carriedLength > 0 || _isMidLine)
        {
            WriteText(_carried.AsSpan(0, _carriedLength), output, isContinued: _isMidLine);
            _carriedLength = 0;
            _isMidLine = false;
        }
    }

    private void Carry(ReadOnlySpan<byte> bytes)
    {
        if (_carried.Length == 0)
        {
            _carried = new byte[lineLengthLimit + 2];
        }

        bytes.CopyTo(_carried.AsSpan(_carriedLength));
        _carriedLength += bytes.Length;
    }

    // The line without its LF. Returns true for the line that ends the message.
    private bool TakeLine(ReadOnlySpan<byte> line, BufferedOutput output, bool hasDots)
    {
        bool endsInCrLf = !line.IsEmpty && line[^1] == (byte)'\r';
        bool continued = _isMidLine;
        _isMidLine = false;
        if (mode == BareNewlineMode.Allow)
        {
            while (!line.IsEmpty && line[^1] == (byte)'\r')
            {
                line = line[..^1];
            }
        }
        else if (endsInCrLf)
        {
            line = line[..^1];
        }
        else
        {
            HasBareNewline = true;
            IsDiscarding |= mode == BareNewlineMode.Reject;
        }

        bool previousEndsInCrLf = _previousEndsInCrLf;
        _previousEndsInCrLf = endsInCrLf;
        if (hasDots && !continued && !line.IsEmpty && line[0] == (byte)'.')
        {
            if (line.Length == 1)
            {
                // RFC 5321 §4.1.1.4: only CRLF.CRLF ends the message. A dot between other line ends is what smuggling
                // is made of, and is dropped.
                return mode == BareNewlineMode.Allow || (endsInCrLf && previousEndsInCrLf);
            }

            line = line[1..];
        }

        WriteText(line, output, continued);
        return false;
    }

    // A full piece of a line that is longer than the limit.
    private void TakeChunk(ReadOnlySpan<byte> chunk, BufferedOutput output, bool hasDots)
    {
        if (!_isMidLine)
        {
            if (hasDots && chunk[0] == (byte)'.')
            {
                chunk = chunk[1..];
            }

            WriteTop(ref chunk, output);
        }

        _isMidLine = true;
        if (Grows(chunk.Length))
        {
            RecordWriter.Write(output, RecordType.ContinuedText, chunk);
        }
    }

    private void WriteText(ReadOnlySpan<byte> line, BufferedOutput output, bool isContinued)
    {
        if (!isContinued)
        {
            WriteTop(ref line, output);
        }

        if (Grows(line.Length + 2))
        {
            RecordWriter.WriteText(output, line, lineLengthLimit);
        }
    }

    // What stands at the top must be a header: white space would continue our own Received:, and mailbox separators
    // ("From ") are kept as a header of their own.
    private void WriteTop(ref ReadOnlySpan<byte> line, BufferedOutput output)
    {
        if (!_atTop)
        {
            return;
        }

        if (HeaderSyntax.IsMailboxSeparator(line))
        {
            if (Grows(MailboxLine.Length))
            {
                RecordWriter.Write(output, RecordType.ContinuedText, MailboxLine);
            }

            return;
        }

        _atTop = false;
        if (!line.IsEmpty && line[0] is (byte)' ' or (byte)'\t' && Grows(2))
        {
            RecordWriter.Write(output, RecordType.Text);
        }
    }

    private static ReadOnlySpan<byte> MailboxLine => "X-Mailbox-Line: "u8;

    // Counts bytes about to be written; false when they must not be.
    private bool Grows(int bytes)
    {
        Size += bytes;
        IsTooBig |= sizeLimit > 0 && Size > sizeLimit;
        return !IsTooBig && !IsDiscarding;
    }
}

namespace Mta.Mail.Headers;

/// <summary>
/// Turns lines of any bytes into quoted-printable ones (RFC 2045 §6.7), with soft line breaks. Streams: it holds one
/// output line. A blank or TAB is encoded at the end of a line only.
/// </summary>
/// <param name="write">Takes each output line; the flag is false for the last piece of text that had no line end.</param>
public sealed class QuotedPrintableEncoder(QuotedPrintableEncoder.LineWriter write)
{
    private const int SoftBreak = 72;

    private readonly byte[] _line = new byte[SoftBreak + 8];
    private int _column;

    public delegate void LineWriter(ReadOnlySpan<byte> line, bool endsLine);

    /// <summary>Takes the next piece of a line.</summary>
    public void Add(ReadOnlySpan<byte> text, bool endsLine)
    {
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (_column > SoftBreak)
            {
                _line[_column++] = (byte)'=';
                write(_line.AsSpan(0, _column), true);
                _column = 0;
            }

            bool isLastBlank = b is (byte)' ' or (byte)'\t' && endsLine && i == text.Length - 1;
            if ((b < 32 && b != (byte)'\t') || b is (byte)'=' or > 126 || isLastBlank)
            {
                _line[_column++] = (byte)'=';
                _line[_column++] = (byte)"0123456789ABCDEF"[b >> 4];
                _line[_column++] = (byte)"0123456789ABCDEF"[b & 15];
            }
            else
            {
                _line[_column++] = b;
            }
        }

        if (endsLine)
        {
            write(_line.AsSpan(0, _column), true);
            _column = 0;
        }
    }

    /// <summary>The text has ended, perhaps within a line.</summary>
    public void Finish()
    {
        if (_column > 0)
        {
            write(_line.AsSpan(0, _column), false);
            _column = 0;
        }
    }
}

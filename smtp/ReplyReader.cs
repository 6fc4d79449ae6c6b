using Mta.Tables;
using Mta.Text;
using NLog;

namespace Mta.Smtp;

/// <summary>
/// Reads replies (RFC 5321 §4.2). Everything a server sends is bounded: length of a line, length of a reply, number
/// of lines, bytes that are read and dropped, and the time for all of it. Used by one session.
/// </summary>
internal sealed class ReplyReader(BufferedInput input, string serverName, int lengthLimit, TableList? filter = null)
{
    private const int MaxLines = 1000;
    private const int MaxBytes = 1 << 20;
    private const int MaxGarbageShown = 100;
    private const int MaxShown = 30;

    // A time limit counts from one byte to the next: whoever drips them has this many of it for a reply.
    private const int MaxTimeouts = 10;

    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly byte[] _text = new byte[lengthLimit];
    private readonly byte[] _head = new byte[MaxShown];
    private int _headLength;
    private int _length;
    private int _bytes;
    private long _began;

    /// <summary>Is told of lines that are no reply lines.</summary>
    public Action<string>? OnGarbage { get; set; }

    /// <summary>Is told of a line about which the filter's table cannot tell, before the exception says so.</summary>
    public Action<string>? OnFilterFailure { get; init; }

    /// <summary>Reads one reply, whatever it says.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="TimeoutException">No reply came in time.</exception>
    public async ValueTask<SmtpReply> ReadAsync(CancellationToken stop)
    {
        _length = _bytes = 0;
        _began = Environment.TickCount64;
        bool isGarbled = false;
        bool isTooLong = false;
        for (int lines = 0; ; lines++)
        {
            if (lines == MaxLines)
            {
                throw new EndOfStreamException("endless reply");
            }

            int start = _length;
            await ReadLineAsync(stop);
            if (filter is not null)
            {
                await FilterAsync(start, stop);
            }

            LineKind kind = Judge(_head.AsSpan(0, _headLength), out int code);
            if (kind == LineKind.Last)
            {
                return new SmtpReply(code, ByteString.FromBytes(_text.AsSpan(0, _length)), isGarbled);
            }

            if (kind == LineKind.Garbage)
            {
                isGarbled = true;
                OnGarbage?.Invoke(ByteString.FromBytes(_text.AsSpan(start, Math.Min(_length - start, MaxGarbageShown))));
            }

            if (_length < _text.Length)
            {
                _text[_length++] = (byte)'\n';
            }
            else if (!isTooLong)
            {
                isTooLong = true;
                Log.Warn($"{serverName}: multi-line response longer than {lengthLimit} {Printable.Neutralize(ByteString.FromBytes(_text.AsSpan(0, Math.Min(MaxShown, _length))))}...");
            }
        }
    }

    private async ValueTask FilterAsync(int start, CancellationToken stop)
    {
        string line = ByteString.FromBytes(_text.AsSpan(start, _length - start));
        string? other;
        try
        {
            other = await SmtpTables.FindAsync(filter, line, stop);
        }
        catch (LocalDataException)
        {
            OnFilterFailure?.Invoke(line);
            throw;
        }

        if (other is null)
        {
            return;
        }

        Log.Info($"{serverName}: replacing server reply \"{line}\" with \"{Printable.Neutralize(other)}\"");
        _length = start;
        _headLength = 0;
        foreach (byte b in ByteString.ToBytes(Printable.Neutralize(other, allowUtf8: true)))
        {
            Append(b);
        }
    }

    private enum LineKind
    {
        Last,
        Continued,
        Garbage,
    }

    private static LineKind Judge(ReadOnlySpan<byte> line, out int code)
    {
        code = 0;
        if (line.Length < 3 || !Ascii.IsDigit(line[0]) || !Ascii.IsDigit(line[1]) || !Ascii.IsDigit(line[2]))
        {
            return LineKind.Garbage;
        }

        code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        return line.Length == 3 || line[3] == ' ' ? LineKind.Last : line[3] == '-' ? LineKind.Continued : LineKind.Garbage;
    }

    // Appends one line to the text; what exceeds a limit is read and dropped.
    private async ValueTask ReadLineAsync(CancellationToken stop)
    {
        _headLength = 0;
        int lineLength = 0;
        while (true)
        {
            ReadOnlySpan<byte> window = input.Available;
            int end = window.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? window : window[..end];

            // A CR at the end of the window may belong to a line end that is still to come.
            bool endsWithReturn = part.Length > 0 && part[^1] == (byte)'\r';
            int used = endsWithReturn ? part.Length - 1 : part.Length;
            lineLength += used;
            foreach (byte b in part[..used])
            {
                Append(b is >= 0x20 and not 0x7F ? b : (byte)'?');
            }

            if (end >= 0)
            {
                input.Consume(end + 1);
                if (lineLength >= lengthLimit)
                {
                    Log.Warn($"{serverName}: response longer than {lengthLimit}: {ByteString.FromBytes(_head.AsSpan(0, _headLength))}...");
                }

                return;
            }

            input.Consume(used);
            _bytes += used;
            if (_bytes > MaxBytes)
            {
                throw new EndOfStreamException("endless reply");
            }

            if (input.Timeout > TimeSpan.Zero && Environment.TickCount64 - _began > input.Timeout.TotalMilliseconds * MaxTimeouts)
            {
                throw new TimeoutException("endless reply");
            }

            if (!await input.FillAsync(stop))
            {
                throw new EndOfStreamException("connection closed");
            }

            // A CR that was no line end counts as a byte of the line.
            if (endsWithReturn && input.Available.Length > 1 && input.Available[1] != (byte)'\n')
            {
                Append((byte)'?');
                input.Consume(1);
            }
        }
    }

    private void Append(byte b)
    {
        if (_headLength < _head.Length)
        {
            _head[_headLength++] = b;
        }

        if (_length < _text.Length)
        {
            _text[_length++] = b;
        }
    }
}

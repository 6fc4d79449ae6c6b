using System.Buffers.Binary;
using System.Text;
using Mta.Linux;
using Mta.Text;

namespace Mta.Milter;

/// <summary>
/// A connection to a filter as packets: writes them, and reads them with every length tested before anything is held.
/// What is wrong is a text for the log. Used by one caller at a time. Owns the stream.
/// </summary>
/// <param name="name">The filter, as log lines name it.</param>
internal sealed class MilterWire(string name, SocketStream stream) : IDisposable
{
    // Postfix's word for a peer that closes.
    private const string Lost = "Application error";

    private readonly BufferedInput _input = new(stream, 512);
    private readonly BufferedOutput _output = new(stream, 16 << 10, 512);

    public SocketStream Stream => stream;

    /// <summary>Enough was written to be sent.</summary>
    public bool IsFull => _output.IsFull;

    /// <summary>The letter of the packet whose head was read.</summary>
    public char Letter => (char)_input.Available[4];

    /// <summary>Longest wait of a flush and of each packet.</summary>
    public void SetTimeout(TimeSpan timeout)
    {
        _input.Timeout = timeout;
        _output.Timeout = timeout;
    }

    public void Write(byte letter, ReadOnlySpan<byte> data)
    {
        Span<byte> target = _output.GetSpan(5 + data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)data.Length + 1);
        target[4] = letter;
        data.CopyTo(target[5..]);
        _output.Advance(5 + data.Length);
    }

    /// <summary>Writes the macros that have a value, for the event of this letter.</summary>
    public void WriteMacros(byte letter, MilterMacros macros, MilterMacroSet set, MilterMacroLookup lookup)
    {
        var text = new StringBuilder();
        foreach (string macro in macros.Names(set))
        {
            if (macros.Value(macro, lookup) is { } value)
            {
                text.Append(macro).Append('\0').Append(value.Replace('\0', '?')).Append('\0');
            }
        }

        Span<byte> target = _output.GetSpan(6 + text.Length);
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)text.Length + 2);
        target[4] = (byte)'D';
        target[5] = letter;
        ByteString.CopyTo(text.ToString(), target[6..]);
        _output.Advance(6 + text.Length);
    }

    public ValueTask FlushAsync(CancellationToken stop) => _output.FlushAsync(stop);

    /// <summary>Sends what no answer is due to: the next event finds out whether it arrived, and has the word.</summary>
    public async ValueTask TryFlushAsync(TimeSpan timeout, CancellationToken stop)
    {
        try
        {
            _output.Timeout = timeout;
            await _output.FlushAsync(stop);
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
        }
    }

    /// <summary>Reads length and letter of the next packet; they stay in place.</summary>
    /// <param name="what">The event that is being answered, for the log.</param>
    public async ValueTask<(string? Problem, uint Length)> ReadHeadAsync(string what, CancellationToken stop)
    {
        // A filter that sends a byte now and then does not hold a session for ever.
        _input.Deadline = Environment.TickCount64 + (long)_input.Timeout.TotalMilliseconds;
        if (!await _input.EnsureAsync(4, stop))
        {
            return ($"milter {name}: can't read {what} reply packet header: {Lost}", 0);
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_input.Available);
        if (length > MilterProtocol.MaxLength)
        {
            return (Unreasonable(length, MilterProtocol.MaxLength), 0);
        }

        if (length == 0)
        {
            return ($"milter {name}: bad packet length: 0", 0);
        }

        return await _input.EnsureAsync(5, stop)
            ? (null, length)
            : ($"milter {name}: can't read {what} reply packet header: {Lost}", 0);
    }

    /// <summary>Reads the rest of a packet that is held in memory.</summary>
    /// <returns>What is wrong; null when <see cref="Data"/> is there.</returns>
    public async ValueTask<string?> ReadDataAsync(string what, uint length, CancellationToken stop)
    {
        if (length > MilterProtocol.MaxPacket)
        {
            return Unreasonable(length, MilterProtocol.MaxPacket);
        }

        return await _input.EnsureAsync((int)length + 4, stop) ? null : $"milter {name}: can't read {what} reply data: {Lost}";
    }

    /// <summary>What stands behind the letter; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data(uint length) => _input.AvailableMemory.Slice(5, (int)length - 1);

    /// <summary>Done with a packet that was read.</summary>
    public void Consume(uint length) => _input.Consume((int)length + 4);

    /// <summary>Passes on the data of a packet of any length, in pieces. An empty piece comes first: an empty body is a body.</summary>
    /// <returns>What is wrong; null when all was passed.</returns>
    public async ValueTask<string?> PassDataAsync(uint length, MilterBodySink sink, CancellationToken stop)
    {
        _input.Consume(5);
        _input.Reserve(16 << 10);
        sink(default);
        uint left = length - 1;
        while (left > 0)
        {
            if (_input.Available.IsEmpty && !await _input.FillAsync(stop))
            {
                return $"milter {name}: EOF while reading data: {Lost}";
            }

            int count = (int)Math.Min(left, (uint)_input.Available.Length);
            sink(_input.Available[..count]);
            _input.Consume(count);
            left -= (uint)count;
        }

        return null;
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
        stream.Dispose();
    }

    private string Unreasonable(uint length, uint most) => $"milter {name}: unreasonable packet length: {length} > {most}";
}

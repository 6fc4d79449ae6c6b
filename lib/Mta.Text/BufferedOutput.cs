using System.Buffers;
using System.Globalization;

namespace Mta.Text;

/// <summary>
/// Output that is gathered until <see cref="FlushAsync"/>. Owns neither the stream nor a thread; used by one
/// writer at a time. Callers that write without bound flush whenever <see cref="IsFull"/> says so.
/// </summary>
public sealed class BufferedOutput : IBufferWriter<byte>, IDisposable
{
    private readonly CancellationTokenSource _timer = new();
    private readonly int _watermark;
    private Stream _stream;
    private byte[] _buffer;
    private int _count;

    /// <param name="capacity">Bytes at which <see cref="IsFull"/> says so.</param>
    /// <param name="initial">Bytes held at first, for connections that may idle; as much as the capacity when 0.</param>
    public BufferedOutput(Stream stream, int capacity = 4096, int initial = 0)
    {
        _stream = stream;
        _watermark = capacity;
        _buffer = ArrayPool<byte>.Shared.Rent(initial == 0 ? capacity : initial);
    }

    /// <summary>Longest wait of one flush; infinite when not set.</summary>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    public int Pending => _count;

    public bool IsFull => _count >= _watermark;

    /// <summary>What was written and not flushed.</summary>
    public ReadOnlySpan<byte> PendingBytes => _buffer.AsSpan(0, _count);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _count += bytes.Length;
    }

    /// <summary>Writes a byte string (<see cref="ByteString"/>).</summary>
    public void Write(string text) => _count += ByteString.CopyTo(text, GetSpan(text.Length));

    public void Write(byte value)
    {
        GetSpan(1)[0] = value;
        _count++;
    }

    public void WriteDecimal(long value)
    {
        value.TryFormat(GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        _count += written;
    }

    public void WriteDecimal(ulong value)
    {
        value.TryFormat(GetSpan(20), out int written, default, CultureInfo.InvariantCulture);
        _count += written;
    }

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_count);
    }

    /// <summary>Drops what was not flushed.</summary>
    public void Discard() => _count = 0;

    /// <summary>Drops what was not flushed (STARTTLS) and goes on with another stream.</summary>
    public void SwitchTo(Stream stream)
    {
        _stream = stream;
        _count = 0;
    }

    /// <exception cref="TimeoutException">The peer took nothing in time.</exception>
    public ValueTask FlushAsync(CancellationToken stop = default)
    {
        if (_count == 0)
        {
            return ValueTask.CompletedTask;
        }

        ValueTask write = _stream.WriteAsync(_buffer.AsMemory(0, _count), _timer.Token);
        _count = 0;
        return write.IsCompletedSuccessfully ? ValueTask.CompletedTask : WaitAsync(write, stop);
    }

    public void Dispose()
    {
        _timer.Dispose();
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private async ValueTask WaitAsync(ValueTask write, CancellationToken stop)
    {
        using CancellationTokenRegistration registration = stop.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);
        bool timed = Timeout != System.Threading.Timeout.InfiniteTimeSpan;
        if (timed)
        {
            _timer.CancelAfter(Timeout);
        }

        try
        {
            await write;
            if (timed)
            {
                _timer.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("timeout while writing");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(stop);
        }
    }

    private void MakeRoom(int sizeHint)
    {
        int needed = _count + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        PendingBytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

using System.Buffers;

namespace Mta.Text;

/// <summary>
/// A stream's input with a window of bytes that were read and not yet consumed. Owns neither the stream nor a
/// thread; used by one reader at a time. Every wait has a deadline: <see cref="Timeout"/> for each read, and
/// <see cref="Deadline"/> over several reads where one is set.
/// </summary>
public sealed class BufferedInput : IDisposable
{
    private const int DefaultLimit = 1 << 20;

    private readonly CancellationTokenSource _timer = new();
    private Stream _stream;
    private byte[] _buffer;
    private int _start;
    private int _end;

    public BufferedInput(Stream stream, int capacity = 4096)
    {
        _stream = stream;
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    }

    /// <param name="stream">Where it goes on.</param>
    /// <param name="capacity">Bytes that the window holds at first, at least.</param>
    /// <param name="received">What was read from the stream before.</param>
    public BufferedInput(Stream stream, int capacity, ReadOnlySpan<byte> received)
        : this(stream, Math.Max(capacity, received.Length))
    {
        received.CopyTo(_buffer);
        _end = received.Length;
    }

    /// <summary>Longest wait of one read; infinite when not set.</summary>
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Moment (<see cref="Environment.TickCount64"/>) at which every read fails; none when 0.</summary>
    public long Deadline { get; set; }

    /// <summary>What was read and not consumed. Valid until the next fill.</summary>
    public ReadOnlySpan<byte> Available => _buffer.AsSpan(_start, _end - _start);

    /// <summary>As <see cref="Available"/>, for use across an await. Valid until the next fill.</summary>
    public ReadOnlyMemory<byte> AvailableMemory => _buffer.AsMemory(_start, _end - _start);

    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _end - _start);
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Makes the window at least so large: for content that comes in bulk.</summary>
    public void Reserve(int capacity)
    {
        if (_buffer.Length < capacity)
        {
            Exchange(capacity);
        }
    }

    /// <summary>Gives a large window back when what it holds fits into a small one: for connections that idle.</summary>
    public void Shrink(int capacity = 4096)
    {
        if (_buffer.Length > capacity && _end - _start <= capacity)
        {
            Exchange(capacity);
        }
    }

    /// <summary>Forgets everything read ahead (STARTTLS, RFC 3207 §4.2) and goes on with another stream.</summary>
    public void SwitchTo(Stream stream)
    {
        _stream = stream;
        _start = _end = 0;
    }

    /// <summary>
    /// Reads more bytes behind those available, growing the window up to <paramref name="limit"/> bytes.
    /// </summary>
    /// <returns>False at end of file.</returns>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="InvalidDataException">The window already holds <paramref name="limit"/> bytes.</exception>
    public ValueTask<bool> FillAsync(int limit, CancellationToken stop)
    {
        MakeRoom(limit);
        ValueTask<int> read = _stream.ReadAsync(_buffer.AsMemory(_end), _timer.Token);
        if (read.IsCompletedSuccessfully)
        {
            return new ValueTask<bool>(Extend(read.Result));
        }

        return WaitAsync(read, stop);
    }

    /// <inheritdoc cref="FillAsync(int, CancellationToken)"/>
    public ValueTask<bool> FillAsync(CancellationToken stop = default) => FillAsync(DefaultLimit, stop);

    /// <summary>Makes at least <paramref name="count"/> bytes available.</summary>
    /// <returns>False when end of file comes first.</returns>
    public async ValueTask<bool> EnsureAsync(int count, CancellationToken stop = default)
    {
        while (_end - _start < count)
        {
            if (!await FillAsync(Math.Max(count, DefaultLimit), stop))
            {
                return false;
            }
        }

        return true;
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

    private async ValueTask<bool> WaitAsync(ValueTask<int> read, CancellationToken stop)
    {
        TimeSpan wait = Timeout;
        if (Deadline != 0)
        {
            TimeSpan left = TimeSpan.FromMilliseconds(Math.Max(1, Deadline - Environment.TickCount64));
            wait = wait == System.Threading.Timeout.InfiniteTimeSpan || left < wait ? left : wait;
        }

        using CancellationTokenRegistration registration = stop.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);
        if (wait != System.Threading.Timeout.InfiniteTimeSpan)
        {
            _timer.CancelAfter(wait);
        }

        try
        {
            bool more = Extend(await read);
            if (wait != System.Threading.Timeout.InfiniteTimeSpan)
            {
                _timer.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);
            }

            return more;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("timeout while reading");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(stop);
        }
    }

    private bool Extend(int count)
    {
        _end += count;
        return count > 0;
    }

    private void Exchange(int capacity)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(capacity);
        int held = _end - _start;
        _buffer.AsSpan(_start, held).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
        _start = 0;
        _end = held;
    }

    private void MakeRoom(int limit)
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        int held = _end - _start;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, held).CopyTo(_buffer);
        }
        else
        {
            if (held >= limit)
            {
                throw new InvalidDataException("input exceeds its limit");
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, held * 2));
            _buffer.AsSpan(0, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _start = 0;
        _end = held;
    }
}

using System.Buffers;
using Mta.Linux;

namespace Mta.Mail.Queue;

/// <summary>Outcome of <see cref="RecordFileReader.Read"/>.</summary>
public enum RecordRead
{
    Record,

    /// <summary>The file ends here, between two records.</summary>
    EndOfFile,

    /// <summary>Cut off, length out of bounds, bad or endless pointers.</summary>
    Malformed,
}

/// <summary>
/// Reads records from an open file at any offset, through a pooled window. Follows pointer records and skips padding,
/// unless told not to. Owns the window, not the file. Used by one thread at a time; does not move the file's position.
/// </summary>
public sealed class RecordFileReader : IDisposable
{
    private const int MaxBackwardJumps = 10_000;

    private readonly FileHandle _file;
    private readonly bool _followPointers;
    private byte[] _window;
    private long _windowOffset;
    private int _next;
    private int _end;
    private int _backwardJumps;

    /// <param name="windowSize">Bytes read at once: small for an envelope, 64 KiB for content.</param>
    public RecordFileReader(FileHandle file, long offset = 0, bool followPointers = true, int windowSize = 16 << 10)
    {
        _file = file;
        _followPointers = followPointers;
        _window = ArrayPool<byte>.Shared.Rent(windowSize);
        _windowOffset = offset;
    }

    /// <summary>Offset of the next record.</summary>
    public long Position => _windowOffset + _next;

    /// <summary>Offset of the type byte of the record last read.</summary>
    public long RecordOffset { get; private set; }

    /// <summary>Goes on at another offset.</summary>
    public void Seek(long offset)
    {
        if (offset >= _windowOffset && offset <= _windowOffset + _end)
        {
            _next = (int)(offset - _windowOffset);
            return;
        }

        _windowOffset = offset;
        _next = _end = 0;
    }

    /// <param name="data">Valid until the next call.</param>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public RecordRead Read(out RecordType type, out ReadOnlySpan<byte> data)
    {
        while (true)
        {
            ReadOnlySpan<byte> window = _window.AsSpan(_next, _end - _next);
            RecordParse parse = RecordFormat.Parse(window, out int header, out int length);
            if (parse == RecordParse.Complete)
            {
                RecordOffset = Position;
                type = (RecordType)window[0];
                data = window.Slice(header, length);
                _next += header + length;
                if (!_followPointers || type is not (RecordType.Pointer or RecordType.Padding))
                {
                    return RecordRead.Record;
                }

                if (type == RecordType.Pointer && !Follow(data))
                {
                    break;
                }
            }
            else if (parse == RecordParse.Malformed)
            {
                break;
            }
            else if (!Fill(length < 0 ? RecordFormat.MaxHeaderLength : header + length))
            {
                type = RecordType.None;
                data = default;
                return _next == _end ? RecordRead.EndOfFile : RecordRead.Malformed;
            }
        }

        type = RecordType.None;
        data = default;
        return RecordRead.Malformed;
    }

    public void Dispose()
    {
        if (_window.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = [];
        }
    }

    private bool Follow(ReadOnlySpan<byte> data)
    {
        if (!RecordText.TryParseNumber(data, out long target) || target < 0)
        {
            return false;
        }

        if (target == 0)
        {
            return true;
        }

        if (target <= RecordOffset && ++_backwardJumps > MaxBackwardJumps)
        {
            return false;
        }

        if (target < _windowOffset)
        {
            ReadAround(target);
        }

        Seek(target);
        return true;
    }

    // A message that filters have changed often leads back in many small steps: some of what lies before is read too.
    private void ReadAround(long target)
    {
        _windowOffset = Math.Max(0, target - (_window.Length / 4));
        _next = 0;
        _end = Posix.PreadOnce(_file, _window, _windowOffset);
    }

    // Reads on until the window holds so many bytes from the next record; false when nothing more came.
    private bool Fill(int needed)
    {
        int held = _end - _next;
        if (_next > 0)
        {
            _window.AsSpan(_next, held).CopyTo(_window);
            _windowOffset += _next;
            _next = 0;
            _end = held;
        }

        if (needed > _window.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
            _window.AsSpan(0, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_window);
            _window = larger;
        }

        int count = Posix.PreadOnce(_file, _window.AsSpan(_end), _windowOffset + _end);
        _end += count;
        return count > 0;
    }
}

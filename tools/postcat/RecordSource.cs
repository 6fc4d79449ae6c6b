using Mta.Linux;
using Mta.Mail.Queue;

namespace Mta.Postcat;

/// <summary>
/// The records of a file, or of a pipe, which cannot be read twice: there everything read so far is kept, as a queue
/// file on a pipe is small.
/// </summary>
internal sealed class RecordSource : IDisposable
{
    private readonly FileHandle _file;
    private readonly RecordFileReader _records;
    private readonly bool _isSeekable;
    private readonly FileHandle? _copy;

    public RecordSource(FileHandle file)
    {
        _isSeekable = Posix.Fstat(file).IsRegular;
        _file = file;
        if (!_isSeekable)
        {
            _copy = Copy(file);
            _file = _copy;
        }

        _records = new RecordFileReader(_file, followPointers: false, windowSize: 64 << 10);
    }

    /// <summary>Goes on at an offset; false when that is not possible.</summary>
    public bool TrySeek(long offset)
    {
        if (!_isSeekable && offset != _records.Position)
        {
            return false;
        }

        _records.Seek(offset);
        return true;
    }

    /// <summary>Looks at the first byte.</summary>
    public bool StartsWith(Func<byte, bool> test)
    {
        Span<byte> first = stackalloc byte[1];
        return Posix.PreadOnce(_file, first, 0) == 1 && test(first[0]);
    }

    public RecordRead Read(out RecordType type, out ReadOnlySpan<byte> data, out long offset)
    {
        offset = _records.Position;
        return _records.Read(out type, out data);
    }

    public void Dispose()
    {
        _records.Dispose();
        _copy?.Dispose();
    }

    private static FileHandle Copy(FileHandle pipe)
    {
        FileHandle copy = Posix.MemoryFile("postcat");
        byte[] buffer = new byte[64 << 10];
        int count;
        while ((count = Posix.Read(pipe, buffer)) > 0)
        {
            Posix.WriteAll(copy, buffer.AsSpan(0, count));
        }

        return copy;
    }
}

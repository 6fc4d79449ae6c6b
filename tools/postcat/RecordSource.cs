using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Postcat;

/// <summary>
/// The records of a file, or of a pipe, which cannot be read twice: there all of it is kept, as a queue
/// file on a pipe is small.
/// </summary>
internal sealed class RecordSource : IDisposable
{
    private const int MaxBackwardJumps = 10_000;

    private readonly FileHandle _file;
    private readonly RecordFileReader _records;
    private readonly FileHandle? _copy;
    private readonly bool _isRaw;
    private readonly bool _showsPointers;
    private byte[] _data = [];
    private int _backwardJumps;

    public RecordSource(FileHandle file, bool raw, bool showsPointers)
    {
        _showsPointers = showsPointers;
        _isRaw = raw;
        _file = file;
        if (!Posix.Fstat(file).IsRegular)
        {
            _copy = Copy(file);
            _file = _copy;
        }

        _records = new RecordFileReader(_file, followPointers: false, windowSize: 64 << 10);
    }

    /// <summary>Goes on at an offset; false when that is not possible.</summary>
    public bool TrySeek(long offset)
    {
        if (offset < 0)
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

    public bool IsEmpty => Posix.PreadOnce(_file, stackalloc byte[1], 0) == 0;

    /// <summary>What is wrong with the file, after a read that said so.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The data of the record last read.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>Reads a record. Padding is skipped; pointers are followed, unless the file is read as it lies.</summary>
    /// <param name="offset">Where the record was looked for: a pointer's place when it was followed.</param>
    public RecordRead Read(out RecordType type, out ReadOnlySpan<byte> data, out long offset)
    {
        offset = _records.Position;
        while (true)
        {
            RecordRead read = _records.Read(out type, out data);
            if (read == RecordRead.Malformed)
            {
                Problem = DescribeDamage(_records.Position);
            }

            if (read != RecordRead.Record || type is not (RecordType.Pointer or RecordType.Padding))
            {
                _data = type == RecordType.Size ? data.ToArray() : [];
                return read;
            }

            if (type == RecordType.Pointer && !_isRaw && !Follow(data))
            {
                return RecordRead.Malformed;
            }

            if (type == RecordType.Pointer && _showsPointers)
            {
                return read;
            }
        }
    }

    private bool Follow(ReadOnlySpan<byte> data)
    {
        if (!RecordText.TryParseNumber(data, out long target) || target < 0)
        {
            Problem = $"malformed pointer record value: {Printable.Neutralize(ByteString.FromBytes(data))}";
            return false;
        }

        if (target == 0)
        {
            return true;
        }

        if (target <= _records.RecordOffset && ++_backwardJumps > MaxBackwardJumps)
        {
            Problem = "too many reverse jump records";
            return false;
        }

        TrySeek(target);
        return true;
    }

    private string DescribeDamage(long offset)
    {
        Span<byte> head = stackalloc byte[RecordFormat.MaxHeaderLength];
        return RecordFormat.DescribeDamage(head[..Posix.PreadOnce(_file, head, offset)]);
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

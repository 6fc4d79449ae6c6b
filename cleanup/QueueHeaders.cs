using Mta.Mail.Headers;
using Mta.Mail.Queue;

namespace Mta.Cleanup;

/// <summary>
/// Walks the header section of a message in its queue file, one logical header after the other, along all pointers.
/// Used by one thread; the spans are valid until the next call.
/// </summary>
internal sealed class QueueHeaders(RecordFileReader reader)
{
    // A header is bounded when it comes in, and so are headers that filters add.
    private const int MaxHeader = 1 << 20;

    private byte[] _text = new byte[1024];
    private int _length;
    private int _nameLength;
    private int _colon;
    private bool _hasPending;
    private long _pendingOffset;
    private long _pendingEnd;
    private byte[] _pending = [];
    private bool _pendingContinues;
    private bool _isOver;

    public ReadOnlySpan<byte> Name => _text.AsSpan(0, _nameLength);

    /// <summary>Behind the colon, lines separated by LF.</summary>
    public ReadOnlySpan<byte> Value => _text.AsSpan(_colon + 1, _length - _colon - 1);

    /// <summary>Where the header's first record is, whatever pointers lead there.</summary>
    public long Offset { get; private set; }

    /// <summary>The first record as it is.</summary>
    public byte[] First { get; private set; } = [];

    public RecordType FirstType { get; private set; }

    /// <summary>Where reading goes on behind the first record and its padding.</summary>
    public long AfterFirst { get; private set; }

    /// <summary>Where reading goes on behind the header; there may be a pointer.</summary>
    public long After { get; private set; }

    /// <summary>Where the body begins, its separator passed; of use when <see cref="ReadNext"/> has said no.</summary>
    public long BodyStart { get; private set; }

    /// <returns>False at the end of the header section.</returns>
    public bool ReadNext()
    {
        if (_isOver)
        {
            return false;
        }

        if (!_hasPending && !ReadPending())
        {
            return false;
        }

        if (_pending.Length == 0 && !_pendingContinues)
        {
            BodyStart = _pendingEnd;
            _isOver = true;
            return false;
        }

        if (!HeaderSyntax.TryParseName(_pending, out _nameLength, out _colon))
        {
            BodyStart = _pendingOffset;
            _isOver = true;
            return false;
        }

        Begin();
        bool continues = _pendingContinues;
        _hasPending = false;
        while (ReadPending() && (continues || HeaderSyntax.IsContinuation(_pending)))
        {
            if (!continues)
            {
                Append("\n"u8);
            }

            Append(_pending);
            continues = _pendingContinues;
            After = _pendingEnd;
            _hasPending = false;
        }

        return true;
    }

    private void Begin()
    {
        _length = 0;
        Append(_pending);
        Offset = _pendingOffset;
        First = _pending;
        FirstType = _pendingContinues ? RecordType.ContinuedText : RecordType.Text;
        AfterFirst = _pendingEnd + MilterSlots.PaddingOf(_pending.Length);
        After = AfterFirst;
    }

    private bool ReadPending()
    {
        if (reader.Read(out RecordType type, out ReadOnlySpan<byte> data) != RecordRead.Record || type is not (RecordType.Text or RecordType.ContinuedText))
        {
            BodyStart = reader.RecordOffset;
            _isOver = true;
            return false;
        }

        _hasPending = true;
        _pendingOffset = reader.RecordOffset;
        _pendingEnd = reader.Position;
        _pending = data.ToArray();
        _pendingContinues = type == RecordType.ContinuedText;
        return true;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        int count = Math.Min(data.Length, MaxHeader - _length);
        if (_length + count > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_length + count, _text.Length * 2));
        }

        data[..count].CopyTo(_text.AsSpan(_length));
        _length += count;
    }
}

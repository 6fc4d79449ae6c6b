using Mta.Mail.Protocols;
using Mta.Mail.Queue;

namespace Mta.Cleanup;

/// <summary>
/// The body that a filter gives in place of the one that came: written piece by piece behind the end of the file, where
/// nothing refers to it yet.
/// </summary>
internal sealed class MilterBody
{
    private readonly Message _message;
    private readonly MilterSlots _slots;
    private readonly byte[] _line;
    private int _lineLength;
    private long _bytes;
    private bool _isTooBig;

    public MilterBody(Message message, MilterSlots slots)
    {
        _message = message;
        _slots = slots;
        message.File.SizeLimit = 0;
        Offset = message.File.Position;
        _line = new byte[message.Settings.LineLengthLimit];
        message.Write(RecordType.Text);
    }

    /// <summary>Where it begins in the file.</summary>
    public long Offset { get; }

    /// <summary>Takes a piece.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        _bytes += piece.Length;
        if (_message.Settings.MessageSizeLimit > 0 && _bytes > _message.Settings.MessageSizeLimit)
        {
            _isTooBig = true;
            return;
        }

        while (!piece.IsEmpty)
        {
            int end = piece.IndexOf((byte)'\n');
            Append(end < 0 ? piece : piece[..end]);
            if (end < 0)
            {
                return;
            }

            // One CR before the LF belongs to the line end.
            int length = _lineLength > 0 && _line[_lineLength - 1] == (byte)'\r' ? _lineLength - 1 : _lineLength;
            _message.Write(RecordType.Text, _line.AsSpan(0, length));
            _lineLength = 0;
            piece = piece[(end + 1)..];
        }
    }

    /// <summary>Closes it: reading goes on where the body that came has its end.</summary>
    public void End()
    {
        if (_lineLength > 0)
        {
            _message.Write(RecordType.Text, _line.AsSpan(0, _lineLength));
            _lineLength = 0;
        }

        if (_isTooBig)
        {
            LogLines.TooLarge(_message.Id);
            _message.Fail(CleanupStatus.Size);
            return;
        }

        _message.ContentLength = _slots.HeadersEnd - _message.DataOffset + (_message.File.Position - Offset);
        _slots.WritePointer(_slots.Extracted);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (_lineLength == _line.Length)
            {
                // A CR at the cut may belong to the line end: it stays for the next record.
                int keep = _line[^1] == (byte)'\r' && _line.Length > 1 ? 1 : 0;
                _message.Write(RecordType.ContinuedText, _line.AsSpan(0, _line.Length - keep));
                _lineLength = 0;
                if (keep > 0)
                {
                    _line[_lineLength++] = (byte)'\r';
                }
            }

            int count = Math.Min(text.Length, _line.Length - _lineLength);
            text[..count].CopyTo(_line.AsSpan(_lineLength));
            _lineLength += count;
            text = text[count..];
        }
    }
}

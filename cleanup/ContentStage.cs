using System.Buffers;
using Mta.Mail.Headers;
using Mta.Mail.Protocols;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>
/// The content: text records in, text records out. Body bytes are copied as they come; headers are gathered one
/// logical header at a time. <see cref="TryTake"/> works without waiting; when it says no, a header needs tables
/// first: await <see cref="FinishHeaderAsync"/> and offer the same record again.
/// </summary>
internal sealed class ContentStage(Message message, HeaderStage headers, ContentChecks checks) : IDisposable
{
    private static readonly SearchValues<byte> LineBreaks = SearchValues.Create("\r\n"u8);

    private readonly MimeState _mime = new(message.Settings, checks);
    private byte[] _header = ArrayPool<byte>.Shared.Rent(1024);
    private byte[] _scratch = [];
    private int _headerLength;
    private bool _inContinuedLine;
    private bool _hasHeader;
    private bool _primaryDone;

    /// <summary>
    /// After <see cref="TryTake"/> said no: the record is a body line that tables must see
    /// (<see cref="CheckBodyAsync"/>), not a line that waits for a header.
    /// </summary>
    public bool WaitsForBodyCheck { get; private set; }

    /// <summary>Takes a record of the content.</summary>
    /// <returns>False when tables come first; the record was not taken.</returns>
    public bool TryTake(RecordType type, ReadOnlySpan<byte> data)
    {
        if (type is not (RecordType.Text or RecordType.ContinuedText))
        {
            message.Reject($"unexpected record type {(int)type}");
            return true;
        }

        if (!TryFilter(ref data))
        {
            return true;
        }

        if (_mime.Place == MimePlace.Body)
        {
            return Body(type, data);
        }

        if (_inContinuedLine)
        {
            _inContinuedLine = type == RecordType.ContinuedText;
            if (_hasHeader)
            {
                Append(data);
            }
            else
            {
                // The rest of an overlong boundary line.
                message.WriteText(type, data);
            }

            return true;
        }

        return HeaderLine(type, data);
    }

    /// <summary>Takes the body line that <see cref="TryTake"/> left.</summary>
    public async ValueTask CheckBodyAsync(RecordType type, byte[] line, CancellationToken stop)
    {
        WaitsForBodyCheck = false;
        ReadOnlySpan<byte> filtered = line;
        if (!TryFilter(ref filtered))
        {
            return;
        }

        byte[] data = filtered.Length == line.Length ? line : filtered.ToArray();
        CheckOutcome outcome = checks.TableForBody(_mime.BodyOffset) is { } table
            ? await checks.CheckAsync(table, isHeader: false, ByteString.FromBytes(data), stop)
            : default;
        switch (outcome.Verdict)
        {
            case CheckVerdict.Remove:
                _mime.TakeBody(data, startsLine: !_inContinuedLine);
                _inContinuedLine = type == RecordType.ContinuedText;
                break;
            case CheckVerdict.Replace:
                _mime.TakeBody(data, startsLine: !_inContinuedLine);
                _inContinuedLine = type == RecordType.ContinuedText;
                message.WriteText(type, ByteString.ToBytes(outcome.Text));
                break;
            case CheckVerdict.Prepend:
                message.WriteText(RecordType.Text, ByteString.ToBytes(outcome.Text));
                WriteBody(type, data);
                break;
            case CheckVerdict.Keep:
                WriteBody(type, data);
                break;
        }
    }

    /// <summary>Deals with the header gathered so far, if any.</summary>
    public async ValueTask FinishHeaderAsync(CancellationToken stop)
    {
        if (_hasHeader)
        {
            _hasHeader = false;
            ReadOnlyMemory<byte> header = _header.AsMemory(0, _headerLength);
            await headers.TakeAsync(header, _mime, stop);
        }
    }

    /// <summary>At the <see cref="RecordType.Extracted"/> record.</summary>
    public async ValueTask EndAsync(CancellationToken stop)
    {
        await FinishHeaderAsync(stop);
        if (!_primaryDone)
        {
            _primaryDone = true;
            headers.EndPrimary();
            message.Milters?.Slots.EndHeaders();
        }

        if (_inContinuedLine)
        {
            // The last line had no newline; records of text end with one that does.
            message.Write(RecordType.Text);
        }

        if (message.Milters is { } milters)
        {
            milters.Slots.Write();
            milters.Slots.Extracted = message.File.Position;
        }

        message.DataSize = message.File.Position - message.DataOffset;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_header);
        _header = [];
    }

    private bool HeaderLine(RecordType type, ReadOnlySpan<byte> data)
    {
        if (_hasHeader && HeaderSyntax.IsContinuation(data))
        {
            Append("\n"u8);
            Append(data);
            _inContinuedLine = type == RecordType.ContinuedText;
            return true;
        }

        // Any other line ends the header before it.
        if (_hasHeader)
        {
            if (headers.NeedsTables(_header.AsSpan(0, _headerLength), _mime.Place))
            {
                return false;
            }

            _hasHeader = false;
            headers.Take(_header.AsSpan(0, _headerLength), _mime);
        }

        bool isEmpty = data.IsEmpty && type == RecordType.Text;
        if (!isEmpty && HeaderSyntax.TryParseName(data, out _, out _))
        {
            _headerLength = 0;
            _hasHeader = true;
            Append(data);
            _inContinuedLine = type == RecordType.ContinuedText;
            return true;
        }

        // RFC 5322 §2.1: an empty line ends the header section; a line that is none gets one before it.
        if (!_primaryDone)
        {
            _primaryDone = true;
            headers.EndPrimary();
            message.Milters?.Slots.EndHeaders();
            if (!isEmpty)
            {
                message.Write(RecordType.Text);
            }
        }

        if (isEmpty)
        {
            message.Write(RecordType.Text);
            _mime.EndHeader();
            return true;
        }

        _mime.EndHeader(inserted: true);
        return Body(type, data);
    }

    private bool Body(RecordType type, ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty && message.MayWrite && checks.TableForBody(_mime.BodyOffset) is not null)
        {
            WaitsForBodyCheck = true;
            return false;
        }

        WriteBody(type, data);
        return true;
    }

    private void WriteBody(RecordType type, ReadOnlySpan<byte> data)
    {
        _mime.TakeBody(data, startsLine: !_inContinuedLine);
        _inContinuedLine = type == RecordType.ContinuedText;
        if (data.Length <= message.Settings.LineLengthLimit)
        {
            message.Write(type, data);
        }
        else
        {
            message.WriteText(type, data);
        }
    }

    // What exceeds header_size_limit is dropped, as it came in: the limit bounds memory.
    private void Append(ReadOnlySpan<byte> data)
    {
        if (_headerLength >= message.Settings.HeaderSizeLimit)
        {
            return;
        }

        if (_headerLength + data.Length > _header.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_headerLength + data.Length, _header.Length * 2));
            _header.AsSpan(0, _headerLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_header);
            _header = larger;
        }

        data.CopyTo(_header.AsSpan(_headerLength));
        _headerLength += data.Length;
    }

    // Byte filters come before everything else; false when the record goes.
    private bool TryFilter(ref ReadOnlySpan<byte> data)
    {
        CleanupSettings settings = message.Settings;
        if (settings.ReplaceStrayCrLf && data.ContainsAny(LineBreaks))
        {
            data = WithoutLineBreaks(data);
        }

        if (settings.RejectCharacters.IsFoundIn(data) && (message.Flags & CleanupFlags.Filter) != 0)
        {
            checks.RejectCharacter(ByteString.FromBytes(data));
            return false;
        }

        if (settings.StripCharacters.IsFoundIn(data) && (message.Flags & CleanupFlags.Filter) != 0)
        {
            data = settings.StripCharacters.Strip(data);
        }

        return true;
    }

    private ReadOnlySpan<byte> WithoutLineBreaks(ReadOnlySpan<byte> data)
    {
        if (_scratch.Length < data.Length)
        {
            _scratch = new byte[Math.Max(data.Length, 2048)];
        }

        Span<byte> copy = _scratch.AsSpan(0, data.Length);
        data.CopyTo(copy);
        copy.Replace((byte)'\r', (byte)' ');
        copy.Replace((byte)'\n', (byte)' ');
        return copy;
    }
}

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
    private ValueTask<CheckOutcome> _pendingCheck;
    private QuotedPrintableEncoder? _encoder;

    /// <summary>
    /// After <see cref="TryTake"/> said no: the record is a body line that tables must see
    /// (<see cref="CheckBodyAsync"/>), not a line that waits for a header.
    /// </summary>
    public bool WaitsForBodyCheck { get; private set; }

    /// <summary>Takes a record of the content.</summary>
    /// <returns>False when tables come first; the record was not taken.</returns>
    public bool TryTake(RecordType type, ReadOnlySpan<byte> data, CancellationToken stop)
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
            return Body(type, data, stop);
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

        return HeaderLine(type, data, stop);
    }

    /// <summary>Takes the body line that <see cref="TryTake"/> left.</summary>
    public async ValueTask CheckBodyAsync(RecordType type, byte[] line)
    {
        WaitsForBodyCheck = false;
        CheckOutcome outcome = await _pendingCheck;
        ReadOnlySpan<byte> filtered = line;
        TryFilter(ref filtered);
        Apply(outcome, type, filtered);
    }

    private void Apply(CheckOutcome outcome, RecordType type, ReadOnlySpan<byte> data)
    {
        switch (outcome.Verdict)
        {
            case CheckVerdict.Remove:
                FollowBody(type, data);
                break;
            case CheckVerdict.Replace:
                FollowBody(type, data);
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
            if (Withholds(_header.AsSpan(0, _headerLength)))
            {
                return;
            }

            ReadOnlyMemory<byte> header = _header.AsMemory(0, _headerLength);
            await headers.TakeAsync(header, _mime, stop);
        }
    }

    /// <summary>At the <see cref="RecordType.Extracted"/> record.</summary>
    public async ValueTask EndAsync(CancellationToken stop)
    {
        await FinishHeaderAsync(stop);
        if (_mime.Place != MimePlace.Body && TryGiveNewEncoding())
        {
            await FinishHeaderAsync(stop);
        }

        EndEncoding();
        if (!_primaryDone)
        {
            _primaryDone = true;
            headers.EndPrimary(isBadEnd: false);
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

        checks.EndContent();
        message.DataSize = message.File.Position - message.DataOffset;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_header);
        _header = [];
    }

    private bool HeaderLine(RecordType type, ReadOnlySpan<byte> data, CancellationToken stop)
    {
        if (_hasHeader && HeaderSyntax.IsContinuation(data))
        {
            Append("\n"u8);
            Append(data);
            _inContinuedLine = type == RecordType.ContinuedText;
            return true;
        }

        // Any other line ends the header before it.
        if (!TryEndHeader())
        {
            return false;
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

        if (TryGiveNewEncoding() && !TryEndHeader())
        {
            return false;
        }

        // RFC 5322 §2.1: an empty line ends the header section; a line that is none gets one before it.
        if (!_primaryDone)
        {
            _primaryDone = true;
            headers.EndPrimary(isBadEnd: !isEmpty);
            message.Milters?.Slots.EndHeaders();
            if (!isEmpty && message.Settings.BadHeaderEnd == BadHeaderEnd.Reject)
            {
                checks.MimeError("primary header was terminated with non-empty line", ByteString.FromBytes(data));
            }

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
        return Body(type, data, stop);
    }

    // False when the header gathered so far needs tables.
    private bool TryEndHeader()
    {
        if (!_hasHeader)
        {
            return true;
        }

        ReadOnlySpan<byte> header = _header.AsSpan(0, _headerLength);
        if (Withholds(header))
        {
            _hasHeader = false;
            return true;
        }

        if (headers.NeedsTables(header, _mime.Place))
        {
            return false;
        }

        _hasHeader = false;
        headers.Take(header, _mime);
        return true;
    }

    private bool Body(RecordType type, ReadOnlySpan<byte> data, CancellationToken stop)
    {
        if (!data.IsEmpty && message.MayWrite && checks.TableForBody(_mime.BodyOffset) is { } table)
        {
            // Most tables answer at once; only those that do not cost a copy of the line.
            if (checks.TryCheck(table, isHeader: false, data, out CheckOutcome outcome))
            {
                Apply(outcome, type, data);
                return true;
            }

            ValueTask<CheckOutcome> check = checks.CheckAsync(table, isHeader: false, ByteString.FromBytes(data), stop);
            if (!check.IsCompletedSuccessfully)
            {
                _pendingCheck = check;
                WaitsForBodyCheck = true;
                return false;
            }

            Apply(check.Result, type, data);
            return true;
        }

        WriteBody(type, data);
        return true;
    }

    private bool FollowBody(RecordType type, ReadOnlySpan<byte> data)
    {
        bool isBoundary = _mime.TakeBody(data, startsLine: !_inContinuedLine);
        _inContinuedLine = type == RecordType.ContinuedText;
        return isBoundary;
    }

    private void WriteBody(RecordType type, ReadOnlySpan<byte> data)
    {
        bool isBoundary = FollowBody(type, data);
        if (_encoder is not null)
        {
            if (!isBoundary)
            {
                _encoder.Add(data, endsLine: type == RecordType.Text);
                return;
            }

            EndEncoding();
        }

        if (data.Length <= message.Settings.LineLengthLimit)
        {
            message.Write(type, data);
        }
        else
        {
            message.WriteText(type, data);
        }
    }

    private void EndEncoding()
    {
        _encoder?.Finish();
        _encoder = null;
    }

    // force_mime_input_conversion: an encoding header that says 8bit or binary is withheld until the type is known.
    private bool Withholds(ReadOnlySpan<byte> header)
    {
        if (!message.Settings.ForceMimeConversion)
        {
            return false;
        }

        HeaderSyntax.TryParseName(header, out int nameLength, out int colon);
        HeaderInfo? info = HeaderTable.Find(header[..nameLength]);
        if (info?.Kind != HeaderKind.ContentTransferEncoding || !MimeState.IsEightBit(header[(colon + 1)..]))
        {
            return false;
        }

        _mime.TakeHeader(info, header, colon);
        return true;
    }

    // Then the new encoding takes its place as the last header of the block; false when there is none to write.
    private bool TryGiveNewEncoding()
    {
        if (!message.Settings.ForceMimeConversion || !_mime.Allows8Bit)
        {
            return false;
        }

        bool isLeaf = _mime.IsLeaf;
        _encoder = isLeaf ? new QuotedPrintableEncoder((text, endsLine) => message.Write(endsLine ? RecordType.Text : RecordType.ContinuedText, text)) : null;
        _headerLength = 0;
        _hasHeader = true;
        Append(isLeaf ? "Content-Transfer-Encoding: quoted-printable"u8 : "Content-Transfer-Encoding: 7bit"u8);
        return true;
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

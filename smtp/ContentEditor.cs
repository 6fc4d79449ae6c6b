using System.Runtime.InteropServices;
using Mta.Mail.Addresses;
using Mta.Mail.Headers;
using Mta.Tables;
using Mta.Text;

namespace Mta.Smtp;

/// <summary>Takes pieces of lines.</summary>
internal delegate void LineSink(ReadOnlySpan<byte> text, bool endsLine);

/// <summary>
/// Changes content on its way out where tables ask for it: addresses in primary headers (generic maps), headers and body
/// lines (checks). Stands before the conversion to 7 bits. It follows the MIME structure as far as needed to tell headers
/// from bodies; what it remembers is one header and the boundaries.
/// </summary>
internal sealed class ContentEditor(SmtpSettings settings, OutgoingChecks checks, GenericAddresses generic, string queueId, LineSink next)
{
    private enum Place
    {
        Primary,
        Part,
        Nested,
        Body,
    }

    private readonly List<(byte[] Boundary, bool IsDigest)> _boundaries = [];
    private readonly List<byte> _header = [];
    private Place _place;
    private MimeContentType _type;
    private bool _continues;
    private bool _hasPassedPiece;
    private long _bodyOffset;

    /// <summary>Takes the next piece of a line. The first piece holds a header's name: records of the queue are longer.</summary>
    /// <exception cref="LocalDataException">A table cannot tell.</exception>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> text, bool endsLine, CancellationToken stop)
    {
        bool startsLine = !_continues;
        _continues = !endsLine;
        if (_place == Place.Body)
        {
            await AddBodyAsync(text, startsLine, endsLine, stop);
            return;
        }

        if (!startsLine || (HeaderSyntax.IsContinuation(text.Span) && _header.Count > 0))
        {
            Keep(text.Span, endsLine);
            return;
        }

        await EndHeaderAsync(stop);
        if (!text.IsEmpty && HeaderSyntax.TryParseName(text.Span, out _, out _))
        {
            Keep(text.Span, endsLine);
            return;
        }

        bool isEmptyLine = text.IsEmpty && endsLine;
        bool isMessage = _type == MimeContentType.Message && isEmptyLine;
        _type = MimeContentType.Other;
        _bodyOffset = 0;
        if (isEmptyLine)
        {
            next(text.Span, true);
            _place = isMessage ? Place.Nested : Place.Body;
            return;
        }

        _place = Place.Body;
        await AddBodyAsync(text, startsLine: true, endsLine, stop);
    }

    /// <summary>The content has ended.</summary>
    public async ValueTask FinishAsync(CancellationToken stop)
    {
        if (_place != Place.Body)
        {
            await EndHeaderAsync(stop);
        }
    }

    // As cleanup does: the piece that reaches the limit is the last one, what comes after it is left out.
    private void Keep(ReadOnlySpan<byte> text, bool endsLine)
    {
        if (_header.Count >= settings.HeaderSizeLimit)
        {
            return;
        }

        _header.AddRange(text);
        if (endsLine)
        {
            _header.Add((byte)'\n');
        }
    }

    private async ValueTask EndHeaderAsync(CancellationToken stop)
    {
        if (_header.Count == 0)
        {
            return;
        }

        string text = ByteString.FromBytes(CollectionsMarshal.AsSpan(_header)).TrimEnd('\n');
        _header.Clear();
        HeaderInfo? info = Known(text, out int colon);
        if (info?.Kind == HeaderKind.ContentType)
        {
            NoteType(text, colon);
        }

        TableList? table = _place == Place.Part || info is { IsMime: true } ? checks.Mime
            : _place == Place.Nested ? checks.Nested
            : checks.Header;
        if (table is not null)
        {
            (CheckEffect effect, string other) = await OutgoingChecks.CheckAsync(table, isHeader: true, text, queueId, stop);
            switch (effect)
            {
                case CheckEffect.Remove:
                    return;
                case CheckEffect.Replace:
                    text = other;
                    info = Known(text, out colon);
                    break;
                case CheckEffect.Prepend:
                    Write(ByteString.ToBytes(other), endsLast: true);
                    break;
                case CheckEffect.Keep:
                    break;
            }
        }

        if (_place == Place.Primary && !generic.IsEmpty && info is not null && info.Addresses != HeaderAddressClass.None)
        {
            text = await AddressHeader.RewriteAsync(info.Name, text[(colon + 1)..], settings.HeaderTokenLimit, node => RewriteAsync(node, stop)) ?? text;
        }

        Write(ByteString.ToBytes(text), endsLast: true);
    }

    private async ValueTask<bool> RewriteAsync(AddressNode node, CancellationToken stop)
    {
        string address = node.ToInternal();
        string mapped = await generic.MapAsync(address, stop);
        if (mapped == address)
        {
            return false;
        }

        node.Replace(AddressSyntax.ToExternal(mapped));
        return true;
    }

    private static HeaderInfo? Known(string header, out int colon)
    {
        byte[] bytes = ByteString.ToBytes(header);
        return HeaderSyntax.TryParseName(bytes, out int length, out colon) ? HeaderTable.Find(bytes.AsSpan(0, length)) : null;
    }

    private void NoteType(string header, int colon)
    {
        List<byte[]> found = [];
        _type = MimeContentTypeParser.Parse(ByteString.ToBytes(header[(colon + 1)..]), settings.BoundaryLengthLimit, found);
        foreach (byte[] boundary in found)
        {
            if (_boundaries.Count < settings.NestingLimit)
            {
                _boundaries.Add((boundary, _type == MimeContentType.MultipartDigest));
            }
        }
    }

    private async ValueTask AddBodyAsync(ReadOnlyMemory<byte> text, bool startsLine, bool endsLine, CancellationToken stop)
    {
        if (startsLine)
        {
            _hasPassedPiece = false;
            if (PassBoundary(text.Span))
            {
                next(text.Span, endsLine);
                return;
            }
        }

        // As in cleanup, each piece of a long line is looked at, and changed, for itself.
        bool isLookedAt = checks.Body is not null && (checks.BodySizeLimit == 0 || _bodyOffset < checks.BodySizeLimit);
        _bodyOffset += text.Length + 1;
        if (isLookedAt)
        {
            (CheckEffect effect, string other) = await OutgoingChecks.CheckAsync(checks.Body!, isHeader: false, ByteString.FromBytes(text.Span), queueId, stop);
            switch (effect)
            {
                case CheckEffect.Remove:
                    if (endsLine && _hasPassedPiece)
                    {
                        next(default, true);
                    }

                    return;
                case CheckEffect.Replace:
                    text = ByteString.ToBytes(other);
                    break;
                case CheckEffect.Prepend:
                    next(ByteString.ToBytes(other), true);
                    break;
                case CheckEffect.Keep:
                    break;
            }
        }

        _hasPassedPiece = true;
        next(text.Span, endsLine);
    }

    private bool PassBoundary(ReadOnlySpan<byte> line)
    {
        if (_boundaries.Count == 0 || !line.StartsWith("--"u8))
        {
            return false;
        }

        for (int level = _boundaries.Count - 1; level >= 0; level--)
        {
            (byte[] boundary, bool isDigest) = _boundaries[level];
            if (!line[2..].StartsWith(boundary))
            {
                continue;
            }

            bool isEnd = line[(2 + boundary.Length)..].StartsWith("--"u8);
            int kept = isEnd ? level : level + 1;
            _boundaries.RemoveRange(kept, _boundaries.Count - kept);
            _type = isDigest && !isEnd ? MimeContentType.Message : MimeContentType.Other;
            _place = isEnd ? Place.Body : Place.Part;
            _bodyOffset = 0;
            return true;
        }

        return false;
    }

    private void Write(ReadOnlySpan<byte> text, bool endsLast)
    {
        while (true)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                if (!text.IsEmpty || endsLast)
                {
                    next(text, endsLast);
                }

                return;
            }

            next(text[..end], true);
            text = text[(end + 1)..];
        }
    }
}

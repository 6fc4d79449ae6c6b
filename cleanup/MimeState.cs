using Mta.Mail.Headers;
using Mta.Text;

namespace Mta.Cleanup;

/// <summary>Where in a message a line stands.</summary>
internal enum MimePlace
{
    PrimaryHeader,

    /// <summary>The header of a part of a multipart body.</summary>
    PartHeader,

    /// <summary>The header of an attached message.</summary>
    NestedHeader,
    Body,
}

/// <summary>
/// Follows the structure of a message (RFC 2045, 2046) just as far as needed to tell headers from bodies: a stack of
/// boundaries, and the type and encoding of the entity being read. Bounded by <c>mime_nesting_limit</c>.
/// </summary>
internal sealed class MimeState(CleanupSettings settings, ContentChecks checks)
{
    private const string Header8Bit = "improper use of 8-bit data in message header";
    private const string Body8Bit = "improper use of 8-bit data in message body";
    private const string BadDomain = "invalid message/* or multipart/* encoding domain";
    private const string TooDeep = "MIME nesting exceeds safety limit";

    private readonly List<(byte[] Boundary, bool IsDigest)> _boundaries = [];
    private MimeContentType _type;
    private string _encodingText = "";
    private bool _isPiece;
    private bool _isEncodedBody;
    private bool _isEncoded;
    private bool _allows8Bit;
    private Errors _reported;

    [Flags]
    private enum Errors
    {
        None = 0,
        Header = 1,
        Body = 2,
        Domain = 4,
        Nesting = 8,
    }

    public MimePlace Place { get; private set; }

    public bool HasBoundaries => _boundaries.Count > 0;

    /// <summary>Bytes of the present body segment so far, newlines included.</summary>
    public long BodyOffset { get; private set; }

    /// <summary>A header of the entity being read.</summary>
    /// <param name="header">Name, colon and value.</param>
    public void TakeHeader(HeaderInfo? info, ReadOnlySpan<byte> header, int colon)
    {
        if (settings.Strict7BitHeaders && !Ascii.IsAscii(header))
        {
            Report(Errors.Header, Header8Bit, ByteString.FromBytes(header));
        }

        if (info?.Kind == HeaderKind.ContentType)
        {
            TakeContentType(header, colon);
        }
        else if (info?.Kind == HeaderKind.ContentTransferEncoding)
        {
            ReadOnlySpan<byte> value = header[(colon + 1)..].Trim(" \t\n"u8);
            _allows8Bit = IsEightBit(value);
            _isEncoded = Ascii.StartsWithIgnoreCase(value, "base64"u8) || Ascii.StartsWithIgnoreCase(value, "quoted-printable"u8);
            _encodingText = settings.StrictMimeEncodingDomain ? ByteString.FromBytes(value) : "";
        }
    }

    /// <summary>The entity declares 8bit or binary content.</summary>
    public bool Allows8Bit => _allows8Bit;

    /// <summary>The entity has a body of its own, not parts (RFC 6532: <c>message/global</c> counts as one here, since it may be encoded).</summary>
    public bool IsLeaf => _type == MimeContentType.Other;

    /// <summary>Whether an encoding is one of 8-bit data.</summary>
    public static bool IsEightBit(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart(" \t\n"u8);
        return Ascii.StartsWithIgnoreCase(value, "8bit"u8) || Ascii.StartsWithIgnoreCase(value, "binary"u8);
    }

    /// <summary>The header of the entity has ended.</summary>
    /// <param name="inserted">By a line that is no header, not by an empty one.</param>
    public void EndHeader(bool inserted = false)
    {
        // RFC 2045 §6.4, 2046 §5.2: what holds other entities is not encoded; pieces of messages are 7bit.
        if (settings.StrictMimeEncodingDomain && ((_isPiece && _allows8Bit)
            || (_type is MimeContentType.Message or MimeContentType.Multipart or MimeContentType.MultipartDigest && _isEncoded)))
        {
            Report(Errors.Domain, BadDomain, _encodingText);
        }

        bool isMessage = _type == MimeContentType.Message && !inserted && !settings.DisableMime;
        _type = MimeContentType.Other;
        _isEncodedBody = _isEncoded && !isMessage;
        _isEncoded = _isPiece = false;
        BodyOffset = 0;
        Place = isMessage ? MimePlace.NestedHeader : MimePlace.Body;
        if (isMessage)
        {
            _allows8Bit = false;
        }
    }

    /// <summary>A line of a body; true for a boundary of parts.</summary>
    /// <param name="startsLine">Not the rest of an overlong line.</param>
    public bool TakeBody(ReadOnlySpan<byte> line, bool startsLine)
    {
        if (settings.Strict8BitBody && !_allows8Bit && !_isEncodedBody && !Ascii.IsAscii(line))
        {
            Report(Errors.Body, Body8Bit, ByteString.FromBytes(line));
        }

        BodyOffset += line.Length + 1;
        return HasBoundaries && startsLine && line.StartsWith("--"u8) && TryBoundary(line[2..]);
    }

    private void TakeContentType(ReadOnlySpan<byte> header, int colon)
    {
        ReadOnlySpan<byte> value = header[(colon + 1)..];
        if (settings.DisableMime)
        {
            return;
        }

        List<byte[]> boundaries = [];
        _type = MimeContentTypeParser.Parse(value, settings.MimeBoundaryLengthLimit, boundaries);
        ReadOnlySpan<byte> text = value.TrimStart(" \t\n"u8);
        _isPiece = Ascii.StartsWithIgnoreCase(text, "message/partial"u8) || Ascii.StartsWithIgnoreCase(text, "message/external-body"u8);
        foreach (byte[] boundary in boundaries)
        {
            if (_boundaries.Count > settings.MimeNestingLimit)
            {
                if (settings.ReportsNesting)
                {
                    Report(Errors.Nesting, TooDeep, ByteString.FromBytes(header));
                }

                return;
            }

            _boundaries.Add((boundary, _type == MimeContentType.MultipartDigest));
        }
    }

    private bool TryBoundary(ReadOnlySpan<byte> line)
    {
        for (int level = _boundaries.Count - 1; level >= 0; level--)
        {
            (byte[] boundary, bool isDigest) = _boundaries[level];
            if (!line.StartsWith(boundary))
            {
                continue;
            }

            bool isLast = line[boundary.Length..].StartsWith("--"u8);
            int keep = isLast ? level : level + 1;
            _boundaries.RemoveRange(keep, _boundaries.Count - keep);
            _allows8Bit = _isEncodedBody = false;
            if (!isLast)
            {
                Place = MimePlace.PartHeader;
                _type = isDigest ? MimeContentType.Message : MimeContentType.Other;
            }

            return true;
        }

        return false;
    }

    private void Report(Errors error, string what, string text)
    {
        if ((_reported & error) == 0)
        {
            _reported |= error;
            checks.MimeError(what, text);
        }
    }
}

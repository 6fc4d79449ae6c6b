using Mta.Mail.Headers;
using Mta.Text;

namespace Mta.Smtp;

/// <summary>
/// Turns a message with 8-bit MIME parts into one of 7-bit lines, for a server without 8BITMIME (RFC 6152 §3): leaf
/// parts that declare 8bit or binary become quoted-printable (RFC 2045 §6.7), containers declare 7bit. Streams; what
/// it remembers is one header and the boundaries. Data that declares nothing is left alone, since nobody can say
/// what it is.
/// </summary>
internal sealed class SevenBitConverter(MessageWriter writer, int headerLimit, int boundaryLimit, int nestingLimit)
{
    private enum Place
    {
        Header,
        PartHeader,
        Body,
    }

    private static readonly System.Buffers.SearchValues<byte> WordEnds = System.Buffers.SearchValues.Create(" \t\r\n;("u8);

    private readonly List<(byte[] Boundary, bool IsDigest)> _boundaries = [];
    private readonly List<byte> _header = [];
    private readonly List<byte[]> _found = [];
    private readonly QuotedPrintableEncoder _encoder = new(writer.Add);
    private Place _place = Place.Header;
    private MimeContentType _type;
    private bool _isGlobal;
    private bool _isEightBit;
    private bool _isEncoding;
    private bool _continuesLine;
    private bool _continuesHeaderLine;

    /// <summary>The message needed more than is allowed: nesting.</summary>
    public string? Error { get; private set; }

    /// <summary>Takes the next piece of a line.</summary>
    public void Add(ReadOnlySpan<byte> text, bool endsLine)
    {
        if (_place == Place.Body)
        {
            AddBody(text, endsLine);
        }
        else
        {
            AddHeader(text, endsLine);
        }
    }

    /// <summary>The content has ended.</summary>
    public void Finish()
    {
        if (_place != Place.Body)
        {
            EndHeader();
            EndHeaders();
        }

        _encoder.Finish();
    }

    private void AddHeader(ReadOnlySpan<byte> text, bool endsLine)
    {
        if (_continuesHeaderLine || (HeaderSyntax.IsContinuation(text) && _header.Count > 0))
        {
            Keep(text, endsLine);
            return;
        }

        EndHeader();
        if (text.IsEmpty || !HeaderSyntax.TryParseName(text, out _, out _))
        {
            if (IsBoundary(text))
            {
                EndHeaders();
                AddBody(text, endsLine);
                return;
            }

            EndHeaders();
            bool isEmptyLine = text.IsEmpty && endsLine;
            if (isEmptyLine)
            {
                writer.Add(text, true);
                StartBody();
                return;
            }

            StartBody();
            Add(text, endsLine);
            return;
        }

        Keep(text, endsLine);
    }

    // Header lines are kept until the header is complete; the piece that reaches the limit is the last one, as in cleanup.
    private void Keep(ReadOnlySpan<byte> text, bool endsLine)
    {
        _continuesHeaderLine = !endsLine;
        if (_header.Count >= headerLimit)
        {
            return;
        }

        _header.AddRange(text);
        if (endsLine)
        {
            _header.Add((byte)'\n');
        }
    }

    private void WriteKept()
    {
        ReadOnlySpan<byte> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_header);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            writer.Add(end < 0 ? rest : rest[..end], endsLine: true);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    private void EndHeader()
    {
        if (_header.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> header = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_header);
        int colon = header.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? default : header[..colon].TrimEnd(" \t"u8);
        ReadOnlySpan<byte> value = colon < 0 ? default : header[(colon + 1)..];
        if (Ascii.EqualsIgnoreCase(name, "Content-Transfer-Encoding"u8) && NoteEncoding(value))
        {
            // Withheld: the new one is written at the end of the headers.
            _header.Clear();
            return;
        }

        if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8))
        {
            _found.Clear();
            _type = MimeContentTypeParser.Parse(value, boundaryLimit, _found);
            _isGlobal = _type == MimeContentType.Message && value.IndexOf("lobal"u8) >= 0;
        }

        WriteKept();
        _header.Clear();
    }

    private bool NoteEncoding(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> trimmed = value.Trim(" \t\r\n"u8);
        int end = trimmed.IndexOfAny(WordEnds);
        ReadOnlySpan<byte> word = end < 0 ? trimmed : trimmed[..end];
        _isEightBit = Ascii.EqualsIgnoreCase(word, "8bit"u8) || Ascii.EqualsIgnoreCase(word, "binary"u8);
        return _isEightBit;
    }

    private bool IsContainer => _type is MimeContentType.Multipart or MimeContentType.MultipartDigest or MimeContentType.OtherMessage
        || (_type == MimeContentType.Message && !_isGlobal);

    private void EndHeaders()
    {
        if (_isEightBit)
        {
            writer.Add(IsContainer ? "Content-Transfer-Encoding: 7bit"u8 : "Content-Transfer-Encoding: quoted-printable"u8, true);
        }
    }

    private void StartBody()
    {
        if (_type is MimeContentType.Multipart or MimeContentType.MultipartDigest)
        {
            foreach (byte[] boundary in _found)
            {
                if (_boundaries.Count >= nestingLimit)
                {
                    Error = "MIME nesting exceeds safety limit";
                    break;
                }

                _boundaries.Add((boundary, _type == MimeContentType.MultipartDigest));
            }
        }

        bool isNested = _type == MimeContentType.Message && !_isGlobal;

        // A piece of a message, or a reference to one, has no parts to be looked for: what is in it becomes 7-bit all the same.
        _isEncoding = _isEightBit && (!IsContainer || _type == MimeContentType.OtherMessage);
        Reset(MimeContentType.Other);
        _place = isNested ? Place.Header : Place.Body;
    }

    private void Reset(MimeContentType type)
    {
        _type = type;
        _isGlobal = _isEightBit = false;
        _found.Clear();
    }

    private void AddBody(ReadOnlySpan<byte> text, bool endsLine)
    {
        if (!_continuesLine && _boundaries.Count > 0 && IsBoundary(text))
        {
            _encoder.Finish();
            PassBoundary(text);
            writer.Add(text, endsLine);
            _continuesLine = !endsLine;
            return;
        }

        _continuesLine = !endsLine;
        if (_isEncoding)
        {
            _encoder.Add(text, endsLine);
        }
        else
        {
            writer.Add(text, endsLine);
        }
    }

    private bool IsBoundary(ReadOnlySpan<byte> text) => FindBoundary(text) >= 0;

    private int FindBoundary(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("--"u8))
        {
            for (int i = _boundaries.Count - 1; i >= 0; i--)
            {
                if (text[2..].StartsWith(_boundaries[i].Boundary))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private void PassBoundary(ReadOnlySpan<byte> text)
    {
        int level = FindBoundary(text);
        bool isDigest = _boundaries[level].IsDigest;
        bool isEnd = text[(2 + _boundaries[level].Boundary.Length)..].StartsWith("--"u8);
        int kept = isEnd ? level : level + 1;
        _boundaries.RemoveRange(kept, _boundaries.Count - kept);
        _isEncoding = false;
        _header.Clear();
        Reset(isDigest && !isEnd ? MimeContentType.Message : MimeContentType.Other);
        _place = isEnd ? Place.Body : Place.PartHeader;
    }
}

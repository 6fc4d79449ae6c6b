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
/// boundaries and the type of the entity being read. Bounded by <c>mime_nesting_limit</c>.
/// </summary>
internal sealed class MimeState(CleanupSettings settings)
{
    private readonly List<(byte[] Boundary, bool IsDigest)> _boundaries = [];
    private MimeContentType _type;

    public MimePlace Place { get; private set; }

    public bool HasBoundaries => _boundaries.Count > 0;

    /// <summary>More parts within parts than <c>mime_nesting_limit</c>.</summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>A Content-Type header of the entity being read.</summary>
    public void TakeContentType(ReadOnlySpan<byte> value)
    {
        if (settings.DisableMime)
        {
            return;
        }

        List<byte[]> boundaries = [];
        _type = MimeContentTypeParser.Parse(value, settings.MimeBoundaryLengthLimit, boundaries);
        if (_type is not (MimeContentType.Multipart or MimeContentType.MultipartDigest))
        {
            return;
        }

        foreach (byte[] boundary in boundaries)
        {
            if (_boundaries.Count >= settings.MimeNestingLimit)
            {
                IsTooDeep = true;
                return;
            }

            _boundaries.Add((boundary, _type == MimeContentType.MultipartDigest));
        }
    }

    /// <summary>The header of the entity has ended.</summary>
    /// <param name="inserted">By a line that is no header, not by an empty one.</param>
    public void EndHeader(bool inserted = false)
    {
        bool isMessage = _type == MimeContentType.Message && !inserted && !settings.DisableMime;
        _type = MimeContentType.Other;
        Place = isMessage ? MimePlace.NestedHeader : MimePlace.Body;
    }

    /// <summary>A body line that begins with two hyphens.</summary>
    public void Boundary(ReadOnlySpan<byte> line)
    {
        line = line[2..];
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
            if (!isLast)
            {
                Place = MimePlace.PartHeader;
                _type = isDigest ? MimeContentType.Message : MimeContentType.Other;
            }

            return;
        }
    }
}

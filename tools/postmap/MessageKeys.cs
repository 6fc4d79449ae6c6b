using Mta.Mail.Headers;
using Mta.Text;

namespace Mta.Postmap;

/// <summary>
/// Cuts a message into the keys that header and body checks see: whole headers with their line ends, and single body
/// lines. With MIME, parts and attached messages have headers too; without, all after the first header is body.
/// </summary>
internal static class MessageKeys
{
    private const int BoundaryLimit = 2048;
    private const int NestingLimit = 100;

    private enum Place
    {
        Header,
        Body,
    }

    /// <summary>The keys in the order of the message.</summary>
    public static IEnumerable<string> Find(byte[] message, bool headers, bool body, bool mime)
    {
        List<(byte[] Boundary, bool IsDigest)> boundaries = [];
        MimeContentType type = MimeContentType.Other;
        Place place = Place.Header;
        bool primary = true;
        string? header = null;
        foreach (byte[] line in Lines(message))
        {
            if (place == Place.Header)
            {
                if (header is not null && HeaderSyntax.IsContinuation(line))
                {
                    header += "\n" + ByteString.FromBytes(line);
                    continue;
                }

                if (header is not null)
                {
                    type = TakeType(header, type, boundaries, mime);
                    if (headers)
                    {
                        yield return header;
                    }

                    header = null;
                }

                if (HeaderSyntax.TryParseName(line, out int nameLength, out int colon))
                {
                    header = ByteString.FromBytes(line.AsSpan(0, nameLength)) + ByteString.FromBytes(line.AsSpan(colon));
                    continue;
                }

                // An empty line ends a header; in its place, the first line that is none, and an empty one is put in.
                bool missing = line.Length > 0;
                place = type == MimeContentType.Message && mime && !missing ? Place.Header : Place.Body;
                type = MimeContentType.Other;
                if (body && (!missing || primary))
                {
                    yield return "";
                }

                primary = false;
                if (!missing)
                {
                    continue;
                }
            }

            if (mime && line.AsSpan().StartsWith("--"u8) && TakeBoundary(line.AsSpan(2), boundaries, out bool digest))
            {
                place = Place.Header;
                type = digest ? MimeContentType.Message : MimeContentType.Other;
            }

            if (body)
            {
                yield return ByteString.FromBytes(line);
            }
        }

        if (header is not null && headers)
        {
            yield return header;
        }
    }

    private static MimeContentType TakeType(string header, MimeContentType type, List<(byte[] Boundary, bool IsDigest)> boundaries, bool mime)
    {
        const string name = "Content-Type:";
        if (!mime || !Ascii.StartsWithIgnoreCase(header, name))
        {
            return type;
        }

        List<byte[]> found = [];
        type = MimeContentTypeParser.Parse(ByteString.ToBytes(header[name.Length..]), BoundaryLimit, found);
        foreach (byte[] boundary in found)
        {
            if (boundaries.Count < NestingLimit)
            {
                boundaries.Add((boundary, type == MimeContentType.MultipartDigest));
            }
        }

        return type;
    }

    private static bool TakeBoundary(ReadOnlySpan<byte> line, List<(byte[] Boundary, bool IsDigest)> boundaries, out bool digest)
    {
        digest = false;
        for (int level = boundaries.Count - 1; level >= 0; level--)
        {
            (byte[] boundary, bool isDigest) = boundaries[level];
            if (line.StartsWith(boundary))
            {
                bool last = line[boundary.Length..].StartsWith("--"u8);
                int keep = last ? level : level + 1;
                boundaries.RemoveRange(keep, boundaries.Count - keep);
                digest = isDigest;
                return !last;
            }
        }

        return false;
    }

    private static IEnumerable<byte[]> Lines(byte[] message)
    {
        int start = 0;
        while (start < message.Length)
        {
            int end = Array.IndexOf(message, (byte)'\n', start);
            int stop = end < 0 ? message.Length : end;
            yield return message[start..stop];
            start = stop + 1;
        }
    }
}

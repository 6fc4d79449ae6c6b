using Mta.Mail.Headers;

namespace Mta.Cleanup.Tests;

/// <summary>
/// Which lines of a message are headers of which kind, and which are bodies, told line by line in the plainest way. What
/// comes out is the message with a line before each: <c>P: p</c>, <c>M: m</c>, <c>N: n</c> for headers, <c>B</c> for bodies.
/// </summary>
internal sealed class MimeModel
{
    private const int MaxBoundaries = 100;

    private static readonly string[] MimeHeaders =
        ["content-description", "content-disposition", "content-id", "content-transfer-encoding", "content-type", "mime-version"];

    private readonly List<string> _lines = [];
    private readonly List<(string Boundary, bool IsDigest)> _open = [];
    private readonly List<string> _header = [];
    private MimeContentType _type;
    private Place _place;

    private enum Place
    {
        Primary,
        Part,
        Nested,
        Body,
    }

    /// <returns>Null for a message that is nested too deeply to be told.</returns>
    public static List<string>? Mark(IEnumerable<string> lines)
    {
        var model = new MimeModel();
        foreach (string line in lines)
        {
            model.Take(line);
        }

        model.EndOne();
        return model._open.Count > MaxBoundaries ? null : model._lines;
    }

    private static string? NameOf(string line) => HeaderSyntax.TryParseName(FilterPackets.Text(line), out int length, out _) ? line[..length] : null;

    private void Take(string line)
    {
        if (_place != Place.Body && _header.Count > 0 && line.Length > 0 && line[0] is ' ' or '\t')
        {
            _header.Add(line);
            return;
        }

        EndOne();
        if (_place == Place.Body)
        {
            Body(line);
        }
        else if (line.Length == 0)
        {
            _lines.Add("");
            (_place, _type) = (_type == MimeContentType.Message ? Place.Nested : Place.Body, MimeContentType.Other);
        }
        else if (NameOf(line) is not null)
        {
            _header.Add(line);
        }
        else
        {
            if (_place == Place.Primary)
            {
                _lines.Add("");
            }

            (_place, _type) = (Place.Body, MimeContentType.Other);
            Body(line);
        }
    }

    private void EndOne()
    {
        if (_header.Count == 0)
        {
            return;
        }

        string name = NameOf(_header[0])!; // or it would not be here
        bool isMime = MimeHeaders.Contains(name.ToLowerInvariant());
        _lines.Add(isMime || _place == Place.Part ? "M: m" : _place == Place.Nested ? "N: n" : "P: p");
        string rest = _header[0][name.Length..].TrimStart(' ', '\t');
        _lines.Add(name + rest);
        _lines.AddRange(_header.Skip(1));
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            List<byte[]> boundaries = [];
            _type = MimeContentTypeParser.Parse(FilterPackets.Text(string.Join('\n', [rest[1..], .. _header.Skip(1)])), 2048, boundaries);
            boundaries.ForEach(boundary => _open.Add((System.Text.Encoding.Latin1.GetString(boundary), _type == MimeContentType.MultipartDigest)));
        }

        _header.Clear();
    }

    private void Body(string line)
    {
        if (line.Length > 0)
        {
            _lines.Add("B");
        }

        _lines.Add(line);
        int level = line.StartsWith("--", StringComparison.Ordinal) ? _open.FindLastIndex(open => line[2..].StartsWith(open.Boundary, StringComparison.Ordinal)) : -1;
        if (level < 0)
        {
            return;
        }

        bool isLast = line[(2 + _open[level].Boundary.Length)..].StartsWith("--", StringComparison.Ordinal);
        bool isDigest = _open[level].IsDigest;
        _open.RemoveRange(isLast ? level : level + 1, _open.Count - (isLast ? level : level + 1));
        if (!isLast)
        {
            (_place, _type) = (Place.Part, isDigest ? MimeContentType.Message : MimeContentType.Other);
        }
    }
}

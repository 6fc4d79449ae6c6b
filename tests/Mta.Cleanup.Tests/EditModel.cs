using System.Buffers.Binary;
using Mta.Mail.Headers;

namespace Mta.Cleanup.Tests;

/// <summary>
/// What filters ask for, done in the plainest way to a list of lines. A script is lines: <c>h NAME:VALUE</c> adds,
/// <c>i INDEX NAME:VALUE</c> inserts, <c>m INDEX NAME:VALUE</c> changes, <c>b TEXT</c> is a piece of body, <c>e</c>,
/// <c>+</c>, <c>2</c>, <c>-</c>, <c>q</c> as in the protocol, <c>k</c> ends the connection; <c>$</c> is a line break.
/// </summary>
internal sealed class EditModel(List<string> content)
{
    private readonly List<string> _lines = content;
    private int _headerEnd = HeadersOf(content);

    public List<string> Lines => _lines;

    /// <summary>Set when recipients or sender may have changed.</summary>
    public bool ChangesEnvelope { get; private set; }

    /// <summary>The filter's packets; and the model follows, unless the filter does not hold out to the end.</summary>
    /// <param name="isTaken">False when the filter breaks the protocol or dies.</param>
    public byte[] Play(IEnumerable<string> script, out bool isTaken)
    {
        List<byte> packets = [];
        List<Action> edits = [];
        List<string>? body = null;
        bool isOver = false;
        bool isAlive = true;
        isTaken = true;
        foreach (string line in script)
        {
            if (line.Length == 0 || !"himbe+2-qk".Contains(line[0]))
            {
                continue;
            }

            char letter = line[0];
            string rest = line.Length > 2 ? line[2..] : "";
            if (letter == 'k')
            {
                isAlive = isTaken = false;
                break;
            }

            if (letter == 'b')
            {
                isTaken &= !isOver;
                (body ??= []).Add(rest.Replace("$", "\r\n", StringComparison.Ordinal));
                FilterPackets.Add(packets, 'b', FilterPackets.Text(body[^1]));
                continue;
            }

            isOver = body is not null;
            switch (letter)
            {
                case 'h' or 'i' or 'm':
                    byte[] index = new byte[4];
                    if (letter != 'h')
                    {
                        int blank = rest.IndexOf(' ');
                        uint.TryParse(blank < 0 ? rest : rest[..blank], out uint number);
                        BinaryPrimitives.WriteUInt32BigEndian(index, number);
                        rest = blank < 0 ? "" : rest[(blank + 1)..];
                    }

                    isTaken &= !rest.Contains('\0');
                    int colon = rest.IndexOf(':');
                    string name = (colon < 0 ? rest : rest[..colon]).Replace('$', '\n');
                    string value = (colon < 0 ? "" : rest[(colon + 1)..]).Replace('$', '\n');
                    FilterPackets.Add(packets, letter, [.. letter == 'h' ? [] : index, .. FilterPackets.Text($"{name}\0{value}\0")]);
                    uint at = BinaryPrimitives.ReadUInt32BigEndian(index);
                    edits.Add(letter switch { 'h' => () => Add(name, value), 'i' => () => Insert(at, name, value), _ => () => Change(at, name, value) });
                    break;
                default:
                    // Two texts at most for those with arguments; a NUL ends the first as a blank does.
                    string texts = letter is 'e' or '2' && rest.IndexOf(' ') is > 0 and int gap ? $"{rest[..gap]}\0{rest[(gap + 1)..]}\0" : $"{rest}\0";
                    isTaken &= texts.AsSpan().Count('\0') <= (letter is 'e' or '2' ? 2 : 1);
                    ChangesEnvelope |= letter != 'q';
                    FilterPackets.Add(packets, letter, FilterPackets.Text(texts));
                    break;
            }
        }

        if (isTaken)
        {
            edits.ForEach(static edit => edit());
            if (body is not null)
            {
                Replace(string.Concat(body));
            }
        }

        if (isAlive)
        {
            FilterPackets.Add(packets, 'c', []);
        }
        else
        {
            // Half a packet.
            packets.AddRange([0, 0, 1]);
        }

        return [.. packets];
    }

    // Logical headers as a reader finds them.
    private static IEnumerable<(int Start, int Count, string Name)> Walk(List<string> lines)
    {
        int next;
        for (int i = 0; i < lines.Count && NameOf(lines[i]) is { } name; i = next)
        {
            for (next = i + 1; next < lines.Count && lines[next].Length > 0 && lines[next][0] is ' ' or '\t'; next++)
            {
            }

            yield return (i, next - i, name);
        }
    }

    private static string? NameOf(string line) =>
        HeaderSyntax.TryParseName(FilterPackets.Text(line.Length > 2048 ? line[..2048] : line), out int length, out _) ? line[..length] : null;

    private static int HeadersOf(List<string> lines)
    {
        int end = 0;
        foreach ((int start, int count, _) in Walk(lines))
        {
            end = start + count;
        }

        return end;
    }

    private static List<string> Header(string name, string value)
    {
        List<string> lines = [];
        foreach (string part in $"{name}: {value}".Split('\n'))
        {
            string line = part.TrimEnd('\r');
            lines.Add(lines.Count > 0 && (line.Length == 0 || line[0] is not (' ' or '\t')) ? "\t" + line : line);
        }

        return lines;
    }

    private void Add(string name, string value)
    {
        List<string> header = Header(name, value);
        _lines.InsertRange(_headerEnd, header);
        _headerEnd += header.Count;
    }

    private void Insert(uint index, string name, string value)
    {
        List<(int Start, int Count, string Name)> headers = [.. Walk(_lines)];
        if (index >= headers.Count)
        {
            Add(name, value);
            return;
        }

        List<string> header = Header(name, value);
        _lines.InsertRange(headers[(int)index].Start, header);
        _headerEnd += header.Count;
    }

    private void Change(uint index, string name, string value)
    {
        uint wanted = Math.Max(index, 1);
        bool isOwn = true;
        foreach ((int start, int count, string found) in Walk(_lines))
        {
            if (isOwn && found.Equals("Received", StringComparison.OrdinalIgnoreCase))
            {
                isOwn = false;
                continue;
            }

            if (!found.Equals(name, StringComparison.OrdinalIgnoreCase) || --wanted > 0)
            {
                continue;
            }

            List<string> header = value.Length > 0 ? Header(name, value) : [];
            _lines.RemoveRange(start, count);
            _lines.InsertRange(start, header);
            _headerEnd += header.Count - count;
            return;
        }

        if (value.Length > 0)
        {
            Add(name, value);
        }
    }

    private void Replace(string body)
    {
        _lines.RemoveRange(_headerEnd, _lines.Count - _headerEnd);
        _lines.Add("");
        string[] lines = body.Split('\n');
        _lines.AddRange(lines[..^1].Select(static line => line.EndsWith('\r') ? line[..^1] : line));
        if (lines[^1].Length > 0)
        {
            _lines.Add(lines[^1]);
        }
    }
}

using System.Globalization;
using System.Text;

namespace Mta.Dialogues;

/// <summary>Who plays the server.</summary>
public enum DialogueServer
{
    Mta,
    Postfix,
}

/// <summary>How the client's bytes are cut.</summary>
public enum DialogueCut
{
    /// <summary>All lines up to the next expected reply at once.</summary>
    Whole,
    Line,
    Byte,
}

/// <summary>One line of a dialogue.</summary>
/// <param name="Kind">
/// <c>C</c> the client sends, <c>T</c> begins TLS, <c>S</c> the server replies, <c>L</c> the server logs, <c>P</c> a policy server is told; of
/// the filter: <c>@</c> is connected to, <c>&lt;</c> gets, <c>&gt;</c> sends, <c>/</c> closes; <c>W</c> the client waits.
/// </param>
public sealed record DialogueLine(char Kind, string Text, int Number);

/// <summary>
/// A golden dialogue: a text file that says what a client sends, what the server replies and what it logs. See
/// README.md in this folder for the format.
/// </summary>
public sealed class Dialogue
{
    private readonly List<(DialogueLine Line, DialogueServer? Only)> _lines = [];

    private Dialogue(string name) => Name = name;

    public string Name { get; }

    /// <summary>main.cf settings, in their order.</summary>
    public List<(string Name, string Value)> Settings { get; } = [];

    public string ClientAddress { get; private set; } = "127.0.0.1";

    /// <summary>Only played in one piece: it is about what is sent too early.</summary>
    public bool IsWholeOnly { get; private set; }

    /// <summary>It takes seconds: played at the same time as others, so it names no neighbour that keeps count.</summary>
    public bool IsSlow { get; private set; }

    /// <summary>A setting names a policy server or a filter of the test: only one of these at a time.</summary>
    public bool HasNeighbours { get; private set; }

    /// <summary>Not played against this server; null for none.</summary>
    public DialogueServer? Only { get; private set; }

    /// <summary>So many other clients connect from the same address before this one, and stay.</summary>
    public int Others { get; private set; }

    public IEnumerable<DialogueLine> LinesFor(DialogueServer server)
    {
        foreach ((DialogueLine line, DialogueServer? only) in _lines)
        {
            if (only is null || only == server)
            {
                yield return line;
            }
        }
    }

    public static Dialogue Load(string path) => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path, Encoding.Latin1));

    public static Dialogue Parse(string name, string text)
    {
        var dialogue = new Dialogue(name);
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string rest = line.Length > 2 ? line[2..].TrimStart(' ') : "";
            switch (line[0])
            {
                case '=':
                    int equals = rest.IndexOf('=', StringComparison.Ordinal);
                    dialogue.Settings.Add((rest[..equals].Trim(), rest[(equals + 1)..].Trim()));
                    dialogue.HasNeighbours |= rest.Contains("@POLICY@", StringComparison.Ordinal) || rest.Contains("@FILTER@", StringComparison.Ordinal);
                    break;
                case '@':
                    dialogue.ClientAddress = rest.Trim();
                    break;
                case '%' when rest == "whole":
                    dialogue.IsWholeOnly = true;
                    break;
                case '%' when rest == "slow":
                    dialogue.IsSlow = true;
                    break;
                case '%' when rest == "only mta":
                    dialogue.Only = DialogueServer.Mta;
                    break;
                case '%' when rest == "only postfix":
                    dialogue.Only = DialogueServer.Postfix;
                    break;
                case '%' when rest.StartsWith("after ", StringComparison.Ordinal):
                    dialogue.Others = int.Parse(rest.Split(' ')[1], CultureInfo.InvariantCulture);
                    break;
                case 'W' when line.StartsWith("W: ", StringComparison.Ordinal):
                    dialogue._lines.Add((new DialogueLine('W', rest, number), null));
                    break;
                case 'F' when line.Length > 1 && line[1] is ('@' or '<' or '>' or '/'):
                    string filtered = line.Length > 2 && line[2] == ' ' ? line[3..] : line[2..];
                    dialogue._lines.Add((new DialogueLine(line[1], line[1] == '>' ? Unescape(filtered) + "\r\n" : filtered, number), null));
                    break;
                case 'C' or 'S' or 'L' or 'P' or 'T' when line.Length > 1:
                    DialogueServer? only = line[1] switch
                    {
                        ':' or '>' => null,
                        '!' => DialogueServer.Mta,
                        '?' => DialogueServer.Postfix,
                        _ => throw new FormatException($"{name}, line {number}: {line}"),
                    };
                    string content = line.Length > 2 && line[2] == ' ' ? line[3..] : line[2..];
                    if (line[0] == 'C')
                    {
                        content = Unescape(content) + (line[1] == '>' ? "" : "\r\n");
                    }

                    dialogue._lines.Add((new DialogueLine(line[0], content, number), only));
                    break;
                default:
                    throw new FormatException($"{name}, line {number}: {line}");
            }
        }

        return dialogue;
    }

    /// <summary><c>*</c> stands for any text.</summary>
    public static bool Matches(string pattern, string text)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return pattern == text;
        }

        if (!text.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        int at = parts[0].Length;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = text.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            switch (c)
            {
                case 'r':
                    result.Append('\r');
                    break;
                case 'n':
                    result.Append('\n');
                    break;
                case 't':
                    result.Append('\t');
                    break;
                case 'x':
                    result.Append((char)int.Parse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 2;
                    break;
                case '{':
                    int close = text.IndexOf('}', i);
                    int star = text.IndexOf('*', i);
                    int count = int.Parse(text.AsSpan(i + 1, star - i - 1), CultureInfo.InvariantCulture);
                    string unit = Unescape(text[(star + 1)..close]);
                    for (int n = 0; n < count; n++)
                    {
                        result.Append(unit);
                    }

                    i = close;
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }
}

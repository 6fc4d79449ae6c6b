using System.Text;

namespace Mta.EndToEnd;

/// <summary>One case: what follows a line <c>== title</c>, without the blank lines at its end.</summary>
internal sealed record DaemonCase(string Title, IReadOnlyList<string> Lines);

/// <summary>
/// Cases that share settings, one text file: <c>name = value</c> lines, files (<c>file NAME &lt;&lt;</c> to
/// <c>&gt;&gt;</c>), then cases. In settings and files <c>@DIR@</c> is the folder of the files. Bytes beyond ASCII and
/// long lines are written as escapes (<see cref="Unescape"/>).
/// </summary>
internal sealed class CaseFile
{
    private CaseFile(string name)
    {
        Name = name;
    }

    /// <summary>Letters and digits: part of service names.</summary>
    public string Name { get; }

    public List<(string Name, string Value)> Settings { get; } = [];

    public List<(string Name, string Text)> Files { get; } = [];

    public List<DaemonCase> Cases { get; } = [];

    public static List<CaseFile> LoadAll(string kind) =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests/differential", kind), "*.txt").Order(StringComparer.Ordinal).Select(Load),
    ];

    /// <summary>
    /// <c>\xNN</c>, <c>\t</c>, <c>\\</c>; <c>\*100{text}</c> is the text a hundred times; a backslash alone is an empty line.
    /// </summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var output = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                output.Append(text[i] == '\\' ? "" : text[i]);
                continue;
            }

            switch (text[++i])
            {
                case 'x':
                    output.Append((char)Convert.ToByte(text.Substring(i + 1, 2), 16));
                    i += 2;
                    break;
                case 't':
                    output.Append('\t');
                    break;
                case '*':
                    int open = text.IndexOf('{', i);
                    int close = text.IndexOf('}', open);
                    for (int n = int.Parse(text.AsSpan(i + 1, open - i - 1)); n > 0; n--)
                    {
                        output.Append(text, open + 1, close - open - 1);
                    }

                    i = close;
                    break;
                default:
                    output.Append(text[i]);
                    break;
            }
        }

        return output.ToString();
    }

    private static CaseFile Load(string path)
    {
        var file = new CaseFile(new string([.. Path.GetFileNameWithoutExtension(path).Where(char.IsAsciiLetterOrDigit)]));
        string[] lines = File.ReadAllLines(path, Encoding.Latin1);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                int end = i + 1;
                while (end < lines.Length && !lines[end].StartsWith("== ", StringComparison.Ordinal))
                {
                    end++;
                }

                file.Cases.Add(new DaemonCase(line[3..], Trim(lines[(i + 1)..end])));
                i = end - 1;
            }
            else if (line.StartsWith("file ", StringComparison.Ordinal))
            {
                var text = new StringBuilder();
                while (lines[++i] != ">>")
                {
                    text.Append(lines[i]).Append('\n');
                }

                file.Files.Add((line.Split(' ')[1], text.ToString()));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                int equals = line.IndexOf('=');
                file.Settings.Add((line[..equals].Trim(), line[(equals + 1)..].Trim()));
            }
        }

        return file;
    }

    private static string[] Trim(string[] lines)
    {
        int end = lines.Length;
        while (end > 0 && lines[end - 1].Length == 0)
        {
            end--;
        }

        return lines[..end];
    }
}

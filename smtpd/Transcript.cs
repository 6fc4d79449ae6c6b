using Mta.Text;

namespace Mta.Smtpd;

/// <summary>
/// What client and server said, for a notice to the postmaster. Message content is never in it. Kept small:
/// after each message a long one is forgotten (<c>smtpd_history_flush_threshold</c>), and its end counts more than its
/// middle.
/// </summary>
internal sealed class Transcript
{
    private const int MaxLines = 1000;
    private const int MaxLine = 1000;
    private const int Width = 78;
    private const string Indentation = "     ";
    private readonly List<(bool IsOut, string Text)> _lines = [];

    public void Out(string reply) => Add(true, reply);

    public void In(string command) => Add(false, WithoutSecrets(command));

    /// <summary>A message is through: what led to it is of no interest when it is long.</summary>
    public void Trim(int threshold)
    {
        if (_lines.Count > threshold)
        {
            _lines.Clear();
        }
    }

    // An initial response of AUTH is as good as the password.
    private static string WithoutSecrets(string command)
    {
        ReadOnlySpan<char> words = command.AsSpan().TrimStart();
        if (words.Length < 4 || !Ascii.EqualsIgnoreCase(words[..4], "AUTH"))
        {
            return command;
        }

        int end = words[4..].TrimStart().IndexOfAny(' ', '\t');
        return end < 0 ? command : $"{command[..(command.Length - words[4..].TrimStart().Length + end)]} *";
    }

    /// <summary>The lines of the notice, folded.</summary>
    public IEnumerable<string> Format()
    {
        foreach ((bool isOut, string text) in _lines)
        {
            string[] parts = text.Split('\n');
            for (int i = 0; i < parts.Length; i++)
            {
                string line = parts[i];
                if (isOut && i + 1 < parts.Length && line.Length > 3)
                {
                    line = $"{line[..3]}-{line[4..]}";
                }

                foreach (string folded in Fold((isOut ? " Out: " : " In:  ") + Printable.Neutralize(line, allowUtf8: true)))
                {
                    yield return folded;
                }
            }
        }
    }

    private static IEnumerable<string> Fold(string line)
    {
        string rest = line;
        while (rest.Length > Width)
        {
            // Not within the indentation: a word that is too long stands in a line of its own.
            int blank = rest.LastIndexOf(' ', Width - 1);
            if (blank < Indentation.Length)
            {
                blank = rest.IndexOf(' ', Indentation.Length);
                if (blank < 0)
                {
                    break;
                }
            }

            yield return rest[..blank].TrimEnd(' ');
            rest = Indentation + rest[(blank + 1)..];
        }

        yield return rest;
    }

    private void Add(bool isOut, string text)
    {
        if (_lines.Count >= MaxLines)
        {
            _lines.RemoveRange(MaxLines / 4, MaxLines / 4);
        }

        _lines.Add((isOut, text.Length > MaxLine ? text[..MaxLine] : text));
    }
}

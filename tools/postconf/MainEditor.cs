using System.Text;
using Mta.Config;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Postconf;

/// <summary>Edits main.cf: comments, empty lines and every other entry stay as they are, byte for byte.</summary>
internal sealed class MainEditor(string path)
{
    /// <param name="edit"><c>e</c> sets, <c>X</c> removes, <c>#</c> comments out.</param>
    /// <exception cref="FatalException">A request is malformed, or the file cannot be replaced.</exception>
    public void Apply(char edit, IReadOnlyList<string> requests)
    {
        SortedDictionary<string, string> wanted = new(StringComparer.Ordinal);
        foreach (string request in requests)
        {
            Add(wanted, edit, request);
        }

        AtomicFile.Edit(path, text => Rewrite(text, edit, wanted));
    }

    private string Rewrite(string text, char edit, SortedDictionary<string, string> wanted)
    {
        StringBuilder result = new(text.Length + 256);
        HashSet<string> found = new(StringComparer.Ordinal);
        bool inEdited = false;
        foreach (string line in Lines.Of(text))
        {
            if (Lines.IsSkipped(line))
            {
                result.Append(line);
                continue;
            }

            if (!Ascii.IsSpace(line[0]))
            {
                string name = NameOf(line);
                inEdited = wanted.TryGetValue(name, out string? value);
                if (inEdited)
                {
                    if (!found.Add(name))
                    {
                        Warnings.Write($"{path}: multiple entries for \"{name}\"");
                    }

                    if (edit == 'e')
                    {
                        result.Append(name).Append(" = ").Append(value).Append('\n');
                        continue;
                    }
                }
            }

            if (!inEdited)
            {
                result.Append(line);
            }
            else if (edit == '#')
            {
                result.Append('#').Append(line);
            }
        }

        if (edit == 'e')
        {
            foreach ((string name, string value) in wanted)
            {
                if (!found.Contains(name))
                {
                    Lines.EndLast(result);
                    result.Append(name).Append(" = ").Append(value).Append('\n');
                }
            }
        }

        return result.ToString();
    }

    private static void Add(SortedDictionary<string, string> wanted, char edit, string request)
    {
        if (request.Contains('\n'))
        {
            throw new FatalException("-e, -X, or -# accepts no multi-line input");
        }

        string trimmed = request.TrimStart(' ', '\t', '\r', '\v', '\f');
        if (trimmed.StartsWith('#'))
        {
            throw new FatalException("-e, -X, or -# accepts no comment input");
        }

        string name;
        string value = "";
        if (edit == 'e')
        {
            try
            {
                (name, value) = MainCf.SplitAssignment(trimmed);
            }
            catch (FormatException error)
            {
                throw new FatalException(error.Message, error);
            }
        }
        else if (trimmed.Length == 0)
        {
            throw new FatalException("-X or -# requires non-blank parameter names");
        }
        else if (trimmed.Contains('='))
        {
            throw new FatalException("-X or -# requires parameter names without value");
        }
        else
        {
            name = trimmed;
        }

        if (wanted.TryGetValue(name, out string? earlier) && edit == 'e')
        {
            Warnings.Write($"ignoring earlier request: '{name} = {earlier}'");
        }

        wanted[name] = value;
        if (edit == 'e' && ParameterRegistry.Find(name) is null)
        {
            Suggestion.Write(name);
        }
    }

    private static string NameOf(string line)
    {
        int end = 0;
        while (end < line.Length && !Ascii.IsSpace(line[end]) && line[end] != '=')
        {
            end++;
        }

        return line[..end];
    }
}

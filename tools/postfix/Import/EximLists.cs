using System.Buffers;

namespace Mta.Postfix.Import;

/// <summary>Exim's lists: named ones, and what stands in them.</summary>
/// <param name="file">The configuration's name, for what cannot be said in main.cf.</param>
/// <param name="read">The text of a file that the configuration names, null when it is not there.</param>
internal sealed class EximLists(Conversion into, string file, Func<string, string?> read)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("!*^;+/$@");

    private readonly Dictionary<string, List<string>> _named = new(StringComparer.Ordinal);

    /// <summary>A list that others refer to by its name.</summary>
    public void Define(string name, EximOption option) => _named[name] = Of(option);

    /// <summary>What a named list holds; nothing when there is none of this name.</summary>
    public List<string> Named(string name) => _named.GetValueOrDefault(name) ?? [];

    /// <summary>A list with its references, files and <c>@</c> resolved; what cannot be said in main.cf is reported.</summary>
    public List<string> Of(EximOption option)
    {
        List<string> words = [];
        foreach (string word in EximFile.List(option.Value))
        {
            if (word == "@")
            {
                words.Add("$myhostname");
            }
            else if (word.StartsWith('+') && _named.TryGetValue(word[1..], out List<string>? other))
            {
                words.AddRange(other);
            }
            else if (word.StartsWith("lsearch;", StringComparison.Ordinal) && read(word["lsearch;".Length..].Trim()) is { } text)
            {
                words.AddRange(Rows(text).Select(static row => row.Key));
            }
            else if (word.StartsWith('/') && read(word) is { } lines)
            {
                words.AddRange(Rows(lines).Select(static row => row.Key));
            }
            else if (option.Name == "senders" && word.Split('@') is [var local, var domain] && local.Length > 0 && $"{(local == "*" ? "" : local)}{domain}".AsSpan().IndexOfAny(Special) < 0)
            {
                words.Add(local == "*" ? domain : word);
            }
            else if (word.AsSpan().IndexOfAny(Special) >= 0 && !System.Net.IPNetwork.TryParse(word, out _))
            {
                into.Unclear(file, option.Line, $"{option.Name}: {word}");
            }
            else
            {
                words.Add(word);
            }
        }

        return words;
    }

    /// <summary><c>key: value</c> lines, the form of lsearch; a key may be quoted.</summary>
    public static IEnumerable<(string Key, string Value)> Rows(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string row = line.Trim();
            if (row.Length > 0 && row[0] != '#')
            {
                int end = row.AsSpan().IndexOfAny(": \t");
                yield return end < 0 ? (row, "") : (row[..end].Trim('"'), row[(end + 1)..].TrimStart(':', ' ', '\t'));
            }
        }
    }
}

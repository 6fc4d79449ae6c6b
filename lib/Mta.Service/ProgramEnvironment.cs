using Mta.Linux;
using Mta.Text;

namespace Mta.Service;

/// <summary><c>import_environment</c>: which of the caller's variables a command keeps.</summary>
public static class ProgramEnvironment
{
    /// <summary>
    /// Sets the <c>name=value</c> items of the list; with <paramref name="removeOthers"/> everything that the list does
    /// not name is removed.
    /// </summary>
    /// <param name="list">Separated by commas or blanks; <c>{ name = value }</c> protects blanks.</param>
    public static void Import(string list, bool removeOthers)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (string item in Split(list))
        {
            if (DaemonOptions.TrySplitOverride(item, out string name, out string value))
            {
                Environment.SetEnvironmentVariable(name, ByteString.TryToUnicode(value, out string text) ? text : value);
                kept.Add(name);
            }
            else
            {
                kept.Add(item);
            }
        }

        if (!removeOthers)
        {
            return;
        }

        foreach (object? key in Environment.GetEnvironmentVariables().Keys)
        {
            if (key is string name && !kept.Contains(name))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    /// <summary>
    /// The environment for a program that this one becomes or starts: what is set now, byte for byte where it was
    /// inherited.
    /// </summary>
    public static IReadOnlyList<string> ForChild()
    {
        Dictionary<string, string> inherited = new(StringComparer.Ordinal);
        foreach (string entry in Posix.Environment())
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                inherited[entry[..equals]] = entry[(equals + 1)..];
            }
        }

        List<string> result = [];
        foreach (object? item in Environment.GetEnvironmentVariables())
        {
            if (item is System.Collections.DictionaryEntry { Key: string name, Value: string value })
            {
                string key = ByteString.FromUnicode(name);
                bool isUnchanged = inherited.TryGetValue(key, out string? bytes) && (!ByteString.TryToUnicode(bytes, out string text) || text == value);
                result.Add($"{key}={(isUnchanged ? bytes : ByteString.FromUnicode(value))}");
            }
        }

        return result;
    }

    /// <summary>The words of a list; the braces around a word are removed.</summary>
    public static IReadOnlyList<string> Split(string list)
    {
        List<string> words = [];
        int position = 0;
        while (position < list.Length)
        {
            char c = list[position];
            if (Ascii.IsSpace(c) || c == ',')
            {
                position++;
                continue;
            }

            int start = position;
            int depth = 0;
            while (position < list.Length && (depth > 0 || !(Ascii.IsSpace(list[position]) || list[position] == ',')))
            {
                depth += list[position] == '{' ? 1 : list[position] == '}' ? -1 : 0;
                position++;
            }

            string word = list[start..position];
            words.Add(word.Length > 1 && word[0] == '{' && word[^1] == '}' ? word[1..^1].Trim() : word);
        }

        return words;
    }
}

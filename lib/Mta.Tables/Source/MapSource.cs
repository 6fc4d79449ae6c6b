using Mta.Text;

namespace Mta.Tables.Source;

/// <summary>One entry of a source. A raw one is stored byte for byte: neither folded nor ended by NUL.</summary>
public readonly record struct SourceEntry(string Key, string Value, LogicalLine Line, bool IsRaw = false);

/// <summary>Sources in postmap's form: <c>key white-space value</c>.</summary>
public static class MapSource
{
    /// <summary>The entries; lines that are no entries are passed over with a warning.</summary>
    /// <param name="bytes">The source.</param>
    /// <param name="path">Its name, for warnings.</param>
    /// <param name="utf8">Lines must be valid UTF-8.</param>
    /// <param name="formatSuffix">Text behind the warning about a missing value (<c>texthash</c> has one).</param>
    /// <param name="warn">Receives what stands after <c>warning: </c>.</param>
    public static IEnumerable<SourceEntry> Read(byte[] bytes, string path, bool utf8, string formatSuffix, Action<string> warn)
    {
        foreach (LogicalLine line in LogicalLines.Read(bytes, path, warn))
        {
            if (utf8 && !Ascii.IsAscii(line.Text) && !ByteString.TryToUnicode(line.Text, out _))
            {
                warn($"{path}, line {line.First}: non-UTF-8 input \"{Printable.Neutralize(line.Text)}\" -- ignoring this line");
                continue;
            }

            if (!TrySplit(line.Text, out string key, out string value, out bool unbalanced))
            {
                warn(unbalanced
                    ? $"{path}, line {line.First}: unbalanced '\"' in '{line.Text}' -- ignoring this line"
                    : $"{path}, line {line.First}: expected format: key whitespace value{formatSuffix}");
                continue;
            }

            if (key[^1] == ':')
            {
                warn($"{path}, line {line.First}: record is in \"key: value\" format; is this an alias file?");
            }

            yield return new SourceEntry(key, value, line);
        }
    }

    // The key ends at the first white space outside quotes; quotes and backslashes stay in it.
    private static bool TrySplit(string line, out string key, out string value, out bool unbalanced)
    {
        bool quoted = false;
        int i = 0;
        for (; i < line.Length && (quoted || !Ascii.IsSpace(line[i])); i++)
        {
            if (line[i] == '\\')
            {
                if (i + 1 < line.Length)
                {
                    i++;
                }
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
        }

        unbalanced = quoted;
        key = line[..i];
        value = line[i..].Trim(' ', '\t', '\r', '\n', '\v', '\f');
        return !quoted && key.Length > 0 && value.Length > 0;
    }
}

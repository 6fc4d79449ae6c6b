using Mta.Mail.Addresses;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Mail;

/// <summary>Sources in the form of aliases(5): <c>name: value, value</c>.</summary>
public static class AliasSource
{
    /// <summary>The entries; lines that are no entries are passed over with a warning.</summary>
    /// <param name="bytes">The source.</param>
    /// <param name="path">Its name, for warnings.</param>
    /// <param name="utf8">Lines must be valid UTF-8.</param>
    /// <param name="warn">Receives what stands after <c>warning: </c>.</param>
    public static IEnumerable<SourceEntry> Read(byte[] bytes, string path, bool utf8, Action<string> warn)
    {
        foreach (LogicalLine line in LogicalLines.Read(bytes, path, warn))
        {
            if (utf8 && !Ascii.IsAscii(line.Text) && !ByteString.TryToUnicode(line.Text, out _))
            {
                warn($"{path}, line {line.First}: non-UTF-8 input \"{Printable.Neutralize(line.Text)}\" -- ignoring this line");
                continue;
            }

            List<AddressToken> tokens = AddressTokenizer.Scan(line.Text);
            int colon = tokens.FindIndex(static token => token.IsOperator(':'));
            int comma = tokens.FindIndex(static token => token.IsOperator(','));
            if (colon <= 0 || colon + 1 == tokens.Count || (comma >= 0 && comma < colon))
            {
                warn($"{path}, line {line.First}: need name:value pair");
                continue;
            }

            if (tokens.FindIndex(0, colon, static token => token.IsOperator('@') || token.IsOperator('%')) >= 0)
            {
                warn($"{path}, line {line.First}: name must be local");
                continue;
            }

            yield return new SourceEntry(
                AddressTokenText.ToInternal(tokens, 0, colon),
                AddressTokenText.ToExternal(tokens, colon + 1, tokens.Count) + (tokens[^1].IsOperator(',') ? " " : ""),
                line);
        }
    }

    /// <summary>
    /// The entries that an alias index ends with: the mark of a complete one, and what NIS servers look for.
    /// </summary>
    public static IEnumerable<SourceEntry> Marks(string hostName, DateTimeOffset now)
    {
        yield return new SourceEntry("@", "@", default);
        yield return new SourceEntry("YP_LAST_MODIFIED", now.ToUnixTimeSeconds().ToString("D10", System.Globalization.CultureInfo.InvariantCulture), default, IsRaw: true);
        yield return new SourceEntry("YP_MASTER_NAME", hostName, default, IsRaw: true);
    }
}

using System.Text;
using Mta.Text;
using Ascii = Mta.Text.Ascii;

namespace Mta.Tables;

/// <summary>Case folding of keys: ASCII where bytes are bytes, Unicode where the text is known to be UTF-8.</summary>
public static class CaseFolding
{
    /// <summary>Folds a byte string; bytes above 0x7F are folded as Unicode when the whole is valid UTF-8 and <paramref name="utf8"/> is set.</summary>
    public static string Fold(string text, bool utf8) =>
        utf8 && !Ascii.IsAscii(text) && ByteString.TryToUnicode(text, out string unicode) ? FoldUnicode(unicode) : Ascii.ToLower(text);

    /// <summary>Folds ordinary text and returns the byte string of its UTF-8 form.</summary>
    public static string FoldUnicode(string unicode)
    {
        // Upper then lower joins the variants of one letter (final sigma, long s); sharp s folds to two letters.
        StringBuilder folded = new(unicode.Length + 2);
        foreach (char c in unicode.ToUpperInvariant().ToLowerInvariant())
        {
            _ = c is '\u00DF' or '\u1E9E' ? folded.Append("ss") : folded.Append(c);
        }

        return ByteString.FromUnicode(folded.ToString());
    }
}

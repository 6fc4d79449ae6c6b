using Mta.Text;

namespace Mta.Config;

/// <summary>Lists as main.cf writes them: words separated by commas and white space.</summary>
public static class ListSyntax
{
    /// <summary>The words. Inside <c>{...}</c> commas and blanks do not separate; the braces stay.</summary>
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && IsSeparator(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return words;
            }

            int start = at;
            int level = 0;
            while (at < text.Length && (level > 0 || !IsSeparator(text[at])))
            {
                level += text[at] == '{' ? 1 : text[at] == '}' && level > 0 ? -1 : 0;
                at++;
            }

            words.Add(text[start..at]);
        }
    }

    private static bool IsSeparator(char c) => c == ',' || Ascii.IsSpace(c);
}

namespace Mta.Tls;

/// <summary>Cipher lists of main.cf: a grade's list, less what is excluded.</summary>
public static class TlsCiphers
{
    /// <summary>Appends exclusions to a list in the library's notation.</summary>
    /// <param name="list">The grade's list.</param>
    /// <param name="exclusions">Names and groups, separated by blanks, commas and colons.</param>
    public static string Compose(string list, params ReadOnlySpan<string> exclusions)
    {
        foreach (string words in exclusions)
        {
            foreach (string word in words.Split([' ', '\t', '\r', '\n', ',', ':'], StringSplitOptions.RemoveEmptyEntries))
            {
                list += ":!" + word;
            }
        }

        return list;
    }
}

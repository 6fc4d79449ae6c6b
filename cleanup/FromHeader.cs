using System.Buffers;
using System.Text;
using Mta.Mail.Addresses;

namespace Mta.Cleanup;

/// <summary>The From header that a message without one gets.</summary>
internal static class FromHeader
{
    private static readonly SearchValues<char> MustQuote = SearchValues.Create("%!()<>@,;:\\\".[]");

    /// <param name="prefix">Empty, or <c>Resent-</c>.</param>
    /// <param name="sender">Rewritten envelope sender; empty gives MAILER-DAEMON, without a name.</param>
    public static string Compose(string prefix, string sender, string fullName, bool obsolete, string charset = "")
    {
        string address = sender.Length == 0 ? "MAILER-DAEMON" : AddressSyntax.ToExternal(sender);
        if (sender.Length == 0 || fullName.AsSpan().Trim().IsEmpty)
        {
            return $"{prefix}From: {address}";
        }

        if (charset.Length > 0 && !Mta.Text.Ascii.IsAscii(fullName))
        {
            string encoded = EncodedWords(fullName.Trim(), charset);
            return obsolete ? $"{prefix}From: {address} ({encoded})" : $"{prefix}From: {encoded} <{address}>";
        }

        return obsolete
            ? $"{prefix}From: {address} ({fullName})"
            : $"{prefix}From: {Phrase(fullName)} <{address}>";
    }

    // RFC 2047 §5 (3): what may stand in a phrase stands in a comment too. A character is never cut, so that each word
    // can be read alone; for that, bytes that go on a UTF-8 sequence stay with those before.
    private static string EncodedWords(string name, string charset)
    {
        const int longest = 75;
        StringBuilder words = new();
        StringBuilder word = new();
        string head = $"=?{charset}?Q?";
        for (int i = 0; i < name.Length;)
        {
            int start = i++;
            while (name[start] >= 0xC0 && i < name.Length && name[i] is >= (char)0x80 and < (char)0xC0)
            {
                i++;
            }

            StringBuilder unit = new();
            foreach (char c in name.AsSpan(start, i - start))
            {
                unit.Append(char.IsAsciiLetterOrDigit(c) || c is '!' or '*' or '+' or '-' or '/' ? $"{c}" : c == ' ' ? "_" : $"={(int)c:X2}");
            }

            if (word.Length > 0 && head.Length + word.Length + unit.Length + 2 > longest)
            {
                words.Append(words.Length == 0 ? "" : " ").Append(head).Append(word).Append("?=");
                word.Clear();
            }

            word.Append(unit);
        }

        return words.Append(words.Length == 0 ? "" : " ").Append(head).Append(word).Append("?=").ToString();
    }

    private static string Phrase(string name)
    {
        if (!name.AsSpan().ContainsAny(MustQuote))
        {
            return string.Join(' ', name.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }

        StringBuilder quoted = new("\"", name.Length + 8);
        foreach (char c in name)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}

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
    public static string Compose(string prefix, string sender, string fullName, bool obsolete)
    {
        string address = sender.Length == 0 ? "MAILER-DAEMON" : AddressSyntax.ToExternal(sender);
        if (sender.Length == 0 || fullName.AsSpan().Trim().IsEmpty)
        {
            return $"{prefix}From: {address}";
        }

        return obsolete
            ? $"{prefix}From: {address} ({fullName})"
            : $"{prefix}From: {Phrase(fullName)} <{address}>";
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

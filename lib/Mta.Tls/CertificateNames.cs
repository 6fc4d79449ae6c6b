using Ascii = Mta.Text.Ascii;

namespace Mta.Tls;

/// <summary>Compares a certificate's names with those wanted (RFC 6125 §6.4, without partial wildcards).</summary>
public static class CertificateNames
{
    /// <param name="wanted">A name, or <c>.domain</c> for any name below it.</param>
    /// <param name="multiLabel">A <c>*</c> stands for several labels too.</param>
    public static bool Matches(string certified, string wanted, bool multiLabel)
    {
        certified = certified.TrimEnd('.');
        wanted = wanted.TrimEnd('.');
        if (certified.Length == 0 || wanted.Length == 0)
        {
            return false;
        }

        if (certified.StartsWith("*.", StringComparison.Ordinal))
        {
            string parent = certified[1..];
            if (!parent.AsSpan(1).Contains('.'))
            {
                // Nobody owns everything below a top-level domain.
                return false;
            }

            if (wanted[0] == '.')
            {
                // Any name below a domain that the wildcard covers.
                return Ascii.EqualsIgnoreCase(parent, wanted) || (parent.Length > wanted.Length && EndsWith(parent, wanted));
            }

            return wanted.Length > parent.Length && EndsWith(wanted, parent)
                && (multiLabel || wanted.IndexOf('.', StringComparison.Ordinal) == wanted.Length - parent.Length);
        }

        if (certified.Contains('*', StringComparison.Ordinal))
        {
            return false;
        }

        return wanted[0] == '.'
            ? certified.Length > wanted.Length && EndsWith(certified, wanted)
            : Ascii.EqualsIgnoreCase(certified, wanted);
    }

    private static bool EndsWith(string text, string end) =>
        text.Length >= end.Length && Ascii.EqualsIgnoreCase(text.AsSpan(text.Length - end.Length), end);
}

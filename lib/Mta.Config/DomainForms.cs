using System.Globalization;
using Mta.Text;

namespace Mta.Config;

/// <summary>The two written forms of an internationalised domain name.</summary>
internal static class DomainForms
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>A-labels; the text itself when it has no such form.</summary>
    public static string ToAscii(string domain)
    {
        if (Ascii.IsAscii(domain) || !ByteString.TryToUnicode(domain, out string unicode))
        {
            return domain;
        }

        try
        {
            return Idn.GetAscii(unicode);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }

    /// <summary>U-labels, as a byte string; the text itself when it has no such form.</summary>
    public static string ToUtf8(string domain)
    {
        try
        {
            return ByteString.FromUnicode(Idn.GetUnicode(domain));
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}

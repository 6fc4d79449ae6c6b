using System.Globalization;
using Mta.Text;
using Mta.Tls.Native;

namespace Mta.Tls;

/// <summary>
/// A protocol list of main.cf: <c>&gt;=TLSv1.2, &lt;=TLSv1.3</c>, <c>!SSLv3</c>, or names of those that are allowed.
/// </summary>
/// <param name="Minimum">Wire number of the lowest version, 0 when the library decides.</param>
/// <param name="Maximum">Wire number of the highest version, 0 when the library decides.</param>
/// <param name="Excluded">Versions that are off, as options of the library.</param>
public readonly record struct TlsProtocols(int Minimum, int Maximum, ulong Excluded)
{
    private static readonly (string Name, int Version, ulong Option)[] Known =
    [
        ("SSLv2", 0x0200, 0),
        ("SSLv3", 0x0300, Ssl.OptionNoSslV3),
        ("TLSv1", 0x0301, Ssl.OptionNoTls1),
        ("TLSv1.1", 0x0302, Ssl.OptionNoTls11),
        ("TLSv1.2", 0x0303, Ssl.OptionNoTls12),
        ("TLSv1.3", 0x0304, Ssl.OptionNoTls13),
    ];

    /// <summary>Reads a list; its elements are separated by blanks, commas and colons.</summary>
    public static bool TryParse(string list, out TlsProtocols protocols)
    {
        int minimum = 0;
        int maximum = 0;
        ulong included = 0;
        ulong excluded = 0;
        bool includes = false;
        protocols = default;
        foreach (string word in list.Split([' ', '\t', '\r', '\n', ',', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith(">=", StringComparison.Ordinal) || word.StartsWith("<=", StringComparison.Ordinal))
            {
                if (!TryVersion(word[2..], out int version))
                {
                    return false;
                }

                _ = word[0] == '>' ? minimum = version : maximum = version;
                continue;
            }

            bool isExcluded = word[0] == '!';
            int index = Array.FindIndex(Known, known => Ascii.EqualsIgnoreCase(known.Name, isExcluded ? word[1..] : word));
            if (index < 0)
            {
                return false;
            }

            if (isExcluded)
            {
                excluded |= Known[index].Option;
            }
            else
            {
                includes = true;
                included |= Known[index].Option;
            }
        }

        if (includes)
        {
            foreach ((_, _, ulong option) in Known)
            {
                excluded |= option & ~included;
            }
        }

        protocols = new TlsProtocols(minimum, maximum, excluded);
        return true;
    }

    private static bool TryVersion(string text, out int version)
    {
        int index = Array.FindIndex(Known, known => Ascii.EqualsIgnoreCase(known.Name, text));
        version = index >= 0 ? Known[index].Version : 0;
        return index >= 0 || text is "0"
            || (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? int.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out version)
                : int.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out version)) && version is >= 0 and <= 0xffff;
    }
}

using System.Globalization;
using Mta.Text;

namespace Mta.Tls;

/// <summary>Names of the library's options as main.cf has them (<c>tls_ssl_options</c>).</summary>
public static class TlsOptionNames
{
    private static readonly (string Name, int Bit)[] Known =
    [
        ("LEGACY_SERVER_CONNECT", 2),
        ("NO_TICKET", 14),
        ("NO_COMPRESSION", 17),
        ("NO_SESSION_RESUMPTION_ON_RENEGOTIATION", 16),
        ("CIPHER_SERVER_PREFERENCE", 22),
        ("PRIORITIZE_CHACHA", 21),
        ("TLSEXT_PADDING", 4),
        ("SAFARI_ECDHE_ECDSA_BUG", 6),
        ("NO_ENCRYPT_THEN_MAC", 19),
        ("ALLOW_NO_DHE_KEX", 10),
        ("ENABLE_MIDDLEBOX_COMPAT", 20),
        ("NO_RENEGOTIATION", 30),
        ("DONT_INSERT_EMPTY_FRAGMENTS", 11),
        ("CRYPTOPRO_TLSEXT_BUG", 31),
    ];

    /// <summary>Reads a list of names and hexadecimal masks.</summary>
    /// <returns>False when a word is neither.</returns>
    public static bool TryParse(string list, out ulong options)
    {
        options = 0;
        foreach (string word in list.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            int index = Array.FindIndex(Known, known => Ascii.EqualsIgnoreCase(known.Name, word));
            if (index >= 0)
            {
                options |= 1UL << Known[index].Bit;
            }
            else if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong mask))
            {
                options |= mask;
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}

using System.Globalization;
using Mta.Text;

namespace Mta.Tls;

/// <summary>
/// The library's ways around faults of other implementations, which are on unless <c>tls_disable_workarounds</c> names them.
/// </summary>
public static class TlsWorkarounds
{
    // SSL_OP_ALL, and what each bit is called. A name with no bit belongs to an older library.
    private static readonly (string Name, ulong Bits)[] Known =
    [
        ("CRYPTOPRO_TLSEXT_BUG", 1UL << 31),
        ("DONT_INSERT_EMPTY_FRAGMENTS", 1UL << 11),
        ("TLSEXT_PADDING", 1UL << 4),
        ("SAFARI_ECDHE_ECDSA_BUG", 1UL << 6),
        ("LEGACY_SERVER_CONNECT", 0),
        ("MICROSOFT_BIG_SSLV3_BUFFER", 0),
        ("MICROSOFT_SESS_ID_BUG", 0),
        ("MSIE_SSLV2_RSA_PADDING", 0),
        ("CVE-2005-2969", 0),
        ("NETSCAPE_CHALLENGE_BUG", 0),
        ("NETSCAPE_REUSE_CIPHER_CHANGE_BUG", 0),
        ("CVE-2010-4180", 0),
        ("SSLEAY_080_CLIENT_DH_BUG", 0),
        ("SSLREF2_REUSE_CERT_TYPE_BUG", 0),
        ("TLS_BLOCK_PADDING_BUG", 0),
        ("TLS_D5_BUG", 0),
        ("TLS_ROLLBACK_BUG", 0),
    ];

    private const ulong All = (1UL << 31) | (1UL << 11) | (1UL << 4) | (1UL << 6);

    /// <summary>The options that stay on when those of a list are off.</summary>
    /// <param name="disabled">Names, or hexadecimal masks, with blanks or commas between.</param>
    /// <param name="warning">Told of a word that is neither, as after <c>warning: </c>; the word does nothing.</param>
    public static ulong Except(string disabled, Action<string> warning)
    {
        ulong off = 0;
        foreach (string word in disabled.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            int index = Array.FindIndex(Known, known => Ascii.EqualsIgnoreCase(known.Name, word));
            if (index >= 0)
            {
                off |= Known[index].Bits;
            }
            else if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong mask))
            {
                off |= mask;
            }
            else
            {
                warning($"unknown tls_disable_workarounds value \"{word}\" in \"{disabled}\"");
            }
        }

        return All & ~off;
    }
}

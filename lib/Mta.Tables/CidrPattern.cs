using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Text;

namespace Mta.Tables;

/// <summary>A network pattern: <c>address</c>, <c>address/length</c>, either with brackets as in <c>[address]/length</c>.</summary>
public sealed class CidrPattern
{
    private readonly byte[] _network;
    private readonly byte[] _mask;

    private CidrPattern(byte[] network, int length)
    {
        _network = network;
        PrefixLength = length;
        _mask = new byte[network.Length];
        for (int i = 0; i < _mask.Length; i++)
        {
            int bits = Math.Clamp(length - (8 * i), 0, 8);
            _mask[i] = (byte)(0xFF << (8 - bits));
        }
    }

    /// <summary>Number of leading bits that count.</summary>
    public int PrefixLength { get; }

    /// <summary>True for IPv6.</summary>
    public bool IsIPv6 => _network.Length == 16;

    /// <summary>Parses a pattern.</summary>
    /// <param name="error">What is wrong, as warnings say it.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CidrPattern? pattern, out string error)
    {
        pattern = null;
        if (!TryUnbracket(text, out string plain, out error))
        {
            return false;
        }

        int slash = plain.IndexOf('/', StringComparison.Ordinal);
        string address = slash < 0 ? plain : plain[..slash];
        int length = -1;
        if (slash >= 0 && !TryParseLength(plain.AsSpan(slash + 1), out length))
        {
            error = $"bad mask value in \"{text}\"";
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!TryParseAddress(address, bytes, out int count))
        {
            error = slash < 0 ? $"bad address pattern: \"{text}\"" : $"bad network value in \"{text}\"";
            return false;
        }

        length = slash < 0 ? count * 8 : length;
        if (length > count * 8)
        {
            error = $"bad mask length in \"{text}\"";
            return false;
        }

        CidrPattern candidate = new(bytes[..count].ToArray(), length);
        byte[] network = new byte[count];
        bool clean = true;
        for (int i = 0; i < count; i++)
        {
            network[i] = (byte)(bytes[i] & candidate._mask[i]);
            clean &= network[i] == bytes[i];
        }

        if (!clean)
        {
            error = $"non-null host address bits in \"{text}\", perhaps you should use \"{new IPAddress(network)}/{length}\" instead";
            return false;
        }

        pattern = candidate;
        return true;
    }

    /// <summary>Parses a numeric address strictly: four decimal octets, or RFC 4291 text without zone or brackets.</summary>
    /// <param name="bytes">Receives 4 or 16 bytes.</param>
    public static bool TryParseAddress(ReadOnlySpan<char> text, Span<byte> bytes, out int count)
    {
        count = 0;
        if (text.Contains(':'))
        {
            foreach (char c in text)
            {
                // IPAddress also takes zones and brackets.
                if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
                {
                    return false;
                }
            }

            return IPAddress.TryParse(text, out IPAddress? six)
                && six.AddressFamily == AddressFamily.InterNetworkV6
                && six.TryWriteBytes(bytes, out count);
        }

        int octet = -1;
        int digits = 0;
        foreach (char c in text)
        {
            if (Ascii.IsDigit(c))
            {
                // Leading zeros are octal elsewhere, so inet_pton(3) refuses them.
                if (digits > 0 && octet == 0)
                {
                    return false;
                }

                octet = (Math.Max(octet, 0) * 10) + (c - '0');
                digits++;
                if (octet > 255)
                {
                    return false;
                }
            }
            else if (c == '.' && digits > 0 && count < 3)
            {
                bytes[count++] = (byte)octet;
                octet = -1;
                digits = 0;
            }
            else
            {
                return false;
            }
        }

        if (digits == 0 || count != 3)
        {
            return false;
        }

        bytes[count++] = (byte)octet;
        return true;
    }

    /// <summary>True when the address (4 or 16 bytes) is of the same family and inside the network.</summary>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (address.Length != _network.Length)
        {
            return false;
        }

        for (int i = 0; i < _network.Length; i++)
        {
            if ((address[i] & _mask[i]) != _network[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryUnbracket(string text, out string plain, out string error)
    {
        plain = text;
        error = "";
        if (text.Length == 0 || text[0] != '[')
        {
            return true;
        }

        int close = text.IndexOf(']', StringComparison.Ordinal);
        if (close < 0)
        {
            error = $"missing ']' character after \"{text}\"";
            return false;
        }

        if (close + 1 < text.Length && text[close + 1] != '/')
        {
            error = $"garbage after \"{text[..(close + 1)]}\"";
            return false;
        }

        plain = string.Concat(text.AsSpan(1, close - 1), text.AsSpan(close + 1));
        return true;
    }

    private static bool TryParseLength(ReadOnlySpan<char> text, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length);
}

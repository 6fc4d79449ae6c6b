using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Text;

namespace Mta.Config;

/// <summary>A range of addresses, <c>10.0.0.0/8</c> or <c>[2001:db8::]/32</c>. The default value holds no address.</summary>
public readonly struct Network
{
    private readonly byte[]? _bytes;

    private Network(byte[] bytes, int prefixLength)
    {
        _bytes = bytes;
        PrefixLength = prefixLength;
    }

    public int PrefixLength { get; }

    /// <summary>The network of that prefix length that holds an address; host bits are cleared.</summary>
    public static Network Around(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        ClearHostBits(bytes, prefixLength);
        return new Network(bytes, prefixLength);
    }

    /// <summary>The class A, B or C network of an IPv4 address; an IPv6 address, or one of no class, alone.</summary>
    public static Network ClassOf(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return Around(address, bytes.Length == 16 ? 128 : bytes[0] < 128 ? 8 : bytes[0] < 192 ? 16 : bytes[0] < 224 ? 24 : 32);
    }

    /// <summary>
    /// Reads <c>a.b.c.d</c>, <c>a.b.c.d/n</c>, <c>2001:db8::/n</c> or a bracketed form.
    /// </summary>
    /// <returns>Null on success, else what is wrong, in Postfix's words.</returns>
    public static string? TryParse(string pattern, out Network network)
    {
        network = default;
        int slash = pattern.LastIndexOf('/');
        string host = slash < 0 ? pattern : pattern[..slash];
        string mask = slash < 0 ? "" : pattern[(slash + 1)..];
        if (host.StartsWith('['))
        {
            if (!host.EndsWith(']'))
            {
                return $"missing ']' character after \"{pattern}\"";
            }

            host = host[1..^1];
        }

        if (!TryParseAddress(host, out IPAddress? address))
        {
            return $"bad address pattern: \"{pattern}\"";
        }

        byte[] bytes = address.GetAddressBytes();
        int bits = bytes.Length * 8;
        int length = bits;
        if (slash >= 0)
        {
            if (mask.Length is 0 or > 3 || !mask.All(Ascii.IsDigit) || (length = int.Parse(mask, CultureInfo.InvariantCulture)) > bits)
            {
                return $"bad mask value in \"{pattern}\"";
            }

            byte[] cleared = [.. bytes];
            ClearHostBits(cleared, length);
            if (!cleared.AsSpan().SequenceEqual(bytes))
            {
                return $"non-null host address bits in \"{pattern}\", perhaps you should use \"{new Network(cleared, length).Plain()}\" instead";
            }
        }

        network = new Network(bytes, length);
        return null;
    }

    /// <summary>An address in its usual form: four decimal numbers, or IPv6 text; nothing else that inet_aton would take.</summary>
    public static bool TryParseAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.Contains(':'))
        {
            return !text.Contains('%') && !text.Contains('[') && !text.Contains('/') && IPAddress.TryParse(text, out address);
        }

        int dots = 0;
        int digits = 0;
        foreach (char c in text)
        {
            if (c == '.')
            {
                dots++;
                digits = 0;
            }
            else if (!Ascii.IsDigit(c) || ++digits > 3)
            {
                return false;
            }
        }

        string plain = dots == 3 ? string.Join('.', text.Split('.').Select(part => part.TrimStart('0') is { Length: > 0 } rest ? rest : part.Length > 0 ? "0" : "x")) : "x";
        return IPAddress.TryParse(plain, out address) && address.AddressFamily == AddressFamily.InterNetwork;
    }

    /// <summary>Is the address inside? Families do not mix; IPv4-mapped IPv6 addresses count as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        if (_bytes is null)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (!plain.TryWriteBytes(bytes, out int length) || length != _bytes.Length)
        {
            return false;
        }

        int whole = PrefixLength / 8;
        int rest = PrefixLength % 8;
        return bytes[..whole].SequenceEqual(_bytes.AsSpan(0, whole))
            && (rest == 0 || ((bytes[whole] ^ _bytes[whole]) >> (8 - rest)) == 0);
    }

    public override string ToString() => _bytes is null ? ""
        : _bytes.Length == 4 ? $"{new IPAddress(_bytes)}/{PrefixLength}"
        : $"[{new IPAddress(_bytes)}]/{PrefixLength}";

    private string Plain() => $"{new IPAddress(_bytes ?? [])}/{PrefixLength}";

    private static void ClearHostBits(byte[] bytes, int prefixLength)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            int keep = Math.Clamp(prefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - keep));
        }
    }
}

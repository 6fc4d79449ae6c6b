using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Text;

namespace Mta.Mail.Addresses;

/// <summary>Validity of host names, numeric addresses and address literals, as an MTA judges them.</summary>
public static class DomainSyntax
{
    private const int MaxHostNameLength = 255;
    private const int MaxLabelLength = 63;
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>
    /// Letters, digits, <c>-</c>, <c>_</c> in labels of 1 to 63 characters separated by dots; no label begins or ends
    /// with <c>-</c>; at most 255 characters; no trailing dot; not digits and dots alone (that is an address).
    /// </summary>
    public static bool IsValidHostName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxHostNameLength)
        {
            return false;
        }

        int label = 0;
        bool numeric = true;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (Ascii.IsAlphanumeric(c) || c == '_')
            {
                numeric &= Ascii.IsDigit(c);
                if (++label > MaxLabelLength)
                {
                    return false;
                }
            }
            else if (c == '.')
            {
                if (label == 0 || i + 1 == name.Length)
                {
                    return false;
                }

                label = 0;
            }
            else if (c == '-')
            {
                numeric = false;
                if (++label == 1 || label > MaxLabelLength || i + 1 == name.Length || name[i + 1] == '.')
                {
                    return false;
                }
            }
            else
            {
                return false;
            }
        }

        return !numeric;
    }

    /// <summary>As <see cref="IsValidHostName(ReadOnlySpan{char})"/>; names in UTF-8 are judged by their A-label form.</summary>
    public static bool IsValidHostName(string name, bool allowUtf8) =>
        IsValidHostName(name) || (allowUtf8 && TryToAscii(name, out string ascii) && IsValidHostName(ascii));

    /// <summary>The A-label form (RFC 5890) of a name held as UTF-8 bytes, in lower case (RFC 5895 §2); the same name when it is ASCII.</summary>
    public static bool TryToAscii(string name, out string ascii)
    {
        ascii = name;
        if (Ascii.IsAscii(name))
        {
            return true;
        }

        if (!ByteString.TryToUnicode(name, out string unicode))
        {
            return false;
        }

        try
        {
            ascii = Idn.GetAscii(unicode.ToLowerInvariant());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Four decimal octets; no network form, no leading blanks.</summary>
    public static bool IsValidIPv4(ReadOnlySpan<char> address)
    {
        int octets = 0;
        int value = -1;
        foreach (char c in address)
        {
            if (Ascii.IsDigit(c))
            {
                value = (Math.Max(value, 0) * 10) + (c - '0');
                if (value > 255)
                {
                    return false;
                }
            }
            else if (c == '.' && value >= 0 && octets < 3)
            {
                octets++;
                value = -1;
            }
            else
            {
                return false;
            }
        }

        return octets == 3 && value >= 0;
    }

    /// <summary>RFC 4291 §2.2 text, without zone and brackets.</summary>
    public static bool IsValidIPv6(ReadOnlySpan<char> address)
    {
        foreach (char c in address)
        {
            // IPAddress also takes brackets and zones, which have no place here.
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return false;
            }
        }

        return address.Contains(':')
            && IPAddress.TryParse(address, out IPAddress? parsed)
            && parsed.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>A numeric IPv4 or IPv6 address without any brackets.</summary>
    public static bool IsValidHostAddress(ReadOnlySpan<char> address) => IsValidIPv4(address) || IsValidIPv6(address);

    /// <summary>An address literal with its brackets (RFC 5321 §4.1.3): <c>[192.0.2.1]</c> or <c>[IPv6:…]</c>.</summary>
    public static bool IsValidLiteral(ReadOnlySpan<char> literal) => TryParseLiteral(literal, out _);

    /// <summary>The numeric address inside an address literal.</summary>
    public static bool TryParseLiteral(ReadOnlySpan<char> literal, out string address)
    {
        address = "";
        if (literal.Length < 3 || literal[0] != '[' || literal[^1] != ']')
        {
            return false;
        }

        ReadOnlySpan<char> inner = literal[1..^1];
        bool valid;
        if (Ascii.StartsWithIgnoreCase(inner, "IPv6:"))
        {
            inner = inner["IPv6:".Length..];
            valid = IsValidIPv6(inner);
        }
        else
        {
            valid = IsValidIPv4(inner);
        }

        address = valid ? inner.ToString() : "";
        return valid;
    }

    /// <summary>An address as it stands in trace fields and literals: IPv6 gets its <c>IPv6:</c> tag.</summary>
    public static string ToRfc5321(string address) => address.Contains(':') ? "IPv6:" + address : address;
}

using System.Buffers;
using Mta.Mail.Protocols;

namespace Mta.Cleanup;

/// <summary>Tells addresses of a header that no rule changes, as most are, without asking anyone.</summary>
internal static class PlainAddresses
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create("\"();:\\\n"u8);

    /// <summary>Addresses separated by commas, each <c>atom@domain</c> or <c>phrase &lt;atom@domain&gt;</c>, nothing else.</summary>
    public static bool Are(ReadOnlySpan<byte> value)
    {
        if (value.Length > 2000 || value.ContainsAny(NotPlain))
        {
            return false;
        }

        Span<char> address = stackalloc char[256];
        foreach (Range range in value.Split((byte)','))
        {
            ReadOnlySpan<byte> part = value[range].Trim(" \t"u8);
            int open = part.IndexOf((byte)'<');
            if (open >= 0)
            {
                if (part[^1] != '>' || part[..open].Contains((byte)'@'))
                {
                    return false;
                }

                part = part[(open + 1)..^1];
            }

            if (part.Length > address.Length)
            {
                return false;
            }

            System.Text.Encoding.Latin1.GetChars(part, address);
            if (!RewriteProtocol.IsPlainAddress(address[..part.Length]))
            {
                return false;
            }
        }

        return true;
    }
}

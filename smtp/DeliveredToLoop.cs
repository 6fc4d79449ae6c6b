using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Smtp;

/// <summary>Finds out whether a message was delivered to an address before (flag <c>D</c>).</summary>
internal static class DeliveredToLoop
{
    private const int MaxHeaders = 10_000;
    private const int MaxAddress = 2048;

    public static bool Contains(Delivery.Delivery delivery, string address)
    {
        string external = Mta.Mail.Addresses.AddressSyntax.ToExternal(address);
        Span<byte> line = stackalloc byte[MaxAddress];
        int length = 0;
        using ContentReader content = delivery.File.Content(delivery.Request.ContentOffset);
        for (int lines = 0; lines < MaxHeaders && content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine);)
        {
            int taken = Math.Min(text.Length, line.Length - length);
            text[..taken].CopyTo(line[length..]);
            length += taken;
            if (!endsLine)
            {
                continue;
            }

            ReadOnlySpan<byte> header = line[..length];
            length = 0;
            lines++;
            if (!HeaderSyntax.IsContinuation(header) && !HeaderSyntax.TryParseName(header, out _, out _))
            {
                return false;
            }

            int colon = header.IndexOf((byte)':');
            if (colon > 0
                && Ascii.EqualsIgnoreCase(header[..colon].TrimEnd(" \t"u8), "Delivered-To"u8)
                && Ascii.EqualsIgnoreCase(ByteString.FromBytes(header[(colon + 1)..].Trim(" \t"u8)), external))
            {
                return true;
            }
        }

        return false;
    }
}

using Mta.Linux;
using Mta.Mail.Headers;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Delivery;

/// <summary>The <c>Delivered-To:</c> headers of a queued message, in which a forwarding loop shows.</summary>
public sealed class DeliveredToHeaders
{
    private const int MaxAddresses = 1000;
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);

    private DeliveredToHeaders()
    {
    }

    /// <param name="external">Quoted form, folded to lower case.</param>
    public bool Contains(string external) => _addresses.Contains(external);

    /// <summary>Reads the header of a message, first lines only, up to the first line that is none.</summary>
    public static DeliveredToHeaders Read(Delivery delivery)
    {
        DeliveredToHeaders found = new();
        try
        {
            using ContentReader content = delivery.File.Content(delivery.Request.ContentOffset);
            bool atLineStart = true;
            while (found._addresses.Count < MaxAddresses && content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine))
            {
                if (atLineStart && !HeaderSyntax.IsContinuation(text))
                {
                    if (!HeaderSyntax.TryParseName(text, out int nameLength, out int colon))
                    {
                        break;
                    }

                    if (Ascii.EqualsIgnoreCase(text[..nameLength], "Delivered-To"u8))
                    {
                        found._addresses.Add(Ascii.ToLower(ByteString.FromBytes(text[(colon + 1)..]).TrimStart(' ', '\t')));
                    }
                }

                atLineStart = endsLine;
            }
        }
        catch (LinuxException)
        {
            // The delivery itself will meet the same error and report it.
        }

        return found;
    }
}

using Mta.Linux;
using Mta.Text;

namespace Mta.Local;

/// <summary>What all addresses that one request recipient expands to share.</summary>
internal sealed class Expansion(Delivery.Delivery delivery, Lazy<DeliveredToHeaders> deliveredTo, int filterLimit)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public Delivery.Delivery Delivery => delivery;

    /// <summary>The queue file is damaged: nothing more is reported for anyone.</summary>
    public bool IsCorrupt { get; set; }

    /// <summary>Mail to send on when all went well.</summary>
    public List<ForwardedMessage> Forwards { get; } = [];

    /// <summary>Forward files met so far; true when done with.</summary>
    public Dictionary<string, bool> ForwardFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the message was delivered to this address before.</summary>
    public bool HasLoop(string external) => deliveredTo.Value.Contains(external);

    /// <summary>Notes that something was done, without regard to case.</summary>
    /// <returns>False when it was done before. Beyond <c>duplicate_filter_limit</c> nothing is remembered.</returns>
    public bool IsFirst(string action)
    {
        string key = Ascii.ToLower(action);
        return filterLimit > 0 && _seen.Count >= filterLimit ? !_seen.Contains(key) : _seen.Add(key);
    }
}

/// <summary>A message to send on: who gets it is known only at the end.</summary>
/// <param name="DeliveredTo">The address of its <c>Delivered-To</c> header.</param>
/// <param name="From">Sender and DSN attributes.</param>
internal sealed record ForwardedMessage(string DeliveredTo, Addressee From)
{
    public List<Mail.Protocols.DeliveryRecipient> Recipients { get; } = [];
}

/// <summary>The <c>Delivered-To:</c> headers of a queued message, in which a forwarding loop shows.</summary>
internal sealed class DeliveredToHeaders
{
    private const int MaxAddresses = 1000;
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);

    private DeliveredToHeaders()
    {
    }

    /// <param name="external">Quoted form, folded to lower case.</param>
    public bool Contains(string external) => _addresses.Contains(external);

    /// <summary>Reads the header of a message, first lines only, up to the first line that is none.</summary>
    public static DeliveredToHeaders Read(Delivery.Delivery delivery)
    {
        DeliveredToHeaders found = new();
        try
        {
            using Mail.Queue.ContentReader content = delivery.File.Content(delivery.Request.ContentOffset);
            bool atLineStart = true;
            while (found._addresses.Count < MaxAddresses && content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine))
            {
                if (atLineStart && !Mail.Headers.HeaderSyntax.IsContinuation(text))
                {
                    if (!Mail.Headers.HeaderSyntax.TryParseName(text, out int nameLength, out int colon))
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

using Mta.Delivery;
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

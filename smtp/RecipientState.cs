using Mta.Mail.Protocols;

namespace Mta.Smtp;

/// <summary>One recipient of a request: what the current server said, and whether it is finished.</summary>
internal sealed class RecipientState(DeliveryRecipient recipient)
{
    public DeliveryRecipient Recipient { get; } = recipient;

    /// <summary>The server took the recipient in this transaction.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>What became of it in this transaction; null while that is open.</summary>
    public Dsn? Outcome { get; set; }
}

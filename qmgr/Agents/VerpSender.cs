using Mta.Mail.Addresses;
using Mta.Qmgr.Scheduling;

namespace Mta.Qmgr.Agents;

/// <summary>
/// Variable envelope return paths: a sender address that names the recipient, so that a bounce tells who it was.
/// </summary>
internal sealed class VerpSender(string defaultDelimiters)
{
    /// <summary><c>prefix d1 rcptlocal d2 rcptdomain @origin</c>; parts that are absent leave their delimiter out.</summary>
    public string For(Message message, Recipient recipient)
    {
        string delimiters = message.VerpDelimiters.Length == 2 ? message.VerpDelimiters : defaultDelimiters;
        string address = recipient.Wire.OriginalRecipient.Length > 0 ? recipient.Wire.OriginalRecipient : recipient.Address;
        AddressSyntax.Split(message.Sender, out string prefix, out string? origin);
        AddressSyntax.Split(address, out string local, out string? domain);
        string encoded = $"{prefix}{delimiters[0]}{local}";
        encoded = domain is null ? encoded : $"{encoded}{delimiters[1]}{domain}";
        return origin is null ? encoded : $"{encoded}@{origin}";
    }
}

using Mta.Mail.Protocols;

namespace Mta.Mail.Queue;

/// <summary>
/// What a bounce, defer or trace log says of one recipient. Addresses are in external (quoted) form, as they stand in
/// the file; all text is printable.
/// </summary>
/// <param name="Recipient">External form; <c>&lt;&gt;</c> and the texts for missing addresses as the reader puts them.</param>
/// <param name="OriginalRecipient">External form; empty when it is the recipient itself.</param>
/// <param name="Offset">Of the recipient's record in the queue file; 0 when unknown.</param>
/// <param name="Status">What became of it.</param>
public sealed record BounceLogEntry(string Recipient, string OriginalRecipient, long Offset, string DsnOriginalRecipient, DsnNotify Notify, Protocols.Dsn Status);

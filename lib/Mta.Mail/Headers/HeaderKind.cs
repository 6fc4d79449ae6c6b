namespace Mta.Mail.Headers;

/// <summary>Headers that mean something to mail transport.</summary>
public enum HeaderKind
{
    /// <summary>Any other header: passes untouched.</summary>
    Other,
    ApparentlyTo,
    Bcc,
    Cc,
    ContentDescription,
    ContentDisposition,
    ContentId,
    ContentLength,
    ContentTransferEncoding,
    ContentType,
    Date,
    DeliveredTo,
    DispositionNotificationTo,
    ErrorsTo,
    From,
    MailFollowupTo,
    MessageId,
    MimeVersion,
    Received,
    ReplyTo,
    RequireTlsEsmtp,
    ResentBcc,
    ResentCc,
    ResentDate,
    ResentFrom,
    ResentMessageId,
    ResentReplyTo,
    ResentSender,
    ResentTo,
    ReturnPath,
    ReturnReceiptTo,
    Sender,
    TlsRequired,
    To,
}

/// <summary>Whose addresses a header holds, for the choice of canonical tables.</summary>
public enum HeaderAddressClass
{
    None,
    Sender,
    Recipient,
}

/// <summary>What a header is.</summary>
/// <param name="Name">As written when the header is composed anew.</param>
/// <param name="IsResent">One of the Resent- headers (RFC 5322 §3.6.6).</param>
/// <param name="IsMime">Belongs to MIME wherever it stands.</param>
public sealed record HeaderInfo(HeaderKind Kind, string Name, HeaderAddressClass Addresses = HeaderAddressClass.None, bool IsResent = false, bool IsMime = false);

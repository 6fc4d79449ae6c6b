using Mta.Text;
using static Mta.Mail.Headers.HeaderAddressClass;

namespace Mta.Mail.Headers;

/// <summary>The known headers, found by name without regard to case.</summary>
public static class HeaderTable
{
    private static readonly HeaderInfo[] Headers =
    [
        new(HeaderKind.ApparentlyTo, "Apparently-To", Recipient),
        new(HeaderKind.Bcc, "Bcc", Recipient),
        new(HeaderKind.Cc, "Cc", Recipient),
        new(HeaderKind.ContentDescription, "Content-Description", IsMime: true),
        new(HeaderKind.ContentDisposition, "Content-Disposition", IsMime: true),
        new(HeaderKind.ContentId, "Content-ID", IsMime: true),
        new(HeaderKind.ContentLength, "Content-Length"),
        new(HeaderKind.ContentTransferEncoding, "Content-Transfer-Encoding", IsMime: true),
        new(HeaderKind.ContentType, "Content-Type", IsMime: true),
        new(HeaderKind.Date, "Date"),
        new(HeaderKind.DeliveredTo, "Delivered-To"),
        new(HeaderKind.DispositionNotificationTo, "Disposition-Notification-To", Sender),
        new(HeaderKind.ErrorsTo, "Errors-To", Sender),
        new(HeaderKind.From, "From", Sender),
        new(HeaderKind.MailFollowupTo, "Mail-Followup-To", Sender),
        new(HeaderKind.MessageId, "Message-Id"),
        new(HeaderKind.MimeVersion, "MIME-Version", IsMime: true),
        new(HeaderKind.Received, "Received"),
        new(HeaderKind.ReplyTo, "Reply-To", Sender),
        new(HeaderKind.RequireTlsEsmtp, "Require-TLS-ESMTP"),
        new(HeaderKind.ResentBcc, "Resent-Bcc", Recipient, IsResent: true),
        new(HeaderKind.ResentCc, "Resent-Cc", Recipient, IsResent: true),
        new(HeaderKind.ResentDate, "Resent-Date", IsResent: true),
        new(HeaderKind.ResentFrom, "Resent-From", Sender, IsResent: true),
        new(HeaderKind.ResentMessageId, "Resent-Message-Id", IsResent: true),
        new(HeaderKind.ResentReplyTo, "Resent-Reply-To", Recipient, IsResent: true),
        new(HeaderKind.ResentSender, "Resent-Sender", Sender, IsResent: true),
        new(HeaderKind.ResentTo, "Resent-To", Recipient, IsResent: true),
        new(HeaderKind.ReturnPath, "Return-Path", Sender),
        new(HeaderKind.ReturnReceiptTo, "Return-Receipt-To", Sender),
        new(HeaderKind.Sender, "Sender", Sender),
        new(HeaderKind.TlsRequired, "TLS-Required"),
        new(HeaderKind.To, "To", Recipient),
    ];

    // By length of the name, then by comparison: no allocation, at most five candidates.
    private static readonly HeaderInfo[][] ByLength = Group();

    /// <summary>The known header of that name; null for any other.</summary>
    public static HeaderInfo? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= ByLength.Length)
        {
            return null;
        }

        foreach (HeaderInfo header in ByLength[name.Length])
        {
            if (EqualsIgnoreCase(name, header.Name))
            {
                return header;
            }
        }

        return null;
    }

    private static bool EqualsIgnoreCase(ReadOnlySpan<byte> bytes, string text)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (Ascii.ToLower(bytes[i]) != Ascii.ToLower(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static HeaderInfo[][] Group()
    {
        int longest = Headers.Max(static header => header.Name.Length);
        HeaderInfo[][] groups = new HeaderInfo[longest + 1][];
        for (int length = 0; length <= longest; length++)
        {
            groups[length] = [.. Headers.Where(header => header.Name.Length == length)];
        }

        return groups;
    }
}

using Mta.Mail;
using Mta.Smtpd.Restrictions;

namespace Mta.Smtpd.Access;

/// <summary>
/// An address status (x.1.n) that an administrator wrote is changed to one that fits what was refused: a sender is no
/// bad destination (RFC 3463 §3.2).
/// </summary>
internal static class AccessStatus
{
    public static EnhancedStatus Repair(EnhancedStatus status, string replyClass)
    {
        if (status.Subject != 1)
        {
            return status;
        }

        EnhancedStatus repaired = replyClass switch
        {
            ReplyClass.Sender => status.Detail switch
            {
                1 or 3 or 4 or 6 or 7 => EnhancedStatus.Create(status.Class, 1, 7),
                2 or 8 => EnhancedStatus.Create(status.Class, 1, 8),
                _ => EnhancedStatus.Create(status.Class, 1, 0),
            },
            ReplyClass.Recipient => status.Detail switch
            {
                >= 1 and <= 6 => status,
                7 => EnhancedStatus.Create(status.Class, 1, 3),
                8 => EnhancedStatus.Create(status.Class, 1, 2),
                _ => EnhancedStatus.Create(status.Class, 1, 0),
            },
            _ => EnhancedStatus.Create(status.Class, 0, 0),
        };
        if (repaired != status)
        {
            LogLines.Info($"mapping DSN status {status} into {replyClass} status {repaired}");
        }

        return repaired;
    }
}

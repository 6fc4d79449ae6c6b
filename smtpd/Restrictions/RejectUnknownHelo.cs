using Mta.Mail.Addresses;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_unknown_helo_hostname</c>: a name without address and without MX record.</summary>
internal sealed class RejectUnknownHelo(string name, DomainLookups lookups, int code, int invalidCode, bool defersIfPermit) : Restriction(name)
{
    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (at.Session.HeloName is not { } helo)
        {
            return Verdict.Dunno;
        }

        if (helo[0] == '[')
        {
            return DomainSyntax.IsValidLiteral(helo) ? Verdict.Dunno : at.Reject(invalidCode, "5.5.2", helo, ReplyClass.Helo, "invalid ip address");
        }

        switch (DomainSyntax.TryToAscii(helo, out string ascii) ? await lookups.FindHostOrMxAsync(ascii, stop) : MailDomain.Missing)
        {
            case MailDomain.Exists or MailDomain.NullMx:
                return Verdict.Dunno;
            case MailDomain.Missing:
                return at.Reject(code, "4.7.1", helo, ReplyClass.Helo, "Host not found");
            case MailDomain.Malformed:
                return at.Reject(code, "4.7.1", helo, ReplyClass.Helo, "Malformed DNS server reply");
            default:
                if (!defersIfPermit)
                {
                    return at.Reject(450, "4.7.1", helo, ReplyClass.Helo, "Host not found");
                }

                at.DeferIfPermit(450, "4.7.1", helo, ReplyClass.Helo, "Host not found");
                return Verdict.Dunno;
        }
    }
}

using Mta.Mail.Addresses;
using Mta.Mail.Protocols;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_unknown_sender_domain</c> and <c>reject_unknown_recipient_domain</c>: a domain that could not be answered, or delivered to.</summary>
internal sealed class RejectUnknownDomain(string name, bool isSender, DomainLookups lookups, int code, bool defersIfPermit) : Restriction(name)
{
    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        string? address = isSender ? at.Sender : at.Recipient;
        if (string.IsNullOrEmpty(address))
        {
            return Verdict.Dunno;
        }

        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(address, stop);
        if (resolved.IsFailed)
        {
            return at.LookupFailure(address);
        }

        string domain = AddressSyntax.Domain(resolved.Recipient).ToString();
        if (domain.Length == 0 || domain[0] == '[' || resolved.Class is ResolveFlags.ClassLocal or ResolveFlags.ClassAlias or ResolveFlags.ClassVirtual)
        {
            return Verdict.Dunno;
        }

        string replyClass = isSender ? ReplyClass.Sender : ReplyClass.Recipient;
        string status = isSender ? "4.1.8" : "4.1.2";
        switch (DomainSyntax.TryToAscii(domain, out string ascii) ? await lookups.FindMailDomainAsync(ascii, stop) : MailDomain.Missing)
        {
            case MailDomain.Exists:
                return Verdict.Dunno;
            case MailDomain.Missing:
                return at.Reject(code, status, address, replyClass, "Domain not found");
            case MailDomain.Malformed:
                return at.Reject(code, status, address, replyClass, "Malformed DNS server reply");
            case MailDomain.NullMx:
                return isSender
                    ? at.Reject(550, "5.7.27", address, replyClass, $"Domain {domain} does not accept mail (nullMX)")
                    : at.Reject(556, "5.1.10", address, replyClass, $"Domain {domain} does not accept mail (nullMX)");
            default:
                if (!defersIfPermit)
                {
                    return at.Reject(450, status, address, replyClass, "Domain not found");
                }

                at.DeferIfPermit(450, status, address, replyClass, "Domain not found");
                return Verdict.Dunno;
        }
    }
}

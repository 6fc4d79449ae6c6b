using Mta.Mail.Addresses;

namespace Mta.Smtpd.Restrictions;

/// <summary>Which name a restriction looks at.</summary>
internal enum Subject
{
    Client,
    ReverseClient,
    Helo,
    Sender,
    Recipient,
    Etrn,
}

/// <summary><c>reject_non_fqdn_helo_hostname</c>, <c>reject_non_fqdn_sender</c> and <c>reject_non_fqdn_recipient</c>.</summary>
internal sealed class RejectNonFqdn(string name, Subject subject, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) => new(subject switch
    {
        Subject.Helo => at.Session.HeloName is { } helo && !IsQualified(helo)
            ? at.Reject(code, "5.5.2", helo, ReplyClass.Helo, "need fully-qualified hostname")
            : Verdict.Dunno,
        Subject.Sender => at.Sender.Length > 0 && !IsQualified(AddressSyntax.Domain(at.Sender))
            ? at.Reject(code, "5.5.2", at.Sender, ReplyClass.Sender, "need fully-qualified address")
            : Verdict.Dunno,
        _ => at.Recipient is { } recipient && !Mta.Text.Ascii.EqualsIgnoreCase(recipient, "postmaster") && !IsQualified(AddressSyntax.Domain(recipient))
            ? at.Reject(code, "5.5.2", recipient, ReplyClass.Recipient, "need fully-qualified address")
            : Verdict.Dunno,
    });

    // A literal needs no dot of its own; one trailing dot does not make a name.
    private static bool IsQualified(ReadOnlySpan<char> domain)
    {
        if (domain.Length > 0 && domain[0] == '[')
        {
            return true;
        }

        if (domain.Length > 0 && domain[^1] == '.')
        {
            domain = domain[..^1];
        }

        return domain.Contains('.') && DomainSyntax.IsValidHostName(domain.ToString(), allowUtf8: true);
    }
}

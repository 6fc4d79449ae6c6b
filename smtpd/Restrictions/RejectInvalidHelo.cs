using Mta.Mail.Addresses;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_invalid_helo_hostname</c>.</summary>
internal sealed class RejectInvalidHelo(string name, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (at.Session.HeloName is not { } helo)
        {
            return new(Verdict.Dunno);
        }

        if (helo[0] == '[')
        {
            return new(DomainSyntax.IsValidLiteral(helo) ? Verdict.Dunno : at.Reject(code, "5.5.2", helo, ReplyClass.Helo, "invalid ip address"));
        }

        string plain = helo.Length > 1 && helo[^1] == '.' ? helo[..^1] : helo;
        return new(DomainSyntax.IsValidHostAddress(plain) || DomainSyntax.IsValidHostName(plain, allowUtf8: true)
            ? Verdict.Dunno
            : at.Reject(code, "5.5.2", helo, ReplyClass.Helo, "Invalid name"));
    }
}

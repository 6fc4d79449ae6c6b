namespace Mta.Smtpd.Restrictions;

/// <summary><c>permit_sasl_authenticated</c>: a proxy's word (XCLIENT LOGIN) counts only where the server knows logins itself.</summary>
internal sealed class PermitAuthenticated(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(at.Session.IsAuthenticated ? Verdict.Permit : Verdict.Dunno);
}

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_unauth_pipelining</c>.</summary>
internal sealed class RejectUnauthPipelining(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) => new(at.Session.HasImproperPipelining
        ? at.Reject(503, "5.5.0", at.Name, at.Class, "Improper use of SMTP command pipelining")
        : Verdict.Dunno);
}

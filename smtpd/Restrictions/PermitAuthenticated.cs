namespace Mta.Smtpd.Restrictions;

/// <summary><c>permit_sasl_authenticated</c> and <c>permit_tls_clientcerts</c>: no client is authenticated here, so nothing is ever permitted.</summary>
internal sealed class PermitAuthenticated(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) => new(Verdict.Dunno);
}

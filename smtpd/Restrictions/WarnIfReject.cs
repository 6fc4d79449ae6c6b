namespace Mta.Smtpd.Restrictions;

/// <summary><c>warn_if_reject</c>: the list it stands in looks for it and treats what follows with leniency.</summary>
internal sealed class WarnIfReject(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) => new(Verdict.Dunno);
}

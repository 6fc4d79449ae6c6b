namespace Mta.Smtpd.Restrictions;

/// <summary><c>permit</c>.</summary>
internal sealed class Permit(string name) : Restriction(name)
{
    public override bool IsFinal => true;

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) => new(Verdict.Permit);
}

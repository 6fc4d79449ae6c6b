namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject</c>.</summary>
internal sealed class Reject(string name, int code) : Restriction(name)
{
    public override bool IsFinal => true;

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(at.Reject(code, "5.7.1", at.Name, at.Class, "Access denied"));
}

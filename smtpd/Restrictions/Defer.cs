namespace Mta.Smtpd.Restrictions;

/// <summary><c>defer</c>.</summary>
internal sealed class Defer(string name, int code) : Restriction(name)
{
    public override bool IsFinal => true;

    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(at.Reject(code, "4.3.2", at.Name, at.Class, "Try again later"));
}

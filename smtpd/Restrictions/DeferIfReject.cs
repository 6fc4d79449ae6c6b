namespace Mta.Smtpd.Restrictions;

/// <summary><c>defer_if_reject</c>.</summary>
internal sealed class DeferIfReject(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        at.DeferIfReject(450, "4.7.0", at.Name, at.Class, "defer_if_reject requested");
        return new(Verdict.Dunno);
    }
}

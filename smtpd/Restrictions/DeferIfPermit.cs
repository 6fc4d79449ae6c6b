namespace Mta.Smtpd.Restrictions;

/// <summary><c>defer_if_permit</c>.</summary>
internal sealed class DeferIfPermit(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        at.DeferIfPermit(450, "4.7.0", at.Name, at.Class, "defer_if_permit requested");
        return new(Verdict.Dunno);
    }
}

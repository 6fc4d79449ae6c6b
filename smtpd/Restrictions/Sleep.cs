namespace Mta.Smtpd.Restrictions;

/// <summary><c>sleep seconds</c>.</summary>
internal sealed class Sleep(string name, TimeSpan pause) : Restriction(name)
{
    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        await Task.Delay(pause, stop);
        return Verdict.Dunno;
    }
}

namespace Mta.Smtpd.Restrictions;

/// <summary>A word that is no restriction, or one that is not built: nobody passes on a guess.</summary>
internal sealed class UnknownRestriction(string name, string? warning = null) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (warning is null)
        {
            LogLines.UnknownRestriction(Name);
        }
        else
        {
            LogLines.Warning(warning);
        }

        return new(at.ConfigurationError());
    }
}

namespace Mta.Smtpd.Restrictions;

/// <summary>The name of a list of restrictions (<c>smtpd_restriction_classes</c>).</summary>
internal sealed class RestrictionClass(string name) : Restriction(name)
{
    public const int MaxDepth = 100;

    /// <summary>The list; set when all classes are known, since they may name each other.</summary>
    public RestrictionList List { get; set; } = RestrictionList.Empty;

    public override bool IsIndirect => true;

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (at.Depth >= MaxDepth)
        {
            LogLines.Warning($"class {Name}: unreasonable nesting depth {at.Depth}");
            return at.ConfigurationError();
        }

        at.Depth++;
        Verdict verdict = await List.EvaluateAsync(at, stop);
        at.Depth--;
        return verdict;
    }
}

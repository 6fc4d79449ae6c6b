namespace Mta.Smtpd.Restrictions;

/// <summary>Restrictions in order; the first one that decides ends the list.</summary>
internal sealed class RestrictionList(IReadOnlyList<Restriction> items)
{
    public static readonly RestrictionList Empty = new([]);

    public IReadOnlyList<Restriction> Items { get; } = items;

    public bool IsEmpty => Items.Count == 0;

    public async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        // warn_if_reject holds for what follows it, and for all that this leads to.
        bool onlyWarns = at.OnlyWarns;
        for (int i = 0; i < Items.Count; i++)
        {
            Restriction item = Items[i];
            if (item is WarnIfReject)
            {
                at.OnlyWarns = true;
                continue;
            }

            Verdict verdict = await item.EvaluateAsync(at, stop);
            at.OnlyWarns = onlyWarns;
            if (item.IsFinal && i + 1 < Items.Count)
            {
                LogLines.Warning($"restriction `{Items[i + 1].Name}' after `{item.Name}' is ignored");
            }

            if (verdict.Kind == VerdictKind.Permit && !item.IsIndirect)
            {
                await at.Server.PermitLog.NoteAsync(at, item, stop);
            }

            if (!verdict.IsDunno)
            {
                return verdict;
            }

            if (at.IsSettled)
            {
                return at.Settle();
            }
        }

        return Verdict.Dunno;
    }
}

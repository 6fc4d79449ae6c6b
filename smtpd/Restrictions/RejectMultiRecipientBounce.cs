namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_multi_recipient_bounce</c>: a notice goes to one recipient.</summary>
internal sealed class RejectMultiRecipientBounce(string name, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        int accepted = at.Session.Transaction?.RecipientCount ?? 0;
        bool several = at.List is ListKind.Data or ListKind.EndOfData ? accepted > 1 : accepted > 0;
        return new(at.HasSender && at.Sender.Length == 0 && several
            ? at.Reject(code, "5.5.3", at.Name, at.Class, "Multi-recipient bounce")
            : Verdict.Dunno);
    }
}

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_unlisted_sender</c> and <c>reject_unlisted_recipient</c>: an address of ours that does not exist.</summary>
internal sealed class RejectUnlisted(string name, bool isSender) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        isSender ? at.Server.Listed.CheckSenderAsync(at, stop) : at.Server.Listed.CheckRecipientAsync(at, stop);
}

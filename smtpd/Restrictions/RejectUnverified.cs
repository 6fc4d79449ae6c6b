using Mta.Mail;
using Mta.Mail.Protocols;
using Mta.Text;

namespace Mta.Smtpd.Restrictions;

/// <summary>How an unverified address is refused.</summary>
internal sealed record VerificationPolicy(int RejectCode, int DeferCode, string Reason, bool DefersIfPermit, int PollCount, TimeSpan PollDelay);

/// <summary><c>reject_unverified_sender</c> and <c>reject_unverified_recipient</c>: asks the verify service, which may send a probe.</summary>
internal sealed class RejectUnverified(string name, bool isSender, VerifyClient client, VerificationPolicy policy) : Restriction(name)
{
    private const int MaxReason = 250;

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        string? address = isSender ? at.Sender : at.Recipient;
        if (string.IsNullOrEmpty(address))
        {
            return Verdict.Dunno;
        }

        VerifyReply known = await client.QueryAsync(address, stop);
        for (int polls = 1; polls < policy.PollCount && known.Outcome == VerifyOutcome.Ok && known.Status == VerifyStatus.Unknown; polls++)
        {
            await Task.Delay(policy.PollDelay, stop);
            known = await client.QueryAsync(address, stop);
        }

        string replyClass = isSender ? ReplyClass.Sender : ReplyClass.Recipient;
        string status = isSender ? "4.1.7" : "4.1.1";
        if (known.Outcome != VerifyOutcome.Ok)
        {
            if (known.Reason.Length > 0)
            {
                LogLines.Trouble(at.Session, Printable.Neutralize(known.Reason));
            }

            LogLines.Trouble(at.Session, "verify service failure");
            return at.Reject(450, status, address, replyClass, "address verification problem");
        }

        if (known.Status == VerifyStatus.Ok)
        {
            return Verdict.Dunno;
        }

        int code = known.Status == VerifyStatus.Bounce ? policy.RejectCode : policy.DeferCode;
        if (code / 100 == 2)
        {
            return Verdict.Dunno;
        }

        EnhancedStatus own = default;
        string why = EnhancedStatus.Split(known.Reason, ref own);
        why = Printable.Neutralize(policy.Reason.Length > 0 ? policy.Reason : why.Length > MaxReason ? why[..MaxReason] : why, allowUtf8: true);
        if (code / 100 == 5)
        {
            return at.Reject(code, isSender ? "5.1.7" : "5.1.1", address, replyClass, $"undeliverable address: {why}");
        }

        string text = $"unverified address: {why}";
        if (policy.DefersIfPermit)
        {
            at.DeferIfPermit(code, status, address, replyClass, text);
            return Verdict.Dunno;
        }

        return at.Reject(code, status, address, replyClass, text);
    }
}

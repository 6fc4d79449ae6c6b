using Mta.Mail;
using Mta.Mail.Addresses;

namespace Mta.Smtpd.Restrictions;

/// <summary>
/// <c>reject_unauthenticated_sender_login_mismatch</c>, and what of its kin concerns clients that have not logged in:
/// nobody has, here.
/// </summary>
internal sealed class RejectSenderLogin(string name, AddressLookup owners, bool judgesStrangers) : Restriction(name)
{
    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (!judgesStrangers || at.Sender.Length == 0)
        {
            return Verdict.Dunno;
        }

        AddressLookupResult found = await owners.FindAsync(at.Sender, AddressForm.ExternalThenInternal, AddressKeys.Usual, stop);
        return found.IsFailed ? at.LookupFailure(at.Sender)
            : found.IsFound ? at.Reject(553, "5.7.1", at.Sender, ReplyClass.Sender, "not logged in")
            : Verdict.Dunno;
    }
}

namespace Mta.Smtpd.Restrictions;

/// <summary>
/// <c>reject_sender_login_mismatch</c> and its kin: who may use a sender address depends on who has logged in, and nobody
/// can. As in Postfix without SASL, it says so and does nothing.
/// </summary>
internal sealed class RejectSenderLogin(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (Name == "reject_sender_login_mismatch")
        {
            LogLines.Warning("restriction `reject_authenticated_sender_login_mismatch' ignored: no SASL support");
            LogLines.Warning("restriction `reject_unauthenticated_sender_login_mismatch' ignored: no SASL support");
        }
        else
        {
            LogLines.Warning($"restriction `{Name}' ignored: no SASL support");
        }

        return new(Verdict.Dunno);
    }
}

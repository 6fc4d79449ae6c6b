namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_plaintext_session</c>: no session here is encrypted.</summary>
internal sealed class RejectPlaintextSession(string name, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(at.Reject(code, "4.7.1", "Session encryption is required"));
}

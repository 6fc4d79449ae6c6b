namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_plaintext_session</c></summary>
internal sealed class RejectPlaintextSession(string name, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        new(at.Session.Encryption is null ? at.Reject(code, "4.7.1", "Session encryption is required") : Verdict.Dunno);
}

using Mta.Service;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>reject_unknown_client_hostname</c> and <c>reject_unknown_reverse_client_hostname</c>.</summary>
internal sealed class RejectUnknownClient(string name, bool isReverse, int code) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        ClientIdentity client = at.Session.Client;
        NameStatus status = isReverse ? client.ReverseStatus : client.NameStatus;
        if (status == NameStatus.Ok)
        {
            return new(Verdict.Dunno);
        }

        int used = status == NameStatus.Temporary ? 450 : code;
        return new(isReverse
            ? at.Reject(used, "4.7.1", $"Client host rejected: cannot find your reverse hostname, [{client.Address}]")
            : at.Reject(used, "4.7.25", $"Client host rejected: cannot find your hostname, [{client.Address}]"));
    }
}

using Mta.Smtpd.Access;
using Mta.Smtpd.Policy;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>check_policy_service</c>: a program of the administrator's decides, with the words of an access table.</summary>
internal sealed class CheckPolicyService(string name, PolicyServer server, AccessActions actions) : Restriction(name)
{
    public override bool IsIndirect => true;

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        // Who the answer is about is what the list is about; it may change the names on its way.
        (string about, string replyClass) = (at.Name, at.Class);
        string action = await server.AskAsync(new PolicyRequest(at), stop) ?? server.Settings.DefaultAction;
        return await actions.DecideAsync(at, action.Trim(' ', '\t', '\r', '\n'), "policy query", $"table {server.Name}", about, replyClass, stop);
    }
}

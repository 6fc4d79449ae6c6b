using Mta.Config;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>permit_mynetworks</c>.</summary>
internal sealed class PermitMynetworks(string name, AddressMatchList networks) : Restriction(name)
{
    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Client, at.Session.NameAndAddress);

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop) =>
        await networks.MatchesAsync(at.Session.Client.Name, at.Session.Client.Address, stop) switch
        {
            MatchResult.Yes => Verdict.Permit,
            MatchResult.No => Verdict.Dunno,
            MatchResult.Failed => at.LookupFailure(at.Name),
        };
}

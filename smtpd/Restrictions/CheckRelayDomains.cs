using Mta.Config;
using Mta.Mail.Protocols;

namespace Mta.Smtpd.Restrictions;

/// <summary><c>check_relay_domains</c>, of old: authorised destinations, and clients whose name lies in <c>relay_domains</c>.</summary>
internal sealed class CheckRelayDomains(string name, DomainMatchList relayDomains, int rejectCode) : Restriction(name)
{
    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Recipient, at.Recipient ?? "");

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        LogLines.Warning($"support for restriction \"{Name}\" will be removed from Postfix; use \"reject_unauth_destination\" instead");
        if (await relayDomains.MatchesAsync(at.Session.Client.Name, stop) == MatchResult.Yes)
        {
            return Verdict.Permit;
        }

        if (at.Recipient is not { } recipient)
        {
            return Verdict.Dunno;
        }

        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(recipient, stop);
        if (resolved.IsFailed)
        {
            return at.LookupFailure(recipient);
        }

        bool isOurs = !resolved.Recipient.Contains('@')
            || ((resolved.Flags & ResolveFlags.Routed) == 0
                && resolved.Class is ResolveFlags.ClassLocal or ResolveFlags.ClassAlias or ResolveFlags.ClassVirtual or ResolveFlags.ClassRelay);
        return isOurs ? Verdict.Permit : at.Reject(rejectCode, "5.7.1", recipient, ReplyClass.Recipient, "Relay access denied");
    }
}

/// <summary><c>reject_maps_rbl</c>, of old: the lists of <c>maps_rbl_domains</c>.</summary>
internal sealed class RejectMapsRbl(string name, RestrictionList lists) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        LogLines.Warning($"support for restriction \"{Name}\" will be removed from Postfix; use \"reject_rbl_client domain-name\" instead");
        return lists.EvaluateAsync(at, stop);
    }
}

/// <summary><c>permit_naked_ip_address</c>, of old: a HELO name that is an address without brackets.</summary>
internal sealed class PermitNakedAddress(string name) : Restriction(name)
{
    public override ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        LogLines.Warning($"restriction {Name} is deprecated. Use permit_mynetworks or permit_sasl_authenticated instead");
        return new(at.Session.HeloName is { } helo && Mta.Mail.Addresses.DomainSyntax.IsValidHostAddress(helo) ? Verdict.Permit : Verdict.Dunno);
    }
}

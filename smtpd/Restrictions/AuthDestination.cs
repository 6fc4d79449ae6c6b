using Mta.Mail.Protocols;

namespace Mta.Smtpd.Restrictions;

/// <summary>What the relay restrictions say about an authorised destination, and about any other.</summary>
internal enum DestinationPolicy
{
    /// <summary><c>permit_auth_destination</c>.</summary>
    PermitAuthorized,

    /// <summary><c>reject_unauth_destination</c>.</summary>
    RejectOthers,

    /// <summary><c>defer_unauth_destination</c>.</summary>
    DeferOthers,
}

/// <summary>
/// Relay control. Authorised are recipients in domains of this system and in <c>relay_domains</c>, without routing of
/// the sender's in the local part.
/// </summary>
internal sealed class AuthDestination(string name, DestinationPolicy policy, int rejectCode, bool allowsUntrustedRouting) : Restriction(name)
{
    public bool RefusesOthers => policy != DestinationPolicy.PermitAuthorized;

    public override (string Class, string Name) About(Evaluation at) => (ReplyClass.Recipient, at.Recipient ?? "");

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        if (at.Recipient is not { } recipient)
        {
            return Verdict.Dunno;
        }

        ResolveReply resolved = await at.Server.Resolver.ResolveAsync(recipient, stop);
        if (resolved.IsFailed)
        {
            return at.LookupFailure(recipient);
        }

        bool isAuthorized = IsAuthorized(resolved);
        return policy switch
        {
            DestinationPolicy.PermitAuthorized => isAuthorized ? Verdict.Permit : Verdict.Dunno,
            DestinationPolicy.RejectOthers => isAuthorized ? Verdict.Dunno : at.Reject(rejectCode, "5.7.1", $"<{recipient}>: Relay access denied"),
            DestinationPolicy.DeferOthers => isAuthorized ? Verdict.Dunno : at.Reject(rejectCode - 100, "4.7.1", $"<{recipient}>: Relay access denied"),
        };
    }

    private bool IsAuthorized(ResolveReply resolved)
    {
        if (!resolved.Recipient.Contains('@'))
        {
            return true;
        }

        if ((resolved.Flags & ResolveFlags.Routed) != 0 && !allowsUntrustedRouting)
        {
            return false;
        }

        return resolved.Class is ResolveFlags.ClassLocal or ResolveFlags.ClassAlias or ResolveFlags.ClassVirtual or ResolveFlags.ClassRelay;
    }
}

using System.Net;
using Mta.Config;
using Mta.Dns;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;

namespace Mta.Smtpd.Restrictions;

/// <summary>
/// <c>permit_mx_backup</c>: mail for a domain that names this host as a mail exchanger behind others, where those others
/// lie in <c>permit_mx_backup_networks</c> if that is set. Whoever runs a DNS zone can name this host: the networks are
/// the protection.
/// </summary>
internal sealed class PermitMxBackup(string name, DomainLookups lookups, OwnAddresses own, AddressMatchList networks, bool hasNetworks) : Restriction(name)
{
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

        int separator = AddressSyntax.DomainSeparator(resolved.Recipient);
        if (separator < 0 || resolved.Class is ResolveFlags.ClassLocal or ResolveFlags.ClassAlias or ResolveFlags.ClassVirtual)
        {
            return Verdict.Permit;
        }

        string domain = resolved.Recipient[(separator + 1)..];
        if ((resolved.Flags & ResolveFlags.Routed) != 0 || domain.StartsWith('['))
        {
            return Verdict.Dunno;
        }

        return await IsBackupAsync(at, recipient, domain, stop) ? Verdict.Permit : Verdict.Dunno;
    }

    private async ValueTask<bool> IsBackupAsync(Evaluation at, string recipient, string domain, CancellationToken stop)
    {
        DnsAnswer mx = await lookups.LookupAsync(domain, DnsRecordType.Mx, stop);
        if (mx.Status != DnsStatus.Ok || DomainLookups.IsNullMx(mx))
        {
            // Without exchangers the domain's own host is the primary.
            if (mx.Status is not (DnsStatus.NotFound or DnsStatus.NoData or DnsStatus.Ok))
            {
                Postpone(at, recipient, $"Unable to look up mail exchanger information: {mx.Reason}");
            }

            return false;
        }

        int best = mx.Records.Min(static record => record.Preference);
        bool isExchanger = false;
        foreach (DnsRecord record in mx.Records)
        {
            (List<IPAddress> addresses, DnsAnswer? failure) = await lookups.AddressesAsync(record.Target, stop);
            if (failure is { Status: DnsStatus.Temporary })
            {
                Postpone(at, recipient, $"Unable to look up mail exchanger host {record.Target}: {failure.Reason}");
                return false;
            }

            foreach (IPAddress address in addresses)
            {
                bool isOwn = own.IsOwn(address) || own.IsProxy(address);
                if (record.Preference == best
                    && (isOwn || (hasNetworks && await networks.MatchesAsync("", address.ToString(), stop) != MatchResult.Yes)))
                {
                    return false;
                }

                isExchanger |= isOwn;
            }
        }

        return isExchanger;
    }

    private static void Postpone(Evaluation at, string recipient, string why) =>
        at.DeferIfReject(450, "4.4.4", recipient, ReplyClass.Recipient, why);
}

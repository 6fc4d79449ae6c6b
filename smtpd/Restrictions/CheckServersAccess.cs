using System.Net;
using Mta.Dns;
using Mta.Mail.Addresses;
using Mta.Service;
using Mta.Smtpd.Access;

namespace Mta.Smtpd.Restrictions;

/// <summary>Which servers of a domain are looked up.</summary>
internal enum ServerKind
{
    Address,
    MailExchanger,
    NameServer,
}

/// <summary>
/// <c>check_sender_mx_access</c> and its kin: what a table says of the hosts behind a name. It may refuse and never
/// permit: whoever runs a domain chooses its servers.
/// </summary>
internal sealed class CheckServersAccess(string name, Subject subject, ServerKind kind, DomainLookups lookups, AccessTable table, AccessActions actions) : Restriction(name)
{
    public override bool IsIndirect => true;

    public override async ValueTask<Verdict> EvaluateAsync(Evaluation at, CancellationToken stop)
    {
        (string? domain, string about, string replyClass) = Target(at);
        if (string.IsNullOrEmpty(domain) || domain == ClientIdentity.Unknown)
        {
            return Verdict.Dunno;
        }

        if (domain[0] == '[')
        {
            return kind == ServerKind.NameServer || !DomainSyntax.TryParseLiteral(domain, out string address)
                ? Verdict.Dunno
                : await DecideAsync(at, await table.FindClientAddressAsync(address, stop), about, replyClass, domain, stop);
        }

        foreach (string host in await HostsAsync(domain, stop))
        {
            if (kind != ServerKind.Address)
            {
                Verdict verdict = await DecideAsync(at, await table.FindDomainAsync(host, stop), about, replyClass, domain, stop);
                if (!verdict.IsDunno)
                {
                    return verdict;
                }
            }

            (List<IPAddress> addresses, DnsAnswer? failure) = await lookups.AddressesAsync(host, stop);
            if (failure is not null && kind != ServerKind.Address)
            {
                LogLines.Warning($"Unable to look up {Word} host {host} for {replyClass} {about}: {failure.Reason}");
            }

            foreach (IPAddress address in addresses)
            {
                Verdict verdict = await DecideAsync(at, await table.FindClientAddressAsync(address.ToString(), stop), about, replyClass, domain, stop);
                if (!verdict.IsDunno)
                {
                    return verdict;
                }
            }
        }

        return Verdict.Dunno;
    }

    private string Word => kind == ServerKind.NameServer ? "NS" : "MX";

    private (string? Domain, string About, string ReplyClass) Target(Evaluation at) => subject switch
    {
        Subject.Client => (at.Session.Client.Name, at.Session.NameAndAddress, ReplyClass.Client),
        Subject.ReverseClient => (at.Session.Client.ReverseName, at.Session.Client.ReverseName, ReplyClass.UnverifiedClient),
        Subject.Helo => (at.Session.HeloName, at.Session.HeloName ?? "", ReplyClass.Helo),
        Subject.Sender => (AddressSyntax.Domain(at.Sender).ToString(), at.Sender, ReplyClass.Sender),
        Subject.Recipient => (AddressSyntax.Domain(at.Recipient).ToString(), at.Recipient ?? "", ReplyClass.Recipient),
        Subject.Etrn => (at.EtrnDomain, at.EtrnDomain, ReplyClass.Etrn),
    };

    private async ValueTask<List<string>> HostsAsync(string domain, CancellationToken stop)
    {
        if (kind == ServerKind.Address)
        {
            return [domain];
        }

        string name = domain;
        while (true)
        {
            DnsAnswer answer = await lookups.LookupAsync(name, kind == ServerKind.MailExchanger ? DnsRecordType.Mx : DnsRecordType.Ns, stop);
            if (answer.Status == DnsStatus.Ok)
            {
                return DomainLookups.IsNullMx(answer) ? [] : [.. answer.Records.Select(static record => record.Target)];
            }

            if (answer.Status is not (DnsStatus.NotFound or DnsStatus.NoData))
            {
                LogLines.Warning($"Unable to look up {Word} host for {domain}: {answer.Reason}");
                return [];
            }

            if (kind == ServerKind.MailExchanger)
            {
                return answer.Status == DnsStatus.NoData ? [domain] : [];
            }

            // The zone may begin higher up.
            int dot = name.IndexOf('.');
            if (dot < 0)
            {
                return [];
            }

            name = name[(dot + 1)..];
        }
    }

    private async ValueTask<Verdict> DecideAsync(Evaluation at, AccessEntry entry, string about, string replyClass, string domain, CancellationToken stop)
    {
        Verdict verdict = await actions.ApplyAsync(at, entry, table, about, replyClass, stop);
        if (verdict.Kind != VerdictKind.Permit)
        {
            return verdict;
        }

        LogLines.Warning($"restriction {Name} returns OK for {domain}");
        LogLines.Warning("this is not allowed for security reasons");
        LogLines.Warning("use DUNNO instead of OK if you want to make an exception");
        return at.ConfigurationError();
    }
}

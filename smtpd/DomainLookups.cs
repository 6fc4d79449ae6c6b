using System.Net;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Dns;

namespace Mta.Smtpd;

/// <summary>What the DNS says of a mail domain.</summary>
internal enum MailDomain
{
    Exists,

    /// <summary>No MX and no address, or no such name.</summary>
    Missing,

    /// <summary>RFC 7505: the domain says that it takes no mail.</summary>
    NullMx,

    /// <summary>The answer makes no sense.</summary>
    Malformed,

    /// <summary>No answer now.</summary>
    Unknown,
}

/// <summary>The questions that restrictions ask of the DNS.</summary>
internal sealed class DomainLookups
{
    private readonly IDnsResolver _resolver;
    private readonly bool _hasIpv4;
    private readonly bool _hasIpv6;

    public DomainLookups(Configuration configuration)
        : this(configuration, new DnsResolver(new DnsSettings { ForwardAddress = configuration.Get(GlobalParameters.DnsForwardAddress) }))
    {
    }

    public DomainLookups(Configuration configuration, IDnsResolver resolver)
    {
        _resolver = resolver;
        (_hasIpv4, _hasIpv6) = OwnAddresses.Protocols(configuration);
    }

    /// <summary>Can mail be sent to this domain? RFC 5321 §5.1: MX, else the address of the name itself.</summary>
    public async ValueTask<MailDomain> FindMailDomainAsync(string domain, CancellationToken stop)
    {
        DnsAnswer mx = await _resolver.LookupAsync(domain, DnsRecordType.Mx, stop);
        if (mx.Status == DnsStatus.Ok)
        {
            return IsNullMx(mx) ? MailDomain.NullMx : MailDomain.Exists;
        }

        return mx.Status is DnsStatus.NoData or DnsStatus.NotFound ? await FindHostAsync(domain, stop) : Failure(mx.Status);
    }

    /// <summary>Has this name an address or, if asked for, an MX record?</summary>
    public async ValueTask<MailDomain> FindHostOrMxAsync(string name, CancellationToken stop)
    {
        MailDomain host = await FindHostAsync(name, stop);
        if (host != MailDomain.Missing)
        {
            return host;
        }

        DnsAnswer mx = await _resolver.LookupAsync(name, DnsRecordType.Mx, stop);
        return mx.Status == DnsStatus.Ok ? MailDomain.Exists
            : mx.Status is DnsStatus.NoData or DnsStatus.NotFound ? MailDomain.Missing
            : Failure(mx.Status);
    }

    public ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop) => _resolver.LookupAsync(name, type, stop);

    public static bool IsNullMx(DnsAnswer answer) => answer.Records.Count == 1 && answer.Records[0].Target.Length == 0;

    /// <summary>Addresses of a host, of the protocols in use. The failure, when there are none.</summary>
    public async ValueTask<(List<IPAddress> Addresses, DnsAnswer? Failure)> AddressesAsync(string host, CancellationToken stop)
    {
        List<IPAddress> found = [];
        DnsAnswer? failure = null;
        foreach (DnsRecordType type in (DnsRecordType[])[DnsRecordType.A, DnsRecordType.Aaaa])
        {
            if (type == DnsRecordType.A ? !_hasIpv4 : !_hasIpv6)
            {
                continue;
            }

            DnsAnswer answer = await _resolver.LookupAsync(host, type, stop);
            foreach (DnsRecord record in answer.Records)
            {
                found.Add(record.Address!); // A and AAAA records have one
            }

            failure = answer.Status == DnsStatus.Ok || failure?.Status == DnsStatus.Temporary ? failure : answer;
        }

        return (found, found.Count > 0 ? null : failure);
    }

    private async ValueTask<MailDomain> FindHostAsync(string name, CancellationToken stop)
    {
        (List<IPAddress> addresses, DnsAnswer? failure) = await AddressesAsync(name, stop);
        return addresses.Count > 0 ? MailDomain.Exists
            : failure?.Status is null or DnsStatus.NoData or DnsStatus.NotFound ? MailDomain.Missing
            : Failure(failure.Status);
    }

    private static MailDomain Failure(DnsStatus status) => status switch
    {
        DnsStatus.Malformed => MailDomain.Malformed,
        DnsStatus.InvalidName or DnsStatus.NotFound or DnsStatus.NoData or DnsStatus.Refused => MailDomain.Missing,
        DnsStatus.Temporary or DnsStatus.Ok => MailDomain.Unknown,
    };
}

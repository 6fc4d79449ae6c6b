using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Dns;
using Mta.Linux;
using Mta.Text;

namespace Mta.PosttlsFinger;

/// <summary>What the command line names: a domain, a host in brackets, or a socket.</summary>
internal sealed record FingerDestination(string Host, bool UsesMx, string Service, string UnixPath)
{
    /// <exception cref="FatalException">It makes no sense.</exception>
    public static FingerDestination Parse(string text, bool isLmtp, Configuration configuration)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            return isLmtp ? new FingerDestination(configuration.Get(GlobalParameters.Myhostname), false, "", text[5..]) : throw new FatalException($"unix: destinations are for LMTP (-S): {Printable.Neutralize(text)}");
        }

        string rest = text.StartsWith("inet:", StringComparison.Ordinal) ? text[5..] : text;
        bool isHost = rest.StartsWith('[');
        int close = isHost ? rest.IndexOf(']', StringComparison.Ordinal) : -1;
        int colon = rest.IndexOf(':', Math.Max(close, 0));
        string name = isHost ? close > 1 ? rest[1..close] : "" : colon < 0 ? rest : rest[..colon];
        string service = colon < 0 ? "" : rest[(colon + 1)..];
        if (name.Length == 0 || (colon >= 0 && service.Length == 0) || (isHost && close + 1 < rest.Length && rest[close + 1] != ':'))
        {
            throw new FatalException($"malformed destination: {Printable.Neutralize(text)}");
        }

        if (isHost && Ascii.StartsWithIgnoreCase(name, "ipv6:"))
        {
            name = name[5..];
        }

        return new FingerDestination(name, !isHost && !isLmtp, service.Length > 0 ? service : isLmtp ? "24" : "25", "");
    }

    /// <exception cref="FatalException">No such service.</exception>
    public int Port => int.TryParse(Service, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536 ? port : Service switch
    {
        "smtp" => 25,
        "smtps" or "submissions" => 465,
        "submission" => 587,
        "lmtp" => 24,
        _ => throw new FatalException($"unknown service: {Printable.Neutralize(Service)}/tcp"),
    };
}

/// <summary>One address to try.</summary>
/// <param name="Address">Text of the address, or path of a socket.</param>
internal sealed record FingerServer(string Host, string Address, IPEndPoint? EndPoint, bool IsFromMx)
{
    public string NameWithPort => EndPoint is null ? $"{Host}[{Address}]" : $"{Host}[{Address}]:{EndPoint.Port}";
}

/// <summary>From a destination to addresses: mail exchangers in their order, then the names themselves.</summary>
internal sealed class FingerLookup(FingerOptions options, IDnsResolver? dns)
{
    private const int MaxServers = 50;

    /// <returns>Addresses, or why there are none.</returns>
    public async ValueTask<(IReadOnlyList<FingerServer> Servers, string? Error)> FindAsync(FingerDestination destination, Configuration configuration)
    {
        if (destination.UnixPath.Length > 0)
        {
            return ([new FingerServer(destination.Host, destination.UnixPath, null, false)], null);
        }

        int port = destination.Port;
        if (IPAddress.TryParse(destination.Host, out IPAddress? literal))
        {
            return ([new FingerServer(destination.Host, literal.ToString(), new IPEndPoint(literal, port), false)], null);
        }

        List<string> hosts = [destination.Host];
        bool isFromMx = false;
        if (destination.UsesMx && dns is not null)
        {
            DnsAnswer answer = await dns.LookupAsync(destination.Host, DnsRecordType.Mx, CancellationToken.None);
            if (answer.Status == DnsStatus.Ok)
            {
                hosts = [.. answer.Records.OrderBy(static record => record.Preference).Select(static record => record.Target)];
                isFromMx = true;
                if (hosts is ["" or "."])
                {
                    return ([], $"Domain {destination.Host} does not accept mail (nullMX)");
                }
            }
            else if (answer.Status is not (DnsStatus.NotFound or DnsStatus.NoData))
            {
                return ([], Unfound(answer));
            }
        }

        List<FingerServer> servers = [];
        string error = "";
        (bool four, bool six) = OwnAddresses.Protocols(configuration);
        foreach (string host in hosts)
        {
            foreach (AddressFamily family in options.Family == "ipv6" ? (AddressFamily[])[AddressFamily.InterNetworkV6, AddressFamily.InterNetwork] : [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                if (!(family == AddressFamily.InterNetwork ? four : six) || servers.Count >= MaxServers)
                {
                    continue;
                }

                (IReadOnlyList<IPAddress> addresses, string reason) = await AddressesAsync(host, family);
                error = reason.Length > 0 ? reason : error;
                servers.AddRange(addresses.Select(address => new FingerServer(host, address.ToString(), new IPEndPoint(address, port), isFromMx)));
            }
        }

        return servers.Count > 0 ? (servers, null) : ([], error);
    }

    private async ValueTask<(IReadOnlyList<IPAddress> Addresses, string Error)> AddressesAsync(string host, AddressFamily family)
    {
        string error = "";
        if (dns is not null)
        {
            DnsAnswer answer = await dns.LookupAsync(host, family == AddressFamily.InterNetwork ? DnsRecordType.A : DnsRecordType.Aaaa, CancellationToken.None);
            if (answer.Status == DnsStatus.Ok)
            {
                return ([.. answer.Records.Where(static record => record.Address is not null).Select(static record => record.Address!)], ""); // Just filtered.
            }

            error = Unfound(answer);
        }

        if (!options.UsesNative)
        {
            return ([], error);
        }

        NativeAddresses native = await new NativeNames().AddressesAsync(host, family, CancellationToken.None);
        return (native.Addresses, native.Code == 0 ? "" : $"unable to look up host {host}: {native.Text}");
    }

    private static string Unfound(DnsAnswer answer) =>
        $"Host or domain name not found. Name service error for name={answer.Name} type={answer.Type.ToString().ToUpperInvariant()}: {answer.Reason}";
}

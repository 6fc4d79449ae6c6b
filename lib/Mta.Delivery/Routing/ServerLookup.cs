using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Mta.Dns;
using Mta.Linux;
using Mta.Mail.Addresses;
using Mta.Mail.Protocols;
using Mta.Text;
using NLog;

namespace Mta.Delivery.Routing;

/// <summary>The servers of a destination, best first; or why there are none.</summary>
public sealed record ServerList(IReadOnlyList<ServerAddress> Servers, Dsn? Failure = null)
{
    /// <summary>This host is a mail exchanger of the domain: no other destination is tried after these servers.</summary>
    public bool IsFinal { get; init; }
}

/// <summary>Finds the servers of a destination: mail exchangers, addresses, order, own host (RFC 5321 §5.1).</summary>
public sealed class ServerLookup(LookupSettings settings, IDnsResolver? dns, NativeNames names, DnsReplyFilter? filter = null)
{
    private static readonly Logger Log = LogManager.GetCurrentClassLogger();

    private readonly ConcurrentDictionary<string, int> _ports = new(StringComparer.Ordinal);

    /// <exception cref="FatalException">The destination's service has no port.</exception>
    public async ValueTask<ServerList> FindAsync(Destination destination, CancellationToken stop)
    {
        if (destination.IsUnix)
        {
            return new ServerList([new ServerAddress(settings.MyHostname, null, destination.UnixPath, 0)]);
        }

        if (!IPAddress.TryParse(destination.Host, out _)
            && !DnsName.IsValidHostName(DomainSyntax.TryToAscii(destination.Host, out string hostName) ? hostName : destination.Host))
        {
            throw new FatalException($"valid hostname or network address required in server description: {Printable.Neutralize(destination.Text)}");
        }

        int port = PortOf(destination.Service.Length > 0 ? destination.Service : settings.DefaultService);
        bool detectsLoops = settings.DetectsLoops && !settings.IsLmtp && port == LookupSettings.LoopPort;
        if (!settings.UsesIpv4 && !settings.UsesIpv6)
        {
            return Failed("4.4.4", "all network protocols are disabled");
        }

        string service = destination.Service.Length > 0 ? destination.Service : settings.DefaultService;
        if (!destination.IsBracketed && settings.UsesDns && settings.SrvServices.Contains(service, StringComparer.OrdinalIgnoreCase)
            && !IPAddress.TryParse(destination.Host, out _)
            && await FindServicesAsync(destination.Host, service, stop) is { } byService)
        {
            return byService;
        }

        if (!settings.IsLmtp && destination.UsesMx && settings.UsesDns && !IPAddress.TryParse(destination.Host, out _))
        {
            return await FindExchangersAsync(destination.Host, port, detectsLoops, stop);
        }

        return await FindHostAsync(destination.Host, port, detectsLoops, stop);
    }

    /// <summary>The port of a service name or number.</summary>
    /// <exception cref="FatalException">There is none.</exception>
    public int PortOf(string service)
    {
        if (int.TryParse(service, System.Globalization.NumberStyles.None, null, out int port))
        {
            return port is > 0 and < 65536 ? port : throw new FatalException($"bad network port: {Printable.Neutralize(service)}");
        }

        return _ports.GetOrAdd(service, name => settings.Ports.Find(name) ?? throw new FatalException($"unknown service: {Printable.Neutralize(name)}/tcp"));
    }

    // An address where a name should be (RFC 5321 §5.1 has names only) is taken with a warning, what is no name at all is not.
    private static bool IsUsable(string domain, DnsRecord exchanger)
    {
        string shown = Printable.Neutralize(exchanger.Target);
        if (DomainSyntax.IsValidHostAddress(exchanger.Target))
        {
            Log.Warn($"numeric domain name in resource data of MX record for {domain}: {shown}");
            return true;
        }

        if (exchanger.Target.Length == 0 || DnsName.IsValidHostName(exchanger.Target))
        {
            return true;
        }

        Log.Warn($"malformed domain name in resource data of MX record for {domain}: {shown}");
        return false;
    }

    private static ServerList Failed(string status, string reason) => new([], new Dsn(status, "", reason));

    private async ValueTask<ServerList> FindHostAsync(string host, int port, bool detectsLoops, CancellationToken stop)
    {
        (List<IPAddress> addresses, Dsn? failure, string serverName) = await AddressesAsync(host, isSoftBefore: false, stop);
        if (failure is not null)
        {
            return new ServerList([], failure);
        }

        List<ServerAddress> servers = [];
        foreach (IPAddress address in addresses)
        {
            servers.Add(new ServerAddress(serverName, new IPEndPoint(address, port), "", 0));
        }

        if (detectsLoops && servers.Exists(IsOwn))
        {
            return Failed("5.4.6", $"mail for {host} loops back to myself");
        }

        return new ServerList(ServerOrder.Apply(servers, settings));
    }

    private async ValueTask<ServerList> FindExchangersAsync(string domain, int port, bool detectsLoops, CancellationToken stop)
    {
        string name = DomainSyntax.TryToAscii(domain, out string ascii) ? ascii : domain;
        DnsAnswer answer = await AskAsync(name, DnsRecordType.Mx, stop);
        switch (answer.Status)
        {
            case DnsStatus.Ok:
                break;
            case DnsStatus.NotFound or DnsStatus.NoData:
                // RFC 5321 §5.1: without MX records, the domain itself is its exchanger.
                return await FindHostAsync(domain, port, detectsLoops, stop);
            case DnsStatus.Temporary or DnsStatus.Refused or DnsStatus.InvalidName or DnsStatus.Malformed:
                string status = answer.Status == DnsStatus.Temporary ? "4.4.3" : answer.Status == DnsStatus.Refused ? "5.4.3" : "5.4.4";
                return settings.IgnoresMxLookupError
                    ? await FindHostAsync(domain, port, detectsLoops, stop)
                    : Failed(status, answer.Reason);
        }

        if (answer.Records.Count == 0)
        {
            return Failed("4.7.0", FilteredAll(name, "MX"));
        }

        // RFC 7505: a record names the root, the domain takes no mail. Others beside it are a mistake (§3), and change nothing.
        if (answer.Records.Any(record => record.Target.Length == 0 && (record.Preference == 0 || answer.Records.Count == 1)))
        {
            return Failed("5.1.0", $"Domain {domain} does not accept mail (nullMX)");
        }

        List<DnsRecord> exchangers = [.. answer.Records.Where(record => IsUsable(name, record))];
        if (exchangers.Count == 0)
        {
            return settings.IgnoresMxLookupError
                ? await FindHostAsync(domain, port, detectsLoops, stop)
                : Failed("5.4.4", (answer with { Status = DnsStatus.Malformed }).Reason);
        }

        exchangers.Sort(static (left, right) => left.Preference.CompareTo(right.Preference));
        (List<ServerAddress> servers, Dsn? failure) = await AddressesOfAsync(exchangers, port, stop);
        if (servers.Count == 0)
        {
            Log.Warn($"no MX host for {domain} has a valid address record");
            return new ServerList([], SoftIfWanted(failure));
        }

        return detectsLoops ? WithoutSelf(domain, exchangers[0].Preference, servers) : new ServerList(ServerOrder.Apply(servers, settings));
    }

    // RFC 2782. Null: no such records, and the lookup goes on as without them.
    private async ValueTask<ServerList?> FindServicesAsync(string domain, string service, CancellationToken stop)
    {
        string name = $"_{service}._tcp.{(DomainSyntax.TryToAscii(domain, out string ascii) ? ascii : domain)}";
        DnsAnswer answer = await AskAsync(name, DnsRecordType.Srv, stop);
        (string status, string reason) = answer.Status switch
        {
            DnsStatus.Ok when answer.Records.Count == 0 => ("4.7.0", FilteredAll(name, "SRV")),
            DnsStatus.Ok when answer.Records.Count == 1 && answer.Records[0].Target.Length == 0 => ("5.1.0", $"Service {service} is not available at domain {domain} (nullSRV)"),
            DnsStatus.Ok => ("", ""),
            DnsStatus.Temporary => ("4.4.3", answer.Reason),
            DnsStatus.Refused => ("5.4.3", answer.Reason),
            DnsStatus.NotFound or DnsStatus.NoData or DnsStatus.InvalidName or DnsStatus.Malformed => ("5.4.4", answer.Reason),
        };
        bool isAbsent = answer.Status is DnsStatus.NotFound or DnsStatus.NoData;
        if (status.Length > 0)
        {
            if (status == "5.1.0" || !(isAbsent ? settings.AllowsSrvFallback : settings.IgnoresSrvLookupError))
            {
                return Failed(status, reason);
            }

            Log.Info($"skipping SRV lookup for {name}: {reason}");
            return null;
        }

        List<ServerAddress> servers = [];
        Dsn? failure = null;
        foreach (DnsRecord record in ServerOrder.ByWeight(answer.Records))
        {
            (List<IPAddress> addresses, Dsn? error, string serverName) = await AddressesAsync(record.Target, failure?.Status.StartsWith('4') ?? false, stop);
            failure = error ?? failure;
            foreach (IPAddress address in addresses)
            {
                servers.Add(new ServerAddress(serverName, new IPEndPoint(address, record.Port), "", record.Preference));
            }
        }

        if (servers.Count > 0)
        {
            return new ServerList(servers);
        }

        Log.Warn($"no SRV host for {name} has a valid address record");
        if (!settings.AllowsSrvFallback)
        {
            return new ServerList([], SoftIfWanted(failure));
        }

        Log.Info($"skipping SRV lookup for {name}: {failure?.Reason}");
        return null;
    }

    private async ValueTask<(List<ServerAddress> Servers, Dsn? Failure)> AddressesOfAsync(List<DnsRecord> exchangers, int port, CancellationToken stop)
    {
        List<ServerAddress> servers = [];
        Dsn? failure = null;
        bool isSoft = false;
        foreach (DnsRecord exchanger in exchangers)
        {
            if (exchanger.Target.Length == 0)
            {
                continue;
            }

            (List<IPAddress> addresses, Dsn? error, string serverName) = await AddressesAsync(exchanger.Target, isSoft, stop);
            isSoft |= error?.Status.StartsWith('4') ?? false;
            failure = error ?? failure;
            foreach (IPAddress address in addresses)
            {
                servers.Add(new ServerAddress(serverName, new IPEndPoint(address, port), "", exchanger.Preference));
            }
        }

        return (servers, failure);
    }

    private Dsn SoftIfWanted(Dsn? failure)
    {
        failure ??= new Dsn("5.4.4", "", "no usable MX host name");
        return settings.DefersWithoutMxAddress && failure.Status.StartsWith('5')
            ? failure with { Status = string.Concat("4", failure.Status.AsSpan(1)) }
            : failure;
    }

    // RFC 5321 §5.1: exchangers as preferred as this host, or less, would send the mail back.
    private ServerList WithoutSelf(string domain, int bestPreference, List<ServerAddress> servers)
    {
        int own = int.MaxValue;
        foreach (ServerAddress server in servers)
        {
            if (IsOwn(server))
            {
                own = Math.Min(own, server.Preference);
            }
        }

        if (own == int.MaxValue)
        {
            return new ServerList(ServerOrder.Apply(servers, settings));
        }

        servers.RemoveAll(server => server.Preference >= own);
        if (servers.Count > 0)
        {
            return new ServerList(ServerOrder.Apply(servers, settings)) { IsFinal = true };
        }

        return own == bestPreference
            ? new ServerList([], new Dsn("5.4.6", "", $"mail for {domain} loops back to myself")) { IsFinal = true }
            : Failed("4.4.4", $"unable to find primary relay for {domain}");
    }

    private bool IsOwn(ServerAddress server) =>
        server.EndPoint is { } endPoint && (settings.OwnAddresses.IsOwn(endPoint.Address) || settings.OwnAddresses.IsProxy(endPoint.Address));

    // Name: what the server is called from here on, its own name or the one that it is an alias of.
    private async ValueTask<(List<IPAddress> Addresses, Dsn? Failure, string Name)> AddressesAsync(string host, bool isSoftBefore, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal) && DomainSyntax.IsValidHostAddress(host))
        {
            bool isEnabled = literal.AddressFamily == AddressFamily.InterNetwork ? settings.UsesIpv4 : settings.UsesIpv6;
            return isEnabled ? ([literal], null, host) : ([], new Dsn("5.4.4", "", $"{host}: host not found"), host);
        }

        // Name services, certificates and the log know the A-label form only.
        host = DomainSyntax.TryToAscii(host, out string ascii) ? ascii : host;
        if (settings.LooksUpInDns)
        {
            (List<IPAddress> addresses, Dsn? failure, string name, bool isFinal) = await AskDnsAsync(host, isSoftBefore, stop);
            if (addresses.Count > 0 || isFinal || !settings.LooksUpNatively)
            {
                return (addresses, failure, name);
            }
        }

        (List<IPAddress> own, Dsn? problem) = await AskSystemAsync(host, isSoftBefore, stop);
        return (own, problem, host);
    }

    // isFinal: the native lookup has nothing to add.
    private async ValueTask<(List<IPAddress> Addresses, Dsn? Failure, string Name, bool IsFinal)> AskDnsAsync(string host, bool isSoftBefore, CancellationToken stop)
    {
        if (!DnsName.IsValidHostName(host))
        {
            return ([], new Dsn("5.4.4", "", $"Name service error for {host}: invalid host or domain name"), host, true);
        }

        Task<DnsAnswer>? first = settings.UsesIpv4 ? AskAsync(host, DnsRecordType.A, stop).AsTask() : null;
        Task<DnsAnswer>? second = settings.UsesIpv6 ? AskAsync(host, DnsRecordType.Aaaa, stop).AsTask() : null;
        List<IPAddress> addresses = [];
        DnsAnswer? worst = null;
        string serverName = host;
        foreach (Task<DnsAnswer>? task in (Task<DnsAnswer>?[])[first, second])
        {
            if (task is null)
            {
                continue;
            }

            DnsAnswer answer = await task;
            if (settings.CnameOverridesServerName && answer.Status == DnsStatus.Ok && !Ascii.EqualsIgnoreCase(answer.CanonicalName, host))
            {
                serverName = answer.CanonicalName;
            }

            foreach (DnsRecord record in answer.Records)
            {
                if (record.Address is not null)
                {
                    addresses.Add(record.Address);
                }
            }

            if (worst is null || Weight(answer.Status) >= Weight(worst.Status))
            {
                worst = answer;
            }
        }

        if (addresses.Count > 0)
        {
            return (addresses, null, serverName, true);
        }

        if (worst!.Status == DnsStatus.Ok) // At least one family is enabled.
        {
            return ([], new Dsn("4.7.0", "", FilteredAll(host, worst.Type.Name())), host, true);
        }

        string status = worst.Status switch // At least one family is enabled.
        {
            DnsStatus.Temporary => "4.4.3",
            DnsStatus.Refused => isSoftBefore ? "4.4.3" : "5.4.3",
            // An address that is none was damaged on its way, or will be mended.
            DnsStatus.Malformed => "4.4.3",
            DnsStatus.Ok or DnsStatus.NotFound or DnsStatus.NoData or DnsStatus.InvalidName => isSoftBefore ? "4.4.4" : "5.4.4",
        };
        return ([], new Dsn(status, "", worst.Reason), host, worst.Status is not (DnsStatus.NotFound or DnsStatus.NoData));
    }

    // Which of two answers speaks for a host without address: a failure that may pass before a certain one.
    private static int Weight(DnsStatus status) => status switch
    {
        // Records were there, and a filter removed them.
        DnsStatus.Ok => 5,
        DnsStatus.NotFound or DnsStatus.NoData => 1,
        DnsStatus.Refused => 2,
        DnsStatus.InvalidName or DnsStatus.Malformed => 3,
        DnsStatus.Temporary => 4,
    };

    private async ValueTask<DnsAnswer> AskAsync(string name, DnsRecordType type, CancellationToken stop)
    {
        DnsAnswer answer = await dns!.LookupAsync(name, type, stop); // There is one when DNS is on.
        return filter is null ? answer : await filter.ApplyAsync(answer, stop);
    }

    private static string FilteredAll(string name, string type) => $"Error looking up name={name} type={type}: DNS reply filter drops all results";

    private async ValueTask<(List<IPAddress> Addresses, Dsn? Failure)> AskSystemAsync(string host, bool isSoftBefore, CancellationToken stop)
    {
        NativeAddresses found = await names.AddressesAsync(host, AddressFamily.Unspecified, stop);
        List<IPAddress> addresses = [];
        foreach (IPAddress address in found.Addresses)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork ? settings.UsesIpv4 : settings.UsesIpv6)
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count > 0)
        {
            return (addresses, null);
        }

        bool isSoft = isSoftBefore || found.IsTemporary;
        if (found.Code == 0)
        {
            return ([], new Dsn(isSoft ? "4.4.4" : "5.4.4", "", $"{host}: host not found"));
        }

        bool isUnknown = found.Code is NameLookup.NoName or NameLookup.NoData or NameLookup.Again;
        string status = (isSoft ? "4" : "5") + (isUnknown ? ".4.4" : ".3.0");
        return ([], new Dsn(status, "", $"unable to look up host {host}: {found.Text}"));
    }
}

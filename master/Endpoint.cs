using System.Net;
using System.Net.Sockets;
using Mta.Config;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Master;

/// <summary>Where a service listens. Two entries with one identity and type are one service.</summary>
/// <param name="Identity">Internet: <c>25</c> or <c>[address]:25</c>; else the path below the queue directory.</param>
/// <param name="Addresses">Internet addresses, without duplicates; empty for other types.</param>
internal sealed record Endpoint(ServiceType Type, string Identity, IReadOnlyList<IPEndPoint> Addresses)
{
    /// <summary>Clients of other machines may reach it.</summary>
    public bool MayBeRemote => Type == ServiceType.Pass || Addresses.Any(a => !IPAddress.IsLoopback(a.Address));

    /// <param name="where">File and line, for errors.</param>
    /// <exception cref="ConfigurationException">The name is wrong, unknown, or has no address of an enabled protocol.</exception>
    public static Endpoint Find(MasterEntry entry, Configuration configuration, string where)
    {
        if (entry.Type != ServiceType.Inet)
        {
            return new Endpoint(entry.Type, $"{(entry.IsPrivate ? "private" : "public")}/{entry.Name}", []);
        }

        (string? host, string service) = SplitName(entry.Name, where);
        int port = Port(configuration, service, where);
        (bool ipv4, bool ipv6) = OwnAddresses.Protocols(configuration);
        var addresses = new List<IPEndPoint>();
        if (host is not null)
        {
            if (Posix.TryGetAddresses(host, null, AddressFamily.Unspecified, numericOnly: false, out List<IPEndPoint> found) != 0)
            {
                throw new ConfigurationException($"{where}: bad hostname or network address: {entry.Name}");
            }

            addresses.AddRange(found.Select(f => new IPEndPoint(f.Address, port)));
        }
        else if (IsEverywhere(configuration))
        {
            addresses.Add(new IPEndPoint(IPAddress.Any, port));
            addresses.Add(new IPEndPoint(IPAddress.IPv6Any, port));
        }
        else
        {
            addresses.AddRange(configuration.OwnAddresses.Addresses.Select(a => new IPEndPoint(a.Address, port)));
        }

        List<IPEndPoint> enabled = addresses
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork ? ipv4 : ipv6)
            .Distinct()
            .ToList();
        if (enabled.Count == 0)
        {
            throw new ConfigurationException(host is null
                ? $"{where}: could not find any active network interfaces for service {entry.Name}"
                : $"{where}: bad hostname or network address: {entry.Name}");
        }

        return new Endpoint(ServiceType.Inet, host is null ? $"{port}" : $"[{host}]:{port}", enabled);
    }

    /// <summary>Takes <c>port</c>, <c>host:port</c> and <c>[address]:port</c> apart; the host is null when absent.</summary>
    /// <exception cref="ConfigurationException">It has none of these forms.</exception>
    internal static (string? Host, string Service) SplitName(string name, string where)
    {
        int colon = name.LastIndexOf(':');
        if (name.StartsWith('['))
        {
            int bracket = name.IndexOf(']');
            if (bracket < 0 || (bracket != colon - 1 && colon > bracket) || colon < bracket || colon == name.Length - 1)
            {
                throw new ConfigurationException($"{where}: bad hostname or network address: {name}");
            }

            return (name[1..bracket], name[(colon + 1)..]);
        }

        string? host = colon > 0 ? name[..colon] : null;
        string service = name[(colon + 1)..];
        return service.Length == 0 || (host is not null && host.Contains(':'))
            ? throw new ConfigurationException($"{where}: bad hostname or network address: {name}")
            : (host, service);
    }

    private static int Port(Configuration configuration, string service, string where)
    {
        if (char.IsAsciiDigit(service[0]))
        {
            if (service.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                throw new ConfigurationException($"{where}: garbage after numerical service in \"{service}\"");
            }

            return int.TryParse(service, out int number) && number is > 0 and < 65536
                ? number
                : throw new ConfigurationException($"{where}: port number out of range: {service}");
        }

        return new TcpPorts(configuration).Find(service) ?? throw new ConfigurationException($"{where}: unknown TCP service: {service}");
    }

    private static bool IsEverywhere(Configuration configuration)
    {
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.InetInterfaces)))
        {
            if (Ascii.EqualsIgnoreCase(word, "all"))
            {
                return true;
            }
        }

        return false;
    }
}

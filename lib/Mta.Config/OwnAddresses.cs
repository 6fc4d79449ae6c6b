using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Mta.Config.Parameters;
using Mta.Linux;
using Mta.Tables;
using Mta.Text;

namespace Mta.Config;

/// <summary>An address of this host and the length of its network prefix.</summary>
public readonly record struct OwnAddress(IPAddress Address, int PrefixLength);

/// <summary>The addresses on which this mail system receives mail: inet_interfaces, and proxy_interfaces.</summary>
public sealed class OwnAddresses
{
    private readonly HashSet<IPAddress> _own = [];
    private readonly HashSet<IPAddress> _proxy = [];

    private OwnAddresses(List<OwnAddress> addresses, List<IPAddress> proxies)
    {
        Addresses = addresses;
        ProxyAddresses = proxies;
        _own.UnionWith(addresses.Select(a => a.Address));
        _proxy.UnionWith(proxies);
    }

    /// <summary>Own addresses in the order of inet_interfaces, of the protocols in inet_protocols.</summary>
    public IReadOnlyList<OwnAddress> Addresses { get; }

    /// <summary>Addresses of proxies and translators in front of this host.</summary>
    public IReadOnlyList<IPAddress> ProxyAddresses { get; }

    public bool IsOwn(IPAddress address) => _own.Contains(Plain(address));

    public bool IsProxy(IPAddress address) => _proxy.Contains(Plain(address));

    /// <exception cref="ConfigurationException">A parameter names an address or host that does not exist.</exception>
    internal static OwnAddresses Find(Configuration configuration)
    {
        (bool ipv4, bool ipv6) = Protocols(configuration);
        bool Wanted(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? ipv4 : ipv6;
        List<OwnAddress> system = Posix.InterfaceAddresses()
            .Where(a => a.IsUp && Wanted(a.Address))
            .Select(a => new OwnAddress(WithoutScope(a.Address), PrefixLength(a.Netmask)))
            .Distinct()
            .ToList();
        var own = new List<OwnAddress>();
        bool isListed = false;
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.InetInterfaces)))
        {
            if (Ascii.EqualsIgnoreCase(word, "all"))
            {
                own.AddRange(system);
                continue;
            }

            if (Ascii.EqualsIgnoreCase(word, "loopback-only"))
            {
                own.AddRange(system.Where(a => IPAddress.IsLoopback(a.Address)));
                continue;
            }

            isListed = true;
            foreach (IPAddress address in Resolve(word, GlobalParameters.InetInterfaces.Name).Where(Wanted))
            {
                OwnAddress known = system.Find(a => a.Address.Equals(address));
                own.Add(known.Address is null ? new OwnAddress(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : known);
            }
        }

        if (own.Count == 0 && isListed)
        {
            throw new ConfigurationException($"could not find any active network interfaces");
        }

        var proxies = new List<IPAddress>();
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.ProxyInterfaces)))
        {
            proxies.AddRange(Resolve(word, GlobalParameters.ProxyInterfaces.Name).Where(Wanted));
        }

        return new OwnAddresses(own.Distinct().ToList(), proxies);
    }

    /// <summary>Which protocols inet_protocols allows.</summary>
    /// <exception cref="ConfigurationException">It names another one, or none.</exception>
    public static (bool Ipv4, bool Ipv6) Protocols(Configuration configuration)
    {
        bool ipv4 = false;
        bool ipv6 = false;
        foreach (string word in TableListSyntax.Split(configuration.Get(GlobalParameters.InetProtocols)))
        {
            bool isAll = Ascii.EqualsIgnoreCase(word, "all");
            bool isIpv4 = Ascii.EqualsIgnoreCase(word, "ipv4");
            bool isIpv6 = Ascii.EqualsIgnoreCase(word, "ipv6");
            if (!isAll && !isIpv4 && !isIpv6)
            {
                throw new ConfigurationException($"unknown inet_protocols value \"{word}\" in \"{configuration.Get(GlobalParameters.InetProtocols)}\"");
            }

            ipv4 |= isAll || isIpv4;
            ipv6 |= isAll || isIpv6;
        }

        return ipv4 || ipv6 ? (ipv4, ipv6) : throw new ConfigurationException("inet_protocols: no protocol specified");
    }

    private static IEnumerable<IPAddress> Resolve(string word, string parameter)
    {
        string host = word.StartsWith('[') && word.EndsWith(']') ? word[1..^1] : word;
        if (Network.TryParseAddress(host, out IPAddress? address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host).Select(WithoutScope);
        }
        catch (SocketException)
        {
            throw new ConfigurationException($"config variable {parameter}: host not found: {word}");
        }
    }

    private static int PrefixLength(IPAddress mask) => mask.GetAddressBytes().Sum(b => BitOperations.PopCount(b));

    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : WithoutScope(address);
}

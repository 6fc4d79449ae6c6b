using Mta.Dns;
using System.Net.Sockets;

namespace Mta.Delivery.Routing;

/// <summary>The order in which the addresses of a destination are tried, and which are left out.</summary>
public static class ServerOrder
{
    public static List<ServerAddress> Apply(List<ServerAddress> servers, LookupSettings settings)
    {
        if (settings.Randomizes)
        {
            Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(servers));
        }

        return Balance(Sort(servers, settings.AddressPreference), settings.BalancesProtocols ? settings.MxAddressLimit : 0);
    }

    /// <summary>SRV records by priority; within one, drawn by weight (RFC 2782).</summary>
    public static List<DnsRecord> ByWeight(IReadOnlyList<DnsRecord> records)
    {
        List<DnsRecord> left = [.. records.OrderBy(static record => record.Preference).ThenBy(static record => record.Weight)];
        List<DnsRecord> ordered = [];
        while (left.Count > 0)
        {
            int count = left.TakeWhile(record => record.Preference == left[0].Preference).Count();
            int draw = Random.Shared.Next(left.Take(count).Sum(static record => record.Weight) + 1);
            int chosen = 0;
            for (int sum = left[0].Weight; chosen < count - 1 && sum < draw; sum += left[chosen].Weight)
            {
                chosen++;
            }

            ordered.Add(left[chosen]);
            left.RemoveAt(chosen);
        }

        return ordered;
    }

    /// <summary>By preference of the exchanger, then by preferred family; what is equal keeps its order.</summary>
    public static List<ServerAddress> Sort(List<ServerAddress> servers, string preference)
    {
        AddressFamily family = preference switch
        {
            "ipv4" => AddressFamily.InterNetwork,
            "ipv6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        return [.. servers.OrderBy(static server => server.Preference)
            .ThenBy(server => family == AddressFamily.Unspecified || server.EndPoint?.AddressFamily == family ? 0 : 1)];
    }

    /// <summary>Within the limit, leaves room for both address families.</summary>
    /// <param name="limit">0: everything stays.</param>
    public static List<ServerAddress> Balance(List<ServerAddress> servers, int limit)
    {
        int v6 = servers.Count(IsV6);
        int v4 = servers.Count - v6;
        if (limit <= 0 || v4 == 0 || v6 == 0 || v4 + v6 <= limit)
        {
            return servers;
        }

        int keep4;
        if (v6 <= limit / 2)
        {
            keep4 = limit - v6;
        }
        else if (v4 <= limit / 2)
        {
            keep4 = v4;
        }
        else
        {
            keep4 = (limit + (IsV6(servers[0]) ? 0 : 1)) / 2;
        }

        int keep6 = limit - keep4;
        List<ServerAddress> kept = [];
        foreach (ServerAddress server in servers)
        {
            if (IsV6(server) ? keep6-- > 0 : keep4-- > 0)
            {
                kept.Add(server);
            }
        }

        return kept;
    }

    private static bool IsV6(ServerAddress server) => server.EndPoint?.AddressFamily == AddressFamily.InterNetworkV6;
}

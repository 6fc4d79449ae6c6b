using Mta.Delivery.Routing;
using System.Net;

namespace Mta.Smtp.Tests;

public sealed class ServerOrderTests
{
    private static List<ServerAddress> Servers(string families)
    {
        List<ServerAddress> servers = [];
        foreach (char family in families)
        {
            IPAddress address = family == '6' ? IPAddress.IPv6Loopback : IPAddress.Loopback;
            servers.Add(new ServerAddress($"h{servers.Count}", new IPEndPoint(address, 25), "", 10));
        }

        return servers;
    }

    private static string Families(List<ServerAddress> servers) =>
        string.Concat(servers.Select(s => s.EndPoint!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? '6' : '4'));

    [Theory]
    [InlineData("6666666644", 5, "66644")]
    [InlineData("66664444", 5, "66644")]
    [InlineData("44446666", 5, "44466")]
    [InlineData("644444444", 5, "64444")]
    [InlineData("44", 1, "44")]
    [InlineData("4466", 0, "4466")]
    [InlineData("4466", 4, "4466")]
    public void Both_families_keep_a_place_within_the_limit(string given, int limit, string kept) =>
        Assert.Equal(kept, Families(ServerOrder.Balance(Servers(given), limit)));

    [Fact]
    public void Preferred_family_comes_first_within_a_preference()
    {
        List<ServerAddress> servers = Servers("4646");
        servers[3] = servers[3] with { Preference = 5 };
        Assert.Equal(["h3", "h1", "h0", "h2"], ServerOrder.Sort(servers, "ipv6").Select(s => s.Host));
    }

    [Fact]
    public void Without_a_preferred_family_the_order_stays() =>
        Assert.Equal("4646", Families(ServerOrder.Sort(Servers("4646"), "any")));
}

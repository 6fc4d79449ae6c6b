using System.Net;
using Mta.Dns;
using Mta.Dns.Tests;
using Mta.Text;

namespace Mta.Postscreen.Tests;

public sealed class DnsblTests
{
    [Theory]
    [InlineData("bl.test", "127.0.0.9", true)]
    [InlineData("bl.test=127.0.0.2", "127.0.0.2", true)]
    [InlineData("bl.test=127.0.0.2", "127.0.0.3", false)]
    [InlineData("bl.test=127.0.0.[2;4..6]", "127.0.0.5", true)]
    [InlineData("bl.test=127.0.0.[2;4..6]", "127.0.0.3", false)]
    [InlineData("bl.test=127.0.[0..255].4*2", "127.0.77.4", true)]
    [InlineData("bl.test=[127;10].0.0.[1..1]", "10.0.0.1", true)]
    [InlineData("bl.test", "::1", false)]
    public void A_filter_tells_which_answers_are_listings(string site, string answer, bool isListed) =>
        Assert.Equal(isListed, Assert.Single(DnsblSite.ParseList(site)).Matches(IPAddress.Parse(answer)));

    [Theory]
    [InlineData("bl.test*3", 3)]
    [InlineData("bl.test=127.0.0.2*-2", -2)]
    [InlineData("bl.test", 1)]
    [InlineData("bl.test*0", 0)]
    public void A_site_has_a_weight(string site, int weight)
    {
        DnsblSite parsed = Assert.Single(DnsblSite.ParseList(site));
        Assert.Equal(weight, parsed.Weight);
        Assert.Equal("bl.test", parsed.Domain);
    }

    [Theory]
    [InlineData("bl.test*x")]
    [InlineData("bl.test*")]
    [InlineData("bl.test=127.0.0")]
    [InlineData("bl.test=127.0.0.256")]
    [InlineData("bl.test=127.0.0.[5..2]")]
    [InlineData("bl.test=127.0.0.[1..2..3]")]
    [InlineData("bl.test=127.0.0.[1")]
    [InlineData("bl.test=")]
    [InlineData("bl.test=127.0.0.1.2")]
    public void A_malformed_site_stops_the_daemon(string site) => Assert.Throws<FatalException>(() => DnsblSite.ParseList(site));

    [Fact]
    public async Task Weights_of_all_listings_are_summed_and_the_heaviest_is_named()
    {
        DnsblScore score = await AskAsync("a.test*1, b.test=127.0.0.2*4, b.test=127.0.0.9*8, c.test*2, good.test*-3", TimeSpan.FromSeconds(20));
        Assert.Equal(1 + 4 - 3, score.Total);
        Assert.Equal("b.test", score.Worst);
    }

    [Fact]
    public async Task Nothing_listed_is_nothing()
    {
        DnsblScore score = await AskAsync("c.test*2, d.test", TimeSpan.FromSeconds(20));
        Assert.Equal(0, score.Total);
        Assert.Equal("", score.Worst);
    }

    [Fact]
    public async Task A_list_that_fails_counts_nothing() => Assert.Equal(1, (await AskAsync("a.test, broken.test*5", TimeSpan.FromSeconds(20))).Total);

    private static async Task<DnsblScore> AskAsync(string sites, TimeSpan timeout)
    {
        using var dns = new FakeDnsServer();
        dns.Add("9.2.0.192.a.test", 1, 127, 0, 0, 2);
        dns.Add("9.2.0.192.b.test", 1, 127, 0, 0, 2);
        dns.Add("9.2.0.192.good.test", 1, 127, 0, 0, 5);
        dns.Fail("9.2.0.192.broken.test", 2);
        var lookups = new DnsblLookups(DnsblSite.ParseList(sites), new DnsResolver(new DnsSettings { ForwardAddress = dns.Address }), timeout);
        return await lookups.AskAsync("192.0.2.9", default);
    }
}

namespace Mta.Config.Tests;

public sealed class TcpPortsTests
{
    [Theory]
    [InlineData("smtp", 25)]
    [InlineData("lmtp", 24)]
    [InlineData("smtps", 465)]
    [InlineData("submissions", 465)]
    [InlineData("submission", 587)]
    public void Known_services_need_no_system_list(string service, int port) => Assert.Equal(port, new TcpPorts(With(null)).Find(service));

    [Fact]
    public void A_service_of_ones_own_is_found_before_the_systems() =>
        Assert.Equal((2525, 2526), (new TcpPorts(With("smtp=2525, mine=yours=2526")).Find("smtp"), new TcpPorts(With("smtp=2525, mine=yours=2526")).Find("yours") ?? 0));

    [Fact]
    public void A_service_that_nobody_knows_has_no_port() => Assert.Null(new TcpPorts(With("")).Find("no-such-service-name"));

    [Theory]
    [InlineData("smtp")]
    [InlineData("smtp=x")]
    [InlineData("smtp=70000")]
    public void A_malformed_list_is_refused(string list) => Assert.Throws<ConfigurationException>(() => new TcpPorts(With(list)));

    private static Configuration With(string? list) => Configuration.FromText(list is null ? "" : $"known_tcp_ports = {list}");
}

using System.Net;
using Mta.Config;

namespace Mta.Master.Tests;

public class EndpointTests
{
    private static Endpoint Find(string line, string mainCf = "") =>
        Endpoint.Find(MasterCf.Parse(line, "master.cf")[0], Configuration.FromText(mainCf), "master.cf: line 1");

    private static string Error(string line, string mainCf = "") => Assert.Throws<ConfigurationException>(() => Find(line, mainCf)).Message;

    [Fact]
    public void A_name_and_its_number_are_one_service()
    {
        Assert.Equal(Find("25 inet n - n - - smtpd").Identity, Find("smtp inet n - n - - smtpd").Identity);
    }

    [Fact]
    public void Without_a_host_and_with_all_interfaces_each_protocol_has_a_wildcard_socket()
    {
        Assert.Equal([new IPEndPoint(IPAddress.Any, 25), new IPEndPoint(IPAddress.IPv6Any, 25)], Find("25 inet n - n - - smtpd", "inet_interfaces = all\ninet_protocols = all\n").Addresses);
        Assert.Equal([new IPEndPoint(IPAddress.Any, 25)], Find("25 inet n - n - - smtpd", "inet_interfaces = all\ninet_protocols = ipv4\n").Addresses);
    }

    [Fact]
    public void Own_addresses_are_used_when_interfaces_are_named()
    {
        Endpoint endpoint = Find("25 inet n - n - - smtpd", "inet_interfaces = 127.0.0.1\n");
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 25)], endpoint.Addresses);
        Assert.False(endpoint.MayBeRemote);
    }

    [Theory]
    [InlineData("127.0.0.1:2525")]
    [InlineData("[127.0.0.1]:2525")]
    public void An_address_is_part_of_the_identity(string name)
    {
        Endpoint endpoint = Find($"{name} inet n - n - - smtpd");
        Assert.Equal("[127.0.0.1]:2525", endpoint.Identity);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 2525)], endpoint.Addresses);
    }

    [Fact]
    public void Private_decides_the_directory_of_a_socket()
    {
        Assert.Equal("private/smtp", Find("smtp unix - - n - - smtp").Identity);
        Assert.Equal("public/pickup", Find("pickup unix n - n 60 1 pickup").Identity);
    }

    [Theory]
    [InlineData("25?", "garbage after numerical service in \"25?\"")]
    [InlineData("99999", "port number out of range: 99999")]
    [InlineData("0", "port number out of range: 0")]
    [InlineData("no-such-service", "unknown TCP service: no-such-service")]
    [InlineData("::1:25", "bad hostname or network address: ::1:25")]
    [InlineData("[::1]25", "bad hostname or network address: [::1]25")]
    [InlineData("host:", "bad hostname or network address: host:")]
    public void Errors_name_the_line(string name, string error)
    {
        Assert.Equal("master.cf: line 1: " + error, Error($"{name} inet n - n - - smtpd"));
    }
}

using Mta.Delivery.Routing;
using Mta.Text;

namespace Mta.Smtp.Tests;

public sealed class DestinationTests
{
    [Theory]
    [InlineData("example.com", "example.com", true, "")]
    [InlineData("example.com:2525", "example.com", true, "2525")]
    [InlineData("[example.com]", "example.com", false, "")]
    [InlineData("[example.com]:smtp", "example.com", false, "smtp")]
    [InlineData("[192.0.2.1]:26", "192.0.2.1", false, "26")]
    [InlineData("[ipv6:2001:db8::1]", "2001:db8::1", false, "")]
    [InlineData("[2001:db8::1]:25", "2001:db8::1", false, "25")]
    public void Forms_of_a_destination_are_read(string text, string host, bool usesMx, string service)
    {
        Destination destination = Destination.Parse(text, isLmtp: false);
        Assert.Equal((host, usesMx, service), (destination.Host, destination.UsesMx, destination.Service));
    }

    [Theory]
    [InlineData("[example.com")]
    [InlineData("[]")]
    [InlineData("[a]b")]
    [InlineData("[a]:")]
    [InlineData(":25")]
    [InlineData("a:")]
    [InlineData("a:1:2")]
    public void Malformed_destination_is_fatal(string text) =>
        Assert.Throws<FatalException>(() => Destination.Parse(text, isLmtp: false));

    [Fact]
    public void Lmtp_knows_sockets_and_looks_up_no_exchangers()
    {
        Assert.Equal("/run/lmtp", Destination.Parse("unix:/run/lmtp", isLmtp: true).UnixPath);
        Destination inet = Destination.Parse("inet:host.test:24", isLmtp: true);
        Assert.Equal(("host.test", false, "24"), (inet.Host, inet.UsesMx, inet.Service));
    }

    [Fact]
    public void List_is_split_at_commas_and_blanks() =>
        Assert.Equal(["a", "[b]:26", "c"], Destination.ParseList("a, [b]:26\tc", isLmtp: false).Select(d => d.Text));
}

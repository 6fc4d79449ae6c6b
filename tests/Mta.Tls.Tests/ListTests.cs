namespace Mta.Tls.Tests;

/// <summary>Lists of main.cf, and names in certificates.</summary>
public sealed class ListTests
{
    [Theory]
    [InlineData(">=TLSv1.2", 0x303, 0)]
    [InlineData(">=TLSv1, <=TLSv1.2", 0x301, 0x303)]
    [InlineData(">=0303", 0x303, 0)]
    [InlineData("", 0, 0)]
    public void Protocol_bounds_are_read(string list, int minimum, int maximum)
    {
        Assert.True(TlsProtocols.TryParse(list, out TlsProtocols protocols));
        Assert.Equal((minimum, maximum), (protocols.Minimum, protocols.Maximum));
    }

    [Theory]
    [InlineData("TLSv9")]
    [InlineData(">=SSLv9x")]
    [InlineData("!")]
    public void Unknown_protocols_are_refused(string list) => Assert.False(TlsProtocols.TryParse(list, out _));

    [Fact]
    public void Naming_protocols_excludes_the_others()
    {
        Assert.True(TlsProtocols.TryParse("TLSv1.2 TLSv1.3", out TlsProtocols named));
        Assert.True(TlsProtocols.TryParse("!SSLv3:!TLSv1:!TLSv1.1", out TlsProtocols excluded));
        Assert.Equal(named.Excluded, excluded.Excluded);
    }

    [Fact]
    public void Exclusions_follow_the_list() =>
        Assert.Equal("HIGH:!MD5:!aDSS:!aNULL", TlsCiphers.Compose("HIGH", "MD5, aDSS", "", "aNULL"));

    [Theory]
    [InlineData("mail.example.org", "mail.example.org", true, true)]
    [InlineData("MAIL.Example.org", "mail.example.org", true, true)]
    [InlineData("mail.example.org", "other.example.org", true, false)]
    [InlineData("*.example.org", "mail.example.org", false, true)]
    [InlineData("*.example.org", "a.mail.example.org", true, true)]
    [InlineData("*.example.org", "a.mail.example.org", false, false)]
    [InlineData("*.example.org", "example.org", true, false)]
    [InlineData("*.org", "example.org", true, false)]
    [InlineData("*.org", "mail.example.org", true, false)]
    [InlineData("*", "org", true, false)]
    [InlineData("m*.example.org", "mail.example.org", true, false)]
    [InlineData("mail.example.org", ".example.org", true, true)]
    [InlineData("example.org", ".example.org", true, false)]
    [InlineData("notexample.org", ".example.org", true, false)]
    [InlineData("*.example.org", ".example.org", true, true)]
    [InlineData("", "", true, false)]
    public void Certified_names_match(string certified, string wanted, bool multiLabel, bool matches) =>
        Assert.Equal(matches, CertificateNames.Matches(certified, wanted, multiLabel));

    [Theory]
    [InlineData("no_ticket", true)]
    [InlineData("NO_TICKET, 0x100", true)]
    [InlineData("no_such_thing", false)]
    public void Options_are_read(string list, bool isValid) => Assert.Equal(isValid, TlsOptionNames.TryParse(list, out _));

    [Fact]
    public void A_ticket_key_keeps_its_88_bytes()
    {
        TicketKey key = TicketKey.Create(12345);
        Assert.Equal(TicketKey.Size, key.ToBytes().Length);
        Assert.True(TicketKey.TryParse(key.ToBytes(), out TicketKey? read));
        Assert.Equal(key.ToBytes(), read!.ToBytes());
        Assert.False(TicketKey.TryParse(new byte[87], out _));
    }
}

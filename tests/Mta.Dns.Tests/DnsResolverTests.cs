using System.Net;

namespace Mta.Dns.Tests;

public sealed class DnsResolverTests : IDisposable
{
    private readonly FakeDnsServer _server = new();
    private readonly DnsResolver _resolver;

    public DnsResolverTests() => _resolver = new DnsResolver(new DnsSettings { ForwardAddress = _server.Address, Timeout = TimeSpan.FromSeconds(3) });

    public void Dispose()
    {
        _resolver.Dispose();
        _server.Dispose();
    }

    private async Task<DnsAnswer> AskAsync(string name, DnsRecordType type) => await _resolver.LookupAsync(name, type, default);

    [Fact]
    public async Task Mail_exchangers_come_with_their_preferences()
    {
        _server.AddMx("a.test", 10, "mx1.a.test");
        _server.AddMx("a.test", 20, "mx2.a.test");
        DnsAnswer answer = await AskAsync("a.test", DnsRecordType.Mx);
        Assert.Equal(DnsStatus.Ok, answer.Status);
        Assert.Equal(["10 mx1.a.test", "20 mx2.a.test"], answer.Records.Select(r => $"{r.Preference} {r.Target}").Order());
    }

    [Fact]
    public async Task Null_mx_has_an_empty_target()
    {
        _server.AddMx("null.test", 0, "");
        DnsAnswer answer = await AskAsync("null.test", DnsRecordType.Mx);
        Assert.Equal("", Assert.Single(answer.Records).Target);
    }

    [Fact]
    public async Task Addresses_of_both_families_are_found()
    {
        _server.Add("h.test", 1, 127, 0, 0, 5);
        _server.Add("h.test", 28, [.. IPAddress.Parse("2001:db8::1").GetAddressBytes()]);
        Assert.Equal(IPAddress.Parse("127.0.0.5"), Assert.Single((await AskAsync("h.test", DnsRecordType.A)).Records).Address);
        Assert.Equal(IPAddress.Parse("2001:db8::1"), Assert.Single((await AskAsync("h.test", DnsRecordType.Aaaa)).Records).Address);
    }

    [Fact]
    public async Task Unknown_name_is_not_found_with_the_usual_words()
    {
        DnsAnswer answer = await AskAsync("nowhere.test", DnsRecordType.Aaaa);
        Assert.Equal(DnsStatus.NotFound, answer.Status);
        Assert.Equal("Host or domain name not found. Name service error for name=nowhere.test type=AAAA: Host not found", answer.Reason);
    }

    [Fact]
    public async Task Name_without_record_of_the_type_is_no_data()
    {
        _server.Add("h.test", 1, 127, 0, 0, 5);
        Assert.Equal(DnsStatus.NoData, (await AskAsync("h.test", DnsRecordType.Mx)).Status);
    }

    [Fact]
    public async Task Server_failure_is_temporary_and_never_not_found()
    {
        _server.Fail("bad.test", 2);
        DnsAnswer answer = await AskAsync("bad.test", DnsRecordType.Mx);
        Assert.Equal(DnsStatus.Temporary, answer.Status);
        Assert.EndsWith("type=MX: Host not found, try again", answer.Reason);
    }

    [Fact]
    public async Task Silence_is_temporary_after_the_time_limit()
    {
        _server.Ignore("silent.test");
        Assert.Equal(DnsStatus.Temporary, (await AskAsync("silent.test", DnsRecordType.A)).Status);
    }

    [Fact]
    public async Task Alias_is_followed_and_its_end_is_told()
    {
        _server.Add("alias.test", 5, FakeDnsServer.Wire("h.test"));
        _server.Add("h.test", 1, 127, 0, 0, 5);
        DnsAnswer answer = await AskAsync("alias.test", DnsRecordType.A);
        Assert.Equal("h.test", answer.CanonicalName);
        Assert.Single(answer.Records);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b.test")]
    [InlineData("a\u0000b.test")]
    public async Task Impossible_names_are_not_asked(string name) =>
        Assert.Equal(DnsStatus.InvalidName, (await AskAsync(name, DnsRecordType.A)).Status);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Tlsa_record_without_data_is_malformed(int length)
    {
        _server.Add("_25._tcp.h.test", 52, new byte[length]);
        DnsAnswer answer = await AskAsync("_25._tcp.h.test", DnsRecordType.Tlsa);
        Assert.NotEqual(DnsStatus.Ok, answer.Status);
        Assert.Empty(answer.Records);
    }

    [Fact]
    public async Task Many_questions_at_once_are_all_answered()
    {
        for (int i = 0; i < 200; i++)
        {
            _server.Add($"h{i}.test", 1, 127, 0, 0, (byte)i);
        }

        DnsAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => AskAsync($"h{i}.test", DnsRecordType.A)));
        Assert.All(answers, answer => Assert.Equal(DnsStatus.Ok, answer.Status));
    }

    [Fact]
    public async Task Many_records_come_whole()
    {
        for (int i = 0; i < 35; i++)
        {
            _server.AddMx("many.test", i, $"m{i}.test");
        }

        Assert.Equal(35, (await AskAsync("many.test", DnsRecordType.Mx)).Records.Count);
    }
}

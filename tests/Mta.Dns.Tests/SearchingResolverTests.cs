namespace Mta.Dns.Tests;

public sealed class SearchingResolverTests
{
    [Theory]
    [InlineData("nameserver 192.0.2.1\nsearch a.test b.test.\n", "a.test b.test")]
    [InlineData("search a.test\ndomain c.test d.test\n", "c.test")]
    [InlineData("# search x\nsearchx y\n", "host.test")]
    [InlineData("search\n", "host.test")]
    [InlineData("search .\n", "")]
    public void Domains_are_those_of_the_last_line_or_of_the_host(string file, string domains) =>
        Assert.Equal(domains, string.Join(' ', SearchingResolver.DomainsOf(file, "me.host.test")));

    [Theory]
    [InlineData("mail", true, false, "mail.a.test mail")]
    [InlineData("mail", true, true, "mail.a.test mail.b.test mail")]
    [InlineData("mail", false, true, "mail")]
    [InlineData("x.y", true, false, "x.y")]
    [InlineData("x.y", false, true, "x.y x.y.a.test x.y.b.test")]
    [InlineData("x.y.", true, true, "x.y.")]
    public async Task Names_are_asked_in_order_until_one_is_there(string name, bool completes, bool searches, string asked)
    {
        Answers answers = new();
        DnsAnswer answer = await new SearchingResolver(answers, ["a.test", "b.test"], completes, searches).LookupAsync(name, DnsRecordType.A, default);
        Assert.Equal(asked, string.Join(' ', answers.Asked));
        Assert.Equal((name, DnsStatus.NotFound), (answer.Name, answer.Status));
    }

    [Fact]
    public async Task The_first_that_is_there_counts()
    {
        Answers answers = new() { ["mail.b.test"] = DnsStatus.Ok, ["mail"] = DnsStatus.Ok };
        Assert.Equal("mail.b.test", (await new SearchingResolver(answers, ["a.test", "b.test"], true, true).LookupAsync("mail", DnsRecordType.A, default)).Name);
    }

    [Fact]
    public async Task A_server_that_cannot_tell_is_not_taken_for_no_such_name()
    {
        Answers answers = new() { ["mail.a.test"] = DnsStatus.Temporary };
        Assert.Equal(DnsStatus.Temporary, (await new SearchingResolver(answers, ["a.test", "b.test"], true, true).LookupAsync("mail", DnsRecordType.A, default)).Status);
        answers["mail.b.test"] = DnsStatus.Ok;
        Assert.Equal(DnsStatus.Ok, (await new SearchingResolver(answers, ["a.test", "b.test"], true, true).LookupAsync("mail", DnsRecordType.A, default)).Status);
    }

    private sealed class Answers : Dictionary<string, DnsStatus>, IDnsResolver
    {
        public List<string> Asked { get; } = [];

        public ValueTask<DnsAnswer> LookupAsync(string name, DnsRecordType type, CancellationToken stop)
        {
            Asked.Add(name);
            return new(new DnsAnswer(name, type, TryGetValue(name, out DnsStatus status) ? status : DnsStatus.NotFound));
        }
    }
}

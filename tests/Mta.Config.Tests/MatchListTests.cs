using Mta.Tables;

namespace Mta.Config.Tests;

public sealed class MatchListTests
{
    private readonly List<string> _warnings = [];

    [Theory]
    [InlineData("anyone", "static:all", MatchResult.Yes)]
    [InlineData("Root", "root, admin", MatchResult.Yes)]
    [InlineData("root", "!root, static:all", MatchResult.No)]
    [InlineData("joe", "!root, static:all", MatchResult.Yes)]
    [InlineData("joe", "", MatchResult.No)]
    [InlineData("joe", "!!joe", MatchResult.Yes)]
    [InlineData("joe", "fail:x, joe", MatchResult.Failed)]
    public async Task Strings_match_whole(string text, string list, MatchResult expected) =>
        Assert.Equal(expected, await new StringMatchList("t", list, Tables()).MatchesAsync(text));

    [Theory]
    [InlineData("a.b.c", "b.c", true, MatchResult.Yes)]
    [InlineData("a.b.c", "b.c", false, MatchResult.No)]
    [InlineData("a.b.c", ".b.c", false, MatchResult.Yes)]
    [InlineData("B.C", "b.c", false, MatchResult.Yes)]
    [InlineData("xb.c", "b.c", true, MatchResult.No)]
    [InlineData("a.b.c", "inline:{b.c=1}", true, MatchResult.Yes)]
    [InlineData("a.b.c", "inline:{b.c=1}", false, MatchResult.No)]
    [InlineData("a.b.c", "inline:{.b.c=1}", false, MatchResult.Yes)]
    public async Task Domains_match_their_subdomains_where_asked_for(string name, string list, bool subdomains, MatchResult expected) =>
        Assert.Equal(expected, await new DomainMatchList("t", list, Tables(), subdomains).MatchesAsync(name));

    [Theory]
    [InlineData("h.x", "10.1.2.3", "10.0.0.0/8", MatchResult.Yes)]
    [InlineData("h.x", "11.1.2.3", "10.0.0.0/8", MatchResult.No)]
    [InlineData("h.x", "10.1.2.3", "!10.1.2.3, 10.0.0.0/8", MatchResult.No)]
    [InlineData("h.x", "::1", "[::1]/128", MatchResult.Yes)]
    [InlineData("h.x", "2001:db8::5", "[2001:db8::]/32", MatchResult.Yes)]
    [InlineData("h.x", "10.1.2.3", "x", MatchResult.Yes)]
    [InlineData("", "10.1.2.3", "10.1.2.3", MatchResult.Yes)]
    [InlineData("h.x", "10.1.2.3", "inline:{10.1.2.3=1}", MatchResult.Yes)]
    [InlineData("h.x", "10.1.2.3", "10.0.0.1/8", MatchResult.Failed)]
    [InlineData("h.x", "10.1.2.3", "10.0.0.0/33", MatchResult.Failed)]
    public async Task Clients_match_by_name_and_address(string name, string address, string list, MatchResult expected) =>
        Assert.Equal(expected, await new AddressMatchList("t", list, Tables(), matchesSubdomains: true).MatchesAsync(name, address));

    [Fact]
    public async Task A_network_with_host_bits_says_what_it_should_be()
    {
        await new AddressMatchList("mynetworks", "127.0.0.1/8", Tables(), true).MatchesAsync("h", "127.0.0.1");
        Assert.Equal(["mynetworks: non-null host address bits in \"127.0.0.1/8\", perhaps you should use \"127.0.0.0/8\" instead"], _warnings);
    }

    [Fact]
    public async Task A_file_stands_for_its_patterns()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "# clients\n10.0.0.0/8\n!192.0.2.1 192.0.2.0/24\n");
            AddressMatchList list = new("t", file, Tables(), true);
            Assert.Equal(MatchResult.Yes, await list.MatchesAsync("", "10.9.9.9"));
            Assert.Equal(MatchResult.No, await list.MatchesAsync("", "192.0.2.1"));
            Assert.Equal(MatchResult.Yes, await list.MatchesAsync("", "192.0.2.2"));
            Assert.Equal(MatchResult.No, await new AddressMatchList("t", "!" + file, Tables(), true).MatchesAsync("", "10.9.9.9"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_missing_file_fails_when_it_is_asked()
    {
        Assert.Equal(MatchResult.Failed, await new StringMatchList("t", "/no/such/file", Tables()).MatchesAsync("x"));
        Assert.Equal(["t: open file /no/such/file: No such file or directory"], _warnings);
    }

    private TableRegistry Tables() => new(new TableSettings { Warning = _warnings.Add, Error = _warnings.Add });
}

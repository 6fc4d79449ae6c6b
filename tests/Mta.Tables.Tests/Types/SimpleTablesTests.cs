using Mta.Text;

namespace Mta.Tables.Tests.Types;

public sealed class SimpleTablesTests : IDisposable
{
    private readonly TestTables _tables = new();

    [Theory]
    [InlineData("static:x", "anything", "x")]
    [InlineData("static:{ a b }", "anything", "a b")]
    [InlineData("inline:{a=b, {c = d, e}}", "c", "d, e")]
    [InlineData("inline:{a=b, {c = d, e}}", "C", "d, e")]
    [InlineData("inline:{B=b}", "b", "b")]
    [InlineData("inline:{a=1, a=2}", "a", "2")]
    [InlineData("inline:{a=1}", "b", "-")]
    [InlineData("pipemap:{inline:{a=b}, inline:{b=c}}", "a", "c")]
    [InlineData("pipemap:{inline:{a=b}, inline:{b=c}}", "b", "-")]
    [InlineData("pipemap:{inline:{a=b}, fail:x}", "a", "!")]
    [InlineData("unionmap:{static:1, inline:{a=2}, static:3}", "a", "1,2,3")]
    [InlineData("unionmap:{static:1, inline:{a=2}, static:3}", "b", "1,3")]
    [InlineData("unionmap:{inline:{a=2}, fail:x}", "a", "!")]
    [InlineData("randmap:{only}", "a", "only")]
    [InlineData("fail:x", "a", "!")]
    [InlineData("nis:mail.aliases", "a", "-")]
    [InlineData("unix:passwd.byname", "no-such-user", "-")]
    [InlineData("debug:static:x", "a", "x")]
    public void Lookup_gives(string reference, string key, string expected) => Assert.Equal(expected, _tables.Ask(reference, key));

    [Fact]
    public void Root_is_found_among_the_users() => Assert.StartsWith("root:x:0:0:", _tables.Ask("unix:passwd.byname", "root"), StringComparison.Ordinal);

    [Theory]
    [InlineData("static", "open dictionary: expecting \"type:name\" form instead of \"static\"")]
    [InlineData("static:", "open dictionary: expecting \"type:name\" form instead of \"static:\"")]
    [InlineData("foo:bar", "unsupported dictionary type: foo")]
    [InlineData("unix:foo", "unknown table: unix:foo")]
    [InlineData("inline:{}", "bad syntax: \"inline:{}\"; need \"inline:{name=value...}\"")]
    [InlineData("inline:{a}", "missing '=' after attribute name: \"inline:{a}\"; need \"inline:{name=value...}\"")]
    [InlineData("unionmap:{foo}", "bad syntax: \"unionmap:{foo}\"; need \"unionmap:{type:name...}\"")]
    [InlineData("unionmap:{foo:bar}", "unsupported dictionary type: foo")]
    [InlineData("texthash:/nonexistent", "open database /nonexistent: No such file or directory")]
    [InlineData("lmdb:/nonexistent", "open database /nonexistent.lmdb: No such file or directory")]
    [InlineData("regexp:/nonexistent", "open /nonexistent: No such file or directory")]
    public void Opening_fails_with(string reference, string expected) =>
        Assert.Equal(expected, Assert.Throws<FatalException>(() => _tables.Registry.Open(reference)).Message);

    [Fact]
    public void Nis_warns_once()
    {
        LookupTable table = _tables.Registry.Open("nis:x");
        TestTables.Ask(table, "a");
        TestTables.Ask(table, "b");
        Assert.Single(_tables.Warnings);
    }

    [Fact]
    public void A_table_that_cannot_be_opened_fails_its_lookups_in_a_daemon()
    {
        using TestTables daemon = new(surrogates: true);
        Assert.Equal("!", daemon.Ask("lmdb:/nonexistent", "a"));
        Assert.Equal(["open database /nonexistent.lmdb: No such file or directory"], daemon.Errors);
        Assert.Equal(["lmdb:/nonexistent is unavailable. open database /nonexistent.lmdb: No such file or directory"], daemon.Warnings);
    }

    [Fact]
    public void The_same_table_is_opened_once() => Assert.Same(_tables.Registry.Open("static:x"), _tables.Registry.Open("static:x"));

    [Fact]
    public void The_registered_name_shows_mode_and_flags() =>
        Assert.Equal("static:x(0,lock|fold_fix|utf8_request)", _tables.Registry.Open("static:x").RegisteredName);

    [Fact]
    public void A_key_that_is_not_utf8_is_not_found()
    {
        Assert.Equal("-", _tables.Ask("static:x", "a\xE4"));
        Assert.Equal("static:x: non-UTF-8 key \"a?\": malformed UTF-8 or invalid codepoint", Assert.Single(_tables.Warnings));
    }

    [Fact]
    public void Bytes_are_bytes_without_the_utf8_request() => Assert.Equal("x", _tables.Ask("static:x", "a\xE4", TableFlags.None));

    [Fact]
    public void Keys_fold_as_unicode() => Assert.Equal("x", _tables.Ask($"inline:{{{ByteString.FromUnicode("straße")}=x}}", ByteString.FromUnicode("STRASSE")));

    [Fact]
    public async Task An_empty_result_of_a_list_is_a_failure()
    {
        TableList list = TableList.Open(_tables.Registry, "some_maps", "inline:{a=}, static:x");
        LookupResult result = (await list.LookupAsync("a"));
        Assert.True(result.IsFailed);
        Assert.Equal(LookupFailure.Configuration, result.Failure);
        Assert.Equal(["some_maps lookup of a returns an empty string result", "some_maps should return NO RESULT in case of NOT FOUND"], _tables.Warnings);
    }

    [Fact]
    public async Task The_first_table_of_a_list_that_has_the_key_answers()
    {
        TableList list = TableList.Open(_tables.Registry, "m", "inline:{a=1} inline:{a=2,b=3}");
        Assert.Equal("1", (await list.LookupAsync("a")).Value);
        Assert.Equal("3", (await list.LookupAsync("b")).Value);
        Assert.Same(list.Tables[1], (await list.LookupAsync("b")).Table);
    }

    [Fact]
    public async Task A_failure_stops_the_search()
    {
        TableList list = TableList.Open(_tables.Registry, "m", "fail:x, static:y");
        Assert.True((await list.LookupAsync("a")).IsFailed);
        Assert.Equal("fail:x lookup error for \"a\"", Assert.Single(_tables.Warnings));
    }

    [Fact]
    public async Task Partial_keys_pass_pattern_tables_over_and_empty_keys_are_never_found()
    {
        TableList list = TableList.Open(_tables.Registry, "m", "regexp:{{/./ r}}, static:s");
        Assert.Equal("r", (await list.LookupAsync("a")).Value);
        Assert.Equal("s", (await list.LookupAsync("a", partial: true)).Value);
        Assert.True((await list.LookupAsync("")).IsNotFound);
    }

    [Fact]
    public void List_elements_keep_their_braces() =>
        Assert.Equal(["hash:/a", "inline:{a=b, c=d}", "{x y}"], TableListSyntax.Split(" hash:/a, inline:{a=b, c=d}\n\t{x y},, "));

    public void Dispose() => _tables.Dispose();
}

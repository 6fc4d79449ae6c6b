namespace Mta.Tables.Tests.Clients;

public sealed class CacheTablesTests
{
    [Fact]
    public void A_value_comes_from_memcache()
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => "VALUE p:key 0 5\r\nvalue\r\nEND\r\n");
        string file = tables.Write("m.cf", $"memcache = inet:{server.Place}\nkey_format = p:%s\n");
        Assert.Equal("value", tables.Ask($"memcache:{file}", "KEY"));
        Assert.Equal("get p:key\r\n", server.Asked[0]);
    }

    [Theory]
    [InlineData("END\r\n", "-")]
    [InlineData("SERVER_ERROR out of memory\r\n", "!")]
    [InlineData("VALUE key 0 99999999\r\n", "!")]
    [InlineData("VALUE key 0 -1\r\n", "!")]
    [InlineData("VALUE key 0 3\r\nabcde\r\nEND\r\n", "!")]
    public void What_is_no_value_is_none_or_a_failure(string reply, string answer)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => reply);
        string file = tables.Write("m.cf", $"memcache = inet:{server.Place}\nmax_try = 1\n");
        Assert.Equal(answer, tables.Ask($"memcache:{file}", "key"));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\r\nset x 0 0 1\r\nx")]
    [InlineData("\x7f")]
    public void A_key_that_would_be_another_command_is_not_sent(string key)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => "END\r\n");
        string file = tables.Write("m.cf", $"memcache = inet:{server.Place}\n");
        Assert.Equal("-", tables.Ask($"memcache:{file}", key));
        Assert.Empty(server.Asked);
    }

    [Fact]
    public void A_backup_answers_for_a_cache_that_is_down()
    {
        using TestTables tables = new();
        string file = tables.Write("m.cf", $"memcache = inet:127.0.0.1:{FakeServer.DeadPort()}\nbackup = static:kept\n");
        Assert.Equal("kept", tables.Ask($"memcache:{file}", "key"));
        string without = tables.Write("n.cf", $"memcache = inet:127.0.0.1:{FakeServer.DeadPort()}\n");
        Assert.Equal("!", tables.Ask($"memcache:{without}", "key"));
    }

    [Fact]
    public void What_the_backup_has_goes_into_the_cache()
    {
        using TestTables tables = new();
        using FakeServer server = new(asked => asked.StartsWith("get", StringComparison.Ordinal) ? "END\r\n" : "STORED\r\n");
        string file = tables.Write("m.cf", $"memcache = inet:{server.Place}\nbackup = static:kept\nttl = 77\nflags = 3\n");
        Assert.Equal("kept", tables.Ask($"memcache:{file}", "key"));
        Assert.Equal(["get key\r\n", "set key 3 77 4\r\nkept\r\n"], server.Asked);
    }

    [Fact]
    public void Keys_outside_the_domain_list_are_not_asked_for()
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => "VALUE k 0 1\r\nx\r\nEND\r\n");
        string file = tables.Write("m.cf", $"memcache = inet:{server.Place}\ndomain = example.com\n");
        Assert.Equal("-", tables.Ask($"memcache:{file}", "key"));
        Assert.Equal("-", tables.Ask($"memcache:{file}", "@example.com"));
        Assert.Equal("-", tables.Ask($"memcache:{file}", "a@example.org"));
        Assert.Equal("x", tables.Ask($"memcache:{file}", "a@Example.com"));
        Assert.Single(server.Asked);
    }

    [Theory]
    [InlineData("$5\r\nvalue\r\n", "value")]
    [InlineData("$-1\r\n", "-")]
    [InlineData("-ERR no\r\n", "!")]
    [InlineData("$99999999\r\n", "!")]
    [InlineData("*1\r\n", "!")]
    [InlineData("\r\n", "!")]
    public void A_value_comes_from_redis(string reply, string answer)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => reply);
        string file = tables.Write("r.cf", $"redis = inet:{server.Place}\nmax_try = 1\n");
        Assert.Equal(answer, tables.Ask($"redis:{file}", "a b\r\n"));
        Assert.Equal("*2\r\n$3\r\nGET\r\n$5\r\na b\r\n\r\n", server.Asked[0]);
    }

    [Theory]
    [InlineData("ttl", "{0}, line 1: missing '=' after attribute name")]
    [InlineData("ttl = x", "{0}: bad numerical configuration: ttl = x")]
    [InlineData("key_format = %z", "db_common_parse: {0}: Invalid query template: %z")]
    [InlineData("max_try = 0", "{0}: invalid max_try parameter value 0 < 1")]
    [InlineData("max_try = x", "{0}: bad numerical configuration: max_try = x")]
    [InlineData("memcache = foo", "need service transport:endpoint instead of \"foo\"")]
    [InlineData("backup = foo:x", "unsupported dictionary type: foo")]
    public void A_bad_setting_is_refused(string line, string text)
    {
        using TestTables tables = new();
        string file = tables.Write("m.cf", line + "\n");
        Assert.False(tables.Registry.TryOpen($"memcache:{file}", TableFlags.Usual, TableAccess.ReadOnly, out _, out string error));
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, file), error);
    }

    [Fact]
    public void A_missing_file_is_refused()
    {
        using TestTables tables = new();
        Assert.False(tables.Registry.TryOpen("memcache:/nonexistent.cf", TableFlags.Usual, TableAccess.ReadOnly, out _, out string error));
        Assert.Equal("open /nonexistent.cf: No such file or directory", error);
    }
}

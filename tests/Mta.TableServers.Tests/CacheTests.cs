using System.Globalization;
using System.Net.Sockets;

namespace Mta.TableServers.Tests;

public sealed class MemcachedServer : TestServer
{
    public string Settings => $"memcache = unix:{Directory}/s\n";

    protected override string Command => $"{Servers.Memcached} -u root -s {Directory}/s -a 0777 -m 8 -t 1";

    protected override void Prepare() => File.Delete($"{Directory}/s");

    protected override bool IsReady() => Local.Answers($"{Directory}/s");
}

public sealed class RedisServer : TestServer
{
    public string Settings => $"redis = unix:{Directory}/s\npassword = secret\n";

    protected override string Command => $"{Servers.Redis} --port 0 --unixsocket {Directory}/s --unixsocketperm 777 --save '' --appendonly no --requirepass secret --dir {Directory}";

    protected override void Prepare() => File.Delete($"{Directory}/s");

    protected override bool IsReady() => Local.Answers($"{Directory}/s");
}

internal static class Local
{
    public static bool Answers(string path)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>What both caches promise.</summary>
internal static class CacheContract
{
    public static void Round_trip(AskedTable table)
    {
        Assert.Equal("-", table.Ask("key"));
        table.Table.Update("key", "value with blanks, and\r\nlines");
        Assert.Equal("value with blanks, and\r\nlines", table.Ask("KEY"));
        table.Table.Update("key", "other");
        Assert.Equal("other", table.Ask("key"));
        Assert.True(table.Table.Delete("key"));
        Assert.False(table.Table.Delete("key"));
        Assert.Equal("-", table.Ask("key"));
    }

    public static void Down_and_back(TestServer server, AskedTable table)
    {
        table.Table.Update("kept", "x");
        Assert.Equal("x", table.Ask("kept"));
        server.Stop();
        Assert.Equal("!", table.Ask("kept"));
        server.Start();
        Assert.Equal("-", table.Ask("kept"));
        server.Stop();
        server.Start();
        Assert.Equal("-", table.Ask("kept"));
    }

    public static void Expires(AskedTable table)
    {
        table.Table.Update("short", "x");
        SqlContract.SpinUntil(() => table.Ask("short") == "-");
    }

    public static void Many_at_once(AskedTable table)
    {
        table.Table.Update("k", "v");
        Task<Mta.Tables.LookupResult>[] lookups = new Task<Mta.Tables.LookupResult>[500];
        for (int i = 0; i < lookups.Length; i++)
        {
            lookups[i] = table.Table.LookupAsync(i % 2 == 0 ? "k" : string.Create(CultureInfo.InvariantCulture, $"n{i}")).AsTask();
        }

        Assert.True(Task.WaitAll(lookups, 60_000));
        Assert.All(lookups.Where((_, i) => i % 2 == 0), static lookup => Assert.True(lookup.Result.IsFound));
        Assert.All(lookups.Where((_, i) => i % 2 == 1), static lookup => Assert.True(lookup.Result.IsNotFound));
    }
}

public sealed class MemcacheTests(MemcachedServer server) : IClassFixture<MemcachedServer>
{
    [ServerFact(Servers.Memcached)]
    public void Round_trip() => CacheContract.Round_trip(Open("key_format = rt:%s\n"));

    [ServerFact(Servers.Memcached)]
    public void A_server_that_comes_back_is_used_again() => CacheContract.Down_and_back(server, Open(""));

    [ServerFact(Servers.Memcached)]
    public void Entries_live_as_long_as_told() => CacheContract.Expires(Open("ttl = 1\n"));

    [ServerFact(Servers.Memcached)]
    public void Many_lookups_at_once() => CacheContract.Many_at_once(Open("key_format = many:%s\n"));

    [ServerFact(Servers.Memcached)]
    public void A_digest_makes_any_key_fit()
    {
        AskedTable table = Open("key_digest = sha256\n");
        string key = new('k', 400);
        table.Table.Update(key, "long");
        Assert.Equal("long", table.Ask(key));
        table.Table.Update("with blank\r\nflush_all\r\n", "odd");
        Assert.Equal("odd", table.Ask("with blank\r\nflush_all\r\n"));
    }

    [ServerFact(Servers.Memcached)]
    public void What_the_server_refuses_is_a_failure()
    {
        AskedTable table = Open("data_size_limit = 4\nmax_try = 1\n");
        table.Table.Update("large", "12345");
        Assert.Equal("!", table.Ask("large"));
    }

    private AskedTable Open(string settings)
    {
        server.Start();
        return server.Table("memcache", server.Settings + settings, writes: true);
    }
}

public sealed class RedisTests(RedisServer server) : IClassFixture<RedisServer>
{
    [ServerFact(Servers.Redis)]
    public void Round_trip() => CacheContract.Round_trip(Open("key_format = rt:%s\n"));

    [ServerFact(Servers.Redis)]
    public void A_server_that_comes_back_is_used_again() => CacheContract.Down_and_back(server, Open(""));

    [ServerFact(Servers.Redis)]
    public void Entries_live_as_long_as_told() => CacheContract.Expires(Open("ttl = 1\n"));

    [ServerFact(Servers.Redis)]
    public void Many_lookups_at_once() => CacheContract.Many_at_once(Open("key_format = many:%s\n"));

    [ServerFact(Servers.Redis)]
    public void Keys_are_only_text()
    {
        AskedTable table = Open("");
        table.Table.Update("a\r\nFLUSHALL\r\n", "odd");
        Assert.Equal("odd", table.Ask("a\r\nFLUSHALL\r\n"));
        Assert.Equal("-", table.Ask("* ? [a]"));
    }

    [ServerFact(Servers.Redis)]
    public void Databases_are_apart()
    {
        AskedTable first = Open("database = 1\n");
        AskedTable second = Open("database = 2\n");
        first.Table.Update("k", "one");
        Assert.Equal("one", first.Ask("k"));
        Assert.Equal("-", second.Ask("k"));
    }

    [ServerFact(Servers.Redis)]
    public void A_wrong_password_is_a_failure()
    {
        server.Start();
        AskedTable table = server.Table("redis", $"redis = unix:{server.Directory}/s\npassword = wrong\nmax_try = 1\n");
        Assert.Equal("!", table.Ask("x"));
        Assert.DoesNotContain("password = ", table.Warnings[0], StringComparison.Ordinal);
        AskedTable none = server.Table("redis", $"redis = unix:{server.Directory}/s\nmax_try = 1\n");
        Assert.Equal("!", none.Ask("x"));
    }

    [ServerFact(Servers.Redis)]
    public void A_user_with_few_rights_may_do_few_things()
    {
        server.Start();
        AskedTable table = server.Table("redis", $"redis = unix:{server.Directory}/s\nuser = nobody\npassword = x\nmax_try = 1\n");
        Assert.Equal("!", table.Ask("x"));
    }

    private AskedTable Open(string settings)
    {
        server.Start();
        return server.Table("redis", server.Settings + settings, writes: true);
    }
}

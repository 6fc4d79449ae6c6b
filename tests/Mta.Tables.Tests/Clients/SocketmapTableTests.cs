using System.Globalization;

namespace Mta.Tables.Tests.Clients;

public sealed class SocketmapTableTests
{
    [Theory]
    [InlineData("OK found it", "found it")]
    [InlineData("NOTFOUND ", "-")]
    [InlineData("TEMP later", "!")]
    [InlineData("TIMEOUT slow", "!")]
    [InlineData("PERM never", "!")]
    [InlineData("WHAT", "!")]
    [InlineData("OK ", "!")]
    [InlineData("", "!")]
    public void The_first_word_of_a_reply_decides(string reply, string answer)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => string.Create(CultureInfo.InvariantCulture, $"{reply.Length}:{reply},"));
        Assert.Equal(answer, tables.Ask($"socketmap:inet:{server.Place}:name", "the key"));
        Assert.Equal("12:name the key,", server.Asked[0]);
    }

    [Theory]
    [InlineData("x:OK a,")]
    [InlineData("4:OK a;")]
    [InlineData("9999999:")]
    [InlineData(":")]
    public void A_reply_that_is_no_netstring_is_a_failure(string reply)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => reply);
        Assert.Equal("!", tables.Ask($"socketmap:inet:{server.Place}:name", "key"));
        Assert.Single(tables.Warnings);
    }

    [Fact]
    public void A_connection_that_the_server_closed_is_opened_once_more()
    {
        using TestTables tables = new();
        int count = 0;
        using FakeServer server = new(_ => Interlocked.Increment(ref count) == 2 ? null : "4:OK v,");
        Assert.Equal("v", tables.Ask($"socketmap:inet:{server.Place}:a", "1"));
        Assert.Equal("v", tables.Ask($"socketmap:inet:{server.Place}:b", "2"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public void No_server_is_a_failure_and_never_not_found()
    {
        using TestTables tables = new();
        int port = FakeServer.DeadPort();
        Assert.Equal("!", tables.Ask($"socketmap:inet:127.0.0.1:{port}:a", "1"));
        Assert.Equal([$"connect to 127.0.0.1:{port}: Connection refused", $"table socketmap:inet:127.0.0.1:{port}:a lookup error: Connection refused"], tables.Warnings);
    }

    [Theory]
    [InlineData("socketmap:inet:x", "need service transport:endpoint instead of \"inet\"")]
    [InlineData("socketmap:foo:127.0.0.1:x", "invalid transport name: foo in service: foo:127.0.0.1")]
    public void A_bad_address_is_refused(string reference, string text)
    {
        using TestTables tables = new();
        Assert.False(tables.Registry.TryOpen(reference, TableFlags.Usual, TableAccess.ReadOnly, out _, out string error));
        Assert.Equal(text, error);
    }
}

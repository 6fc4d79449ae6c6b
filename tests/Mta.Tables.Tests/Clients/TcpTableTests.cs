namespace Mta.Tables.Tests.Clients;

public sealed class TcpTableTests
{
    [Theory]
    [InlineData("200 found%20it\n", "found it")]
    [InlineData("200 \n", "")]
    [InlineData("500 no\n", "-")]
    [InlineData("500 \n", "-")]
    [InlineData("400 busy\n", "!")]
    [InlineData("300 what\n", "!")]
    public void The_first_digit_of_a_reply_decides(string reply, string answer)
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => reply);
        Assert.Equal(answer, tables.Ask($"tcp:{server.Place}", "key"));
        Assert.Equal("get key\n", server.Asked[0]);
    }

    [Fact]
    public void What_would_end_the_line_is_quoted()
    {
        using TestTables tables = new();
        using FakeServer server = new(_ => "500 -\n");
        tables.Ask($"tcp:{server.Place}", "a b%\nget c\xe9", TableFlags.Lock);
        Assert.Equal("get a%20b%25%0Aget%20c%E9\n", server.Asked[0]);
    }

    [Fact]
    public void Lookups_share_a_connection_until_the_server_closes_it()
    {
        using TestTables tables = new();
        int count = 0;
        using FakeServer server = new(_ => Interlocked.Increment(ref count) == 3 ? null : "200 x\n");
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("x", tables.Ask($"tcp:{server.Place}", "key"));
        }

        Assert.Equal(2, server.Connections);
        Assert.Empty(tables.Warnings);
    }

    [Fact]
    public void The_whole_key_only_is_asked_for()
    {
        using TestTables tables = new();
        Assert.True(tables.Registry.Open("tcp:127.0.0.1:1").IsPattern);
    }

    [Theory]
    [InlineData("tcp:127.0.0.1:1")]
    [InlineData("socketmap:inet:127.0.0.1:1:x")]
    public void Tables_that_decide_about_rights_are_not_taken_from_the_net(string reference)
    {
        using TestTables tables = new();
        Assert.False(tables.Registry.TryOpen(reference, TableFlags.Usual | TableFlags.NoUnauthenticated, TableAccess.ReadOnly, out _, out string error));
        Assert.Equal($"{reference} map is not allowed for security sensitive data", error);
    }
}

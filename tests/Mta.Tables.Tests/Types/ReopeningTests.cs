using Mta.Tables.Index;
using Mta.Tables.Source;

namespace Mta.Tables.Tests.Types;

public sealed class ReopeningTests
{
    [Theory]
    [InlineData("texthash", "key one\n", "key two\n")]
    [InlineData("regexp", "/^k/ one\n", "/^k/ two\n")]
    [InlineData("pcre", "/^k/ one\n", "/^k/ two\n")]
    public void A_file_that_is_replaced_is_read_again(string type, string before, string after)
    {
        using TestTables tables = new();
        string path = tables.Write("t", before);
        LookupTable table = tables.Registry.Open($"{type}:{path}");
        Assert.Equal("one", TestTables.Ask(table, "key"));
        File.Move(tables.Write("new", after), path, overwrite: true);
        Assert.Null(tables.Registry.FindChanged());
        Assert.Equal("two", TestTables.Ask(table, "key"));
        Assert.Equal($"table {type}:{path}(0,lock|fold_fix|utf8_request) has changed -- reopened", Assert.Single(tables.Infos));
    }

    [Fact]
    public void A_lookup_sees_the_change_by_itself()
    {
        using TestTables tables = new();
        string path = tables.Write("t", "192.0.2.1 one\n");
        LookupTable table = tables.Registry.Open($"cidr:{path}");
        Assert.Equal("one", TestTables.Ask(table, "192.0.2.1"));
        File.Move(tables.Write("new", "192.0.2.1 two\n"), path, overwrite: true);
        Assert.True(SpinWait.SpinUntil(() => TestTables.Ask(table, "192.0.2.1") == "two", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_file_that_is_written_in_place_is_read_when_it_rests()
    {
        using TestTables tables = new();
        string path = tables.Write("t", "key one\n");
        LookupTable table = tables.Registry.Open($"texthash:{path}");
        File.AppendAllText(path, "other two\n");
        Assert.True(SpinWait.SpinUntil(() => TestTables.Ask(table, "other") == "two", TimeSpan.FromSeconds(30)));
        Assert.Equal("one", TestTables.Ask(table, "key"));
    }

    [Fact]
    public void While_the_new_content_is_refused_the_old_one_stays()
    {
        using TestTables tables = new();
        string path = tables.Write("t", "key one\n");
        LookupTable table = tables.Registry.Open($"texthash:{path}");
        File.Move(tables.Write("new", "key two\nkey three\n"), path, overwrite: true);
        Assert.Null(tables.Registry.FindChanged());
        Assert.Null(tables.Registry.FindChanged());
        Assert.Equal("one", TestTables.Ask(table, "key"));
        Assert.Contains("is not usable, the old content stays", Assert.Single(tables.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_out_of_reach_lets_the_process_retire()
    {
        using TestTables tables = new();
        string path = tables.Write("t", "key one\n");
        LookupTable table = tables.Registry.Open($"texthash:{path}");
        File.Delete(path);
        Assert.Equal(table.RegisteredName, tables.Registry.FindChanged());
        Assert.Equal("one", TestTables.Ask(table, "key"));
    }

    [Theory]
    [InlineData("lmdb")]
    [InlineData("hash")]
    [InlineData("cdb")]
    public void An_index_that_is_made_anew_is_seen_by_the_next_lookup(string type)
    {
        using TestTables tables = new();
        string path = System.IO.Path.Combine(tables.Directory, "t");
        IndexBuilder.Build(type, path, [new SourceEntry("key", "one", default)], new IndexOptions());
        LookupTable table = tables.Registry.Open($"{type}:{path}");
        Assert.Equal("one", TestTables.Ask(table, "key"));
        for (int i = 0; i < 20; i++)
        {
            string value = $"v{i}";
            IndexBuilder.Build(type, path, [new SourceEntry("key", value, default)], new IndexOptions { TrailingNul = i % 2 == 0 });
            Assert.Equal(value, TestTables.Ask(table, "key"));
        }

        Assert.Null(tables.Registry.FindChanged());
        Assert.Equal(20, tables.Infos.Count);
        File.Delete(IndexBuilder.PathOf(type, path));
        Assert.Equal(table.RegisteredName, tables.Registry.FindChanged());
        Assert.Equal("v19", TestTables.Ask(table, "key"));
    }
}

using Mta.Linux;
using Mta.Tables.Index;
using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Tests.Index;

public sealed class IndexTests : IDisposable
{
    private readonly TestTables _tables = new();

    [Theory]
    [InlineData("hash")]
    [InlineData("btree")]
    [InlineData("lmdb")]
    [InlineData("cdb")]
    public void What_is_built_is_found(string type)
    {
        string name = Build(type, "B two words\na 1\n\"x y\" quoted\n");
        Assert.Equal("two words", _tables.Ask($"{type}:{name}", "b"));
        Assert.Equal("1", _tables.Ask($"{type}:{name}", "A"));
        Assert.Equal("quoted", _tables.Ask($"{type}:{name}", "\"x y\""));
        Assert.Equal("-", _tables.Ask($"{type}:{name}", "c"));
        Assert.Equal("-", _tables.Ask($"{type}:{name}", new string('k', 5000)));
        Assert.Equal(3, _tables.Registry.Open($"{type}:{name}").Entries().Count());
    }

    [Fact]
    public void A_redirected_type_is_served_by_what_it_is_redirected_to()
    {
        using TestTables tables = new(redirections: new() { ["hash"] = "cdb" });
        string path = tables.Write("t", "key value\n");
        IndexBuilder.Build(tables.Registry.Settings.EngineOf("hash"), path, MapSource.Read("key value\n"u8.ToArray(), path, true, "", static _ => { }), new IndexOptions());
        Assert.False(System.IO.File.Exists(path + ".lmdb"));
        Assert.Equal("value", tables.Ask($"hash:{path}", "key"));
        Assert.Equal([$"redirecting hash:{path} to cdb:{path}"], tables.Infos);
    }

    [Theory]
    [InlineData("lmdb", true)]
    [InlineData("lmdb", false)]
    [InlineData("cdb", true)]
    [InlineData("cdb", false)]
    public void Keys_are_found_with_and_without_their_nul(string type, bool nul)
    {
        string name = Build(type, "a 1\nb 2\n", new IndexOptions { TrailingNul = nul });
        Assert.Equal("-", _tables.Ask($"{type}:{name}", "z"));
        Assert.Equal("1", _tables.Ask($"{type}:{name}", "a"));
        Assert.Equal("2", _tables.Ask($"{type}:{name}", "b"));
    }

    [Fact]
    public void An_index_grows_beyond_its_first_size_limit()
    {
        string name = Build("lmdb", string.Concat(Enumerable.Range(0, 5000).Select(i => $"key{i} value{i}-{new string('v', 50)}\n")), new IndexOptions { MapSize = 65_536 });
        LookupTable table = _tables.Registry.Open($"lmdb:{name}");
        Parallel.For(0, 5000, i => Assert.StartsWith($"value{i}-", TestTables.Ask(table, $"key{i}"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DuplicateRule.Warn, "1", 1)]
    [InlineData(DuplicateRule.Ignore, "1", 0)]
    [InlineData(DuplicateRule.Replace, "2", 0)]
    public void Duplicates_follow_their_rule(DuplicateRule rule, string expected, int warnings)
    {
        string name = Build("lmdb", "a 1\nA 2\n", new IndexOptions { Duplicates = rule });
        Assert.Equal(expected, _tables.Ask($"lmdb:{name}", "a"));
        Assert.Equal(warnings, _tables.Warnings.Count);
        Assert.All(_tables.Warnings, warning => Assert.Equal($"lmdb:{name}: duplicate entry: \"a\"", warning));
    }

    [Fact]
    public void A_rebuild_replaces_the_file_and_open_tables_take_the_new_one()
    {
        string name = Build("hash", "a 1\n");
        LookupTable old = _tables.Registry.Open($"hash:{name}");
        Assert.Null(_tables.Registry.FindChanged());
        Build("hash", "a 2\n");
        Assert.Equal("2", TestTables.Ask(old, "a"));
        Assert.Null(_tables.Registry.FindChanged());
    }

    [Fact]
    public void A_failed_build_leaves_the_old_index_and_nothing_else()
    {
        string name = Build("lmdb", "a 1\n");
        Assert.Throws<TableException>(() => Build("lmdb", $"{new string('k', 600)} v\n"));
        Assert.Equal("1", _tables.Ask($"lmdb:{name}", "a"));
        Assert.Empty(System.IO.Directory.GetFiles(_tables.Directory, "*.tmp"));
    }

    [Fact]
    public void Entries_are_added_replaced_and_removed_in_place()
    {
        string name = Build("lmdb", "a 1\n");
        LookupTable table = _tables.Registry.Open($"lmdb:{name}", TableFlags.Usual, TableAccess.ReadWrite);
        LookupTable reader = _tables.Registry.Open($"lmdb:{name}");
        table.Update("B", "2");
        table.Update("a", "3");
        Assert.Equal("2", TestTables.Ask(reader, "b"));
        Assert.Equal("3", TestTables.Ask(reader, "a"));
        Assert.True(table.Delete("A"));
        Assert.False(table.Delete("a"));
        Assert.Equal("-", TestTables.Ask(reader, "a"));
        Assert.Null(_tables.Registry.FindChanged());
    }

    [Fact]
    public void Updates_beyond_the_size_limit_let_the_file_grow_under_open_readers()
    {
        string name = Build("lmdb", "a 1\n");
        LookupTable table = _tables.Registry.Open($"lmdb:{name}", TableFlags.Usual, TableAccess.ReadWrite);
        LookupTable reader = _tables.Registry.Open($"lmdb:{name}");
        Assert.Equal("1", TestTables.Ask(reader, "a"));
        for (int i = 0; i < 300; i++)
        {
            table.Update($"key{i}", new string('v', 500));
        }

        Assert.Equal(500, TestTables.Ask(reader, "key299").Length);
        Assert.Equal("1", TestTables.Ask(reader, "a"));
    }

    [Fact]
    public async Task Writers_get_their_turn_beside_a_busy_reader()
    {
        string name = Build("lmdb", "a 1\n");
        LookupTable table = _tables.Registry.Open($"lmdb:{name}", TableFlags.Usual, TableAccess.ReadWrite);
        LookupTable reader = _tables.Registry.Open($"lmdb:{name}");
        using CancellationTokenSource stop = new();
        Task reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal("1", TestTables.Ask(reader, "a"));
            }
        });
        for (int i = 0; i < 5; i++)
        {
            table.Update($"k{i}", "v");
        }

        await stop.CancelAsync();
        await reading;
        Assert.Equal("v", TestTables.Ask(reader, "k4"));
    }

    [Fact]
    public void A_table_is_made_when_it_is_opened_for_that()
    {
        LookupTable table = _tables.Registry.Open($"btree:{_tables.Directory}/cache", TableFlags.Usual, TableAccess.Create);
        table.Update("a", "1");
        Assert.Equal("1", TestTables.Ask(table, "a"));
    }

    [Fact]
    public void A_read_only_table_is_not_changed()
    {
        string name = Build("lmdb", "a 1\n");
        Assert.Throws<TableException>(() => _tables.Registry.Open($"lmdb:{name}").Update("b", "2"));
    }

    [Fact]
    public void An_index_is_stale_that_is_missing_or_older_than_its_source()
    {
        string name = _tables.Write("src", "a 1\n");
        Assert.True(IndexBuilder.IsStale("hash", name));
        Build("hash", "a 1\n");
        Assert.False(IndexBuilder.IsStale("hash", name));
        System.IO.File.SetLastWriteTimeUtc(name, DateTime.UtcNow.AddHours(1));
        Assert.True(IndexBuilder.IsStale("hash", name));
    }

    [Fact]
    public void Without_source_no_index_is_stale() => Assert.False(IndexBuilder.IsStale("hash", $"{_tables.Directory}/none"));

    [Fact]
    public void An_old_index_is_told()
    {
        string name = Build("lmdb", "a 1\n");
        System.IO.File.SetLastWriteTimeUtc(name + ".lmdb", DateTime.UtcNow.AddHours(-2));
        System.IO.File.SetLastWriteTimeUtc(name, DateTime.UtcNow.AddHours(-1));
        Assert.Equal("1", _tables.Ask($"lmdb:{name}", "a"));
        Assert.Equal([$"database {name}.lmdb is older than source file {name}"], _tables.Warnings);
    }

    [Theory]
    [InlineData("lmdb")]
    [InlineData("cdb")]
    public void A_damaged_file_is_refused_or_fails(string type)
    {
        string name = $"{_tables.Directory}/bad";
        System.IO.File.WriteAllBytes(IndexBuilder.PathOf(type, name), [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 7))]);
        using TestTables daemon = new(surrogates: true);
        Assert.Equal("!", daemon.Ask($"{type}:{name}", "a"));
    }

    [Theory]
    [InlineData(0x180, 0x180)]
    [InlineData(0x1A0, 0x1A0)]
    [InlineData(0x1A4, 0x1A4)]
    public void An_index_has_the_permissions_of_its_source(int source, int expected)
    {
        string name = _tables.Write("src", "a 1\n");
        Posix.Chmod(name, source);
        Build("hash", "a 1\n", new IndexOptions { Mode = IndexBuilder.ModeFor(SourceFile.Read(name)) });
        Assert.Equal(expected, Posix.Stat(name + ".lmdb").Permissions);
    }

    public void Dispose() => _tables.Dispose();

    private string Build(string type, string text, IndexOptions? options = null)
    {
        string name = _tables.Write("src", text);
        IndexBuilder.Build(type, name, MapSource.Read(ByteString.ToBytes(text), name, true, "", _tables.Warnings.Add), (options ?? new IndexOptions()) with { Warning = _tables.Warnings.Add });
        return name;
    }
}

using Mta.Tables.Source;
using Mta.Text;

namespace Mta.Tables.Tests.Source;

public sealed class SourceTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public void Lines_are_joined_and_comments_dropped() => Assert.Equal(
        [("a 1  b  c", 1), ("d", 6)],
        LogicalLines.Read(ByteString.ToBytes("a 1\n  b\n# x\n\n  c\nd"), "f", _warnings.Add).Select(line => (line.Text, line.First)));

    [Fact]
    public void A_continuation_at_the_start_is_passed_over()
    {
        Assert.Equal(["a"], LogicalLines.Read(" x\na\n"u8.ToArray(), "f", _warnings.Add).Select(line => line.Text));
        Assert.Equal(["f: logical line must not start with whitespace: \" x\""], _warnings);
    }

    [Theory]
    [InlineData("a b c \n", "a", "b c")]
    [InlineData("\"x y\" z\n", "\"x y\"", "z")]
    [InlineData("a\\ b c\n", "a\\ b", "c")]
    [InlineData("k\tv\n", "k", "v")]
    public void Entries_are_split(string text, string key, string value)
    {
        SourceEntry entry = Assert.Single(MapSource.Read(ByteString.ToBytes(text), "f", true, "", _warnings.Add));
        Assert.Equal((key, value), (entry.Key, entry.Value));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("a\n", "f, line 1: expected format: key whitespace value")]
    [InlineData("\"a b\n", "f, line 1: unbalanced '\"' in '\"a b' -- ignoring this line")]
    [InlineData("a \xE4\n", "f, line 1: non-UTF-8 input \"a ?\" -- ignoring this line")]
    public void Bad_entries_are_told_with_file_and_line(string text, string warning)
    {
        Assert.Empty(MapSource.Read(ByteString.ToBytes(text), "f", true, "", _warnings.Add));
        Assert.Equal([warning], _warnings);
    }

    [Fact]
    public void An_alias_line_in_a_map_is_kept_with_a_warning()
    {
        Assert.Single(MapSource.Read("a: b\n"u8.ToArray(), "f", true, "", _warnings.Add));
        Assert.Equal(["f, line 1: record is in \"key: value\" format; is this an alias file?"], _warnings);
    }
}

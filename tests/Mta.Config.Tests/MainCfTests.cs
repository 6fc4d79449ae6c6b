namespace Mta.Config.Tests;

public sealed class MainCfTests
{
    [Fact]
    public void Continuation_lines_join_across_comments_and_empty_lines()
    {
        MainCf file = MainCf.Parse("# c\nb = c\n  # cmt\n\n   d\n soft=1\nx=  y z \r\n", "main.cf");
        Assert.Equal(
            [new MainCfEntry(2, "b", "c   d soft=1"), new MainCfEntry(7, "x", "y z")],
            file.Entries);
    }

    [Fact]
    public void A_continuation_of_nothing_is_skipped_with_a_warning() =>
        Assert.Equal(["f: logical line must not start with whitespace: \"  bad\""], MainCf.Parse("  bad\na=b\n", "f").Warnings);

    [Fact]
    public void A_second_value_overrides_with_a_warning_that_shows_the_first()
    {
        Assert.Equal(["f, line 2: overriding earlier entry: a=b"], MainCf.Parse("a=b\na = c\n", "f").Warnings);
        Assert.Empty(MainCf.Parse("a=b\na = b\n", "f").Warnings);
    }

    [Theory]
    [InlineData("x=1\na\n", "f, line 2: missing '=' after attribute name: \"a\"")]
    [InlineData("=a\n", "f, line 1: missing attribute name: \"=a\"")]
    [InlineData("a b=a\n", "f, line 1: missing '=' after attribute name: \"a b=a\"")]
    public void What_is_no_assignment_is_fatal_with_file_and_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => MainCf.Parse(text, "f")).Message);

    [Fact]
    public void Bytes_stay_as_they_are() =>
        Assert.Equal("\u00e9\u00ff", MainCf.Parse("a=\u00e9\u00ff\n", "f").Entries[0].Value);
}

namespace Mta.Postconf.Tests;

public sealed class MainEditorTests : IDisposable
{
    private const string Before = "# top\nmydestination = a,\n  b\n# mid\n  c\n\nrelayhost=x\n relay2\nhome_mailbox=foo\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("mta-postconf").FullName;

    private string FilePath => Path.Combine(_folder, "main.cf");

    [Fact]
    public void Setting_replaces_the_entry_and_keeps_every_comment() =>
        Assert.Equal("# top\nmydestination = z\n# mid\n\nrelayhost=x\n relay2\nhome_mailbox=foo\n", Edit('e', "mydestination = z"));

    [Fact]
    public void A_new_name_goes_to_the_end() => Assert.Equal(Before + "new = 1\n", Edit('e', "new=1"));

    [Fact]
    public void Removing_takes_the_continuation_lines_too() =>
        Assert.Equal("# top\nmydestination = a,\n  b\n# mid\n  c\n\nhome_mailbox=foo\n", Edit('X', "relayhost"));

    [Fact]
    public void Commenting_out_marks_every_line() =>
        Assert.Equal("# top\nmydestination = a,\n  b\n# mid\n  c\n\n#relayhost=x\n# relay2\nhome_mailbox=foo\n", Edit('#', "relayhost"));

    [Fact]
    public void The_file_is_readable_and_nothing_is_left_behind()
    {
        Edit('e', "a=1");
        Assert.Equal(["main.cf"], Directory.GetFiles(_folder).Select(Path.GetFileName));
        Assert.Equal(0x1A4, (int)File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData('e', "foo", "missing '=' after attribute name: \"foo\"")]
    [InlineData('e', "a=b\nc", "-e, -X, or -# accepts no multi-line input")]
    [InlineData('e', "#x=y", "-e, -X, or -# accepts no comment input")]
    [InlineData('X', "", "-X or -# requires non-blank parameter names")]
    [InlineData('X', "a=b", "-X or -# requires parameter names without value")]
    public void A_malformed_request_changes_nothing(char edit, string request, string message)
    {
        Assert.Equal(message, Assert.Throws<Mta.Text.FatalException>(() => Edit(edit, request)).Message);
        Assert.Equal(Before, File.ReadAllText(FilePath));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Edit(char edit, params string[] requests)
    {
        File.WriteAllText(FilePath, Before);
        new MainEditor(FilePath).Apply(edit, requests);
        return File.ReadAllText(FilePath);
    }
}

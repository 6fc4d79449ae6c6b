namespace Mta.Config.Tests;

public class MasterCfTests
{
    private static MasterEntry One(string text) => Assert.Single(MasterCf.Parse(text, "master.cf"));

    private static string Error(string text) =>
        Assert.Throws<ConfigurationException>(() => MasterCf.Parse(text, "/etc/postfix/master.cf")).Message;

    [Fact]
    public void Dashes_leave_a_field_to_its_default()
    {
        MasterEntry entry = One("smtp unix - - - - - smtp\n");
        Assert.Equal(ServiceType.Unix, entry.Type);
        Assert.True(entry.IsPrivate && entry.IsUnprivileged);
        Assert.Null(entry.Chroot);
        Assert.Null(entry.Wakeup);
        Assert.Null(entry.ProcessLimit);
        Assert.Empty(entry.Arguments);
    }

    [Fact]
    public void All_fields_are_read()
    {
        MasterEntry entry = One("flush\tunix  n n y 1000? 0 flush -v\r\n");
        Assert.False(entry.IsPrivate);
        Assert.False(entry.IsUnprivileged);
        Assert.True(entry.Chroot);
        Assert.Equal(1000, entry.Wakeup);
        Assert.True(entry.WakeupOnlyIfUsed);
        Assert.Equal(0, entry.ProcessLimit);
        Assert.Equal(["-v"], entry.Arguments);
        Assert.Equal("flush/unix", entry.NameAndType);
    }

    [Fact]
    public void Continuation_lines_comments_and_empty_lines_join_an_entry()
    {
        MasterEntry entry = One("# a comment\n\nsmtp inet n - n - - smtpd\n  # inside\n\n  -o a=b\n\t-o { c = d e }\n");
        Assert.Equal(["-o", "a=b", "-o", "c = d e"], entry.Arguments);
        Assert.Equal("{ c = d e }", entry.Fields[^1]);
        Assert.Equal(3, entry.Line);
    }

    [Fact]
    public void Braces_nest()
    {
        Assert.Equal(["argv={x} {y}", "z"], One("p unix - n n - - pipe { argv={x} {y} } z\n").Arguments);
    }

    [Theory]
    [InlineData("foo\n", "line 1: missing \"transport type\" field")]
    [InlineData("foo unix - - n - 1\n", "line 1: missing \"command\" field")]
    [InlineData("\nfoo unixx - - n - 1 bar\n", "line 2: bad transport type: unixx")]
    [InlineData("foo unix x - n - 1 bar\n", "line 1: field \"private\": bad value: \"x\"")]
    [InlineData("foo unix - x n - 1 bar\n", "line 1: field \"unprivileged\": bad value: \"x\"")]
    [InlineData("foo unix - - n -1 1 bar\n", "line 1: field \"wakeup_time\": bad value: \"-1\"")]
    [InlineData("foo unix - - n 1? x bar\n", "line 1: field \"max_proc\": bad value: \"x\"")]
    [InlineData("foo unix - - n 999999999999999 1 bar\n", "line 1: field \"wakeup_time\": bad value: \"999999999999999\"")]
    [InlineData("foo inet - - n - - bar\n", "line 1: inet service cannot be private")]
    [InlineData("foo inet y - n - - bar\n", "line 1: inet service cannot be private")]
    [InlineData("../foo unix - - n - - bar\n", "line 1: bad service name: ../foo")]
    [InlineData("foo unix - - n - 1 bar -o { a = b }x\n", "line 1: syntax error after '}' in \"{ a = b }x\"")]
    [InlineData("foo unix - - n - 1 bar -o { a = b \n", "line 1: missing '}' in \"{ a = b \"")]
    public void Errors_name_file_line_and_reason(string text, string error)
    {
        Assert.Equal("/etc/postfix/master.cf: " + error, Error(text));
    }

    [Theory]
    [InlineData("inet", true)]
    [InlineData("unix", false)]
    [InlineData("SMTP/INET", true)]
    [InlineData("smtp.inet", true)]
    [InlineData("!smtp/inet, inet", false)]
    [InlineData("inet !smtp/inet", true)]
    [InlineData("", false)]
    public void Disabled_services_are_found_by_name_or_type(string list, bool isDisabled)
    {
        Assert.Equal(isDisabled, MasterCf.IsDisabled(One("smtp inet n - n - - smtpd\n"), list));
    }
}

using Mta.Text;

namespace Mta.Pipe.Tests;

public sealed class PipeArgumentsTests
{
    [Fact]
    public void Attributes_come_in_any_case_and_argv_takes_the_rest()
    {
        PipeArguments parsed = PipeArguments.Parse(["FLAGS=DRXhu", "User=vmail", "Size=100", "argv=/bin/cmd", "user=x", "$sender"]);
        Assert.Equal(PipeFlags.DeliveredTo | PipeFlags.ReturnPath | PipeFlags.IsFinal | PipeFlags.FoldDomain | PipeFlags.FoldUser, parsed.Flags);
        Assert.Equal(("vmail", 100L), (parsed.User, parsed.SizeLimit));
        Assert.Equal(["/bin/cmd", "user=x", "$sender"], parsed.Command);
    }

    [Theory]
    [InlineData(@"\r\n", "\r\n")]
    [InlineData(@"\015\012", "\r\n")]
    [InlineData(@"\t\\x\7", "\t\\x\a")]
    [InlineData(@"end\", @"end\")]
    public void Line_ends_have_the_escapes_of_C(string written, string meant) =>
        Assert.Equal(meant, PipeArguments.Parse([$"eol={written}", "user=a", "argv=b"]).LineEnd);

    [Theory]
    [InlineData("unknown attribute name: what=x", "what=x", "user=a", "argv=b")]
    [InlineData("unknown attribute name: word", "word", "user=a", "argv=b")]
    [InlineData("missing user= command-line attribute", "argv=b")]
    [InlineData("missing argv= command-line attribute", "user=a")]
    [InlineData("get_service_attr: bad size= value: 1k", "size=1k", "user=a", "argv=b")]
    [InlineData("unknown flag: Z (ignored)", "flags=DZ", "user=a", "argv=b")]
    public void A_mistake_is_fatal(string text, params string[] words) =>
        Assert.Equal(text, Assert.Throws<FatalException>(() => PipeArguments.Parse(words)).Message);
}

using Mta.Text;

namespace Mta.Sendmail.Tests;

public sealed class SendmailOptionsTests
{
    [Fact]
    public void Options_end_at_the_first_operand()
    {
        SendmailOptions options = Read("-i", "-fme@x", "r", "-t");
        Assert.True(options.IgnoresDot);
        Assert.Equal("me@x", options.Sender);
        Assert.Equal(["r", "-t"], options.Operands);
        Assert.False(options.TakesHeaderRecipients);
    }

    [Fact]
    public void Letters_cluster() => Assert.True(Read("-tiv", "r") is { TakesHeaderRecipients: true, IgnoresDot: true, Verbosity: 1 });

    [Fact]
    public void The_last_sender_wins() => Assert.Equal("b", Read("-f", "a", "-r", "b", "x").Sender);

    [Theory]
    [InlineData(SendmailMode.ListQueue, "-bp")]
    [InlineData(SendmailMode.RebuildAliases, "-bi")]
    [InlineData(SendmailMode.RebuildAliases, "-I")]
    [InlineData(SendmailMode.FlushQueue, "-q")]
    [InlineData(SendmailMode.Nothing, "-q30m")]
    [InlineData(SendmailMode.Daemon, "-bd", "-q30m")]
    [InlineData(SendmailMode.StandAlone, "-bs")]
    [InlineData(SendmailMode.Nothing, "-bh")]
    internal void Modes(SendmailMode mode, params string[] arguments) => Assert.Equal(mode, Read(arguments).Mode);

    [Theory]
    [InlineData("never", 1)]
    [InlineData("success,failure", 6)]
    [InlineData("DELAY", 8)]
    [InlineData("never,success", 0)]
    [InlineData("sometimes", 0)]
    [InlineData("", 0)]
    public void Notify(string value, int mask) => Assert.Equal(mask, Read("-N", value, "r").Notify);

    [Theory]
    [InlineData("-V requires two characters from -=+", "-XVab", "r")]
    [InlineData("-n option not supported", "-n", "r")]
    [InlineData("-B option needs 8BITMIME or 7BIT", "-B", "8bitmime", "r")]
    [InlineData("specify: -qRsitename", "-qR")]
    [InlineData("-qS is not implemented", "-qSx")]
    [InlineData("unsupported: -bz", "-bz")]
    [InlineData("-t can be used only in delivery mode", "-bp", "-t")]
    [InlineData("-t option cannot be used with -bv", "-bv", "-t", "r")]
    [InlineData("display queue mode requires no recipient", "-bp", "r")]
    [InlineData("flush site requires no recipient", "-qRx", "r")]
    [InlineData("usage: sendmail [options]", "-z")]
    public void What_does_not_go_together_is_fatal(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<FatalException>(() => Read(arguments)).Message);

    [Theory]
    [InlineData("/x/etc/main.cf", "/x/etc")]
    [InlineData("/x/etc", "/x/etc")]
    [InlineData("main.cf", ".")]
    public void The_configuration_is_found_in_a_pass_of_its_own(string path, string directory)
    {
        SendmailOptions options = new(["-oi", "-C", path, "r"]);
        options.FindConfiguration();
        Assert.Equal(directory, options.ConfigurationDirectory);
    }

    [Fact]
    public void Old_verp_options_become_new_ones()
    {
        Assert.Equal("+=", Read("-V+=", "r").Verp);
        SendmailOptions options = Read("-V", "ab");
        Assert.Equal("", options.Verp);
        Assert.Equal(["ab"], options.Operands);
    }

    private static SendmailOptions Read(params string[] arguments)
    {
        SendmailOptions options = new(arguments) { VerpFilter = "-=+" };
        options.Read();
        return options;
    }
}

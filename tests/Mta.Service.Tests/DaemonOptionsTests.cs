using Mta.Text;

namespace Mta.Service.Tests;

public sealed class DaemonOptionsTests
{
    [Theory]
    [InlineData("qmgr", "-l -t unix -u", "qmgr", "unix")]
    [InlineData("trivial-rewrite", "-n rewrite -t unix -u", "rewrite", "unix")]
    [InlineData("smtpd", "-n 127.0.0.1:10625 -t inet -u", "127.0.0.1:10625", "inet")]
    [InlineData("postlogd", "-l -n postlog -t unix-dgram -u", "postlog", "unix-dgram")]
    public void Command_lines_of_the_master_are_understood(string program, string line, string service, string type)
    {
        DaemonOptions options = DaemonOptions.Parse(program, line.Split(' '));
        Assert.Equal((service, type, true), (options.ServiceName, options.Type, options.Unprivileged));
    }

    [Fact]
    public void Every_option_of_the_master_is_accepted()
    {
        DaemonOptions options = DaemonOptions.Parse("x", "-c -d -D -i 5 -l -m 7 -n s -o a=b -s 2 -S -t inet -u -v -V -z -r 60 word flags=D".Split(' '));
        Assert.True(options.Chroot && options.Detached && options.Debug && options.Solitary && options.StandardStreams && options.Unprivileged && options.LogToStderr && options.Unlimited);
        Assert.Equal((2, 1, 60), (options.SocketCount, options.Verbosity, options.RetireAfter!.Value));
        Assert.Equal([("max_idle", "5"), ("max_use", "7"), ("a", "b")], options.Overrides);
        Assert.Equal(["word", "flags=D"], options.Arguments);
    }

    [Fact]
    public void Override_is_split_at_the_first_equals_sign_and_trimmed()
    {
        Assert.True(DaemonOptions.TrySplitOverride(" name = a = b ", out string name, out string value));
        Assert.Equal(("name", "a = b"), (name, value));
    }

    [Theory]
    [InlineData("-o", "novalue")]
    [InlineData("-s", "0")]
    [InlineData("-s", "x")]
    [InlineData("-q", "x")]
    public void Bad_option_is_fatal(string option, string argument) =>
        Assert.Throws<FatalException>(() => DaemonOptions.Parse("x", [option, argument]));
}

using Mta.Config;

namespace Mta.Master.Tests;

public class WorkerCommandTests
{
    private static readonly MasterOptions NoOptions = MasterOptions.Parse([]);

    private static string Arguments(string line, bool chroot = false, string mainCf = "inet_interfaces = 127.0.0.1\n")
    {
        MasterSettings settings = MasterSettings.From(Configuration.FromText(mainCf + "mail_owner = daemon\n"));
        Service service = Service.Create(MasterCf.Parse(line, "master.cf")[0], settings);
        return string.Join(' ', WorkerCommand.Arguments(service, NoOptions, chroot));
    }

    [Theory]
    [InlineData("qmgr unix n - n 300 1 qmgr", "qmgr -l -t unix -u")]
    [InlineData("cleanup unix n - n - 0 cleanup", "cleanup -z -t unix -u")]
    [InlineData("rewrite unix - - n - - trivial-rewrite", "trivial-rewrite -n rewrite -t unix -u")]
    [InlineData("defer unix - - n - 0 bounce", "bounce -z -n defer -t unix -u")]
    [InlineData("local unix - n n - - local", "local -t unix")]
    [InlineData("127.0.0.1:10625 inet n - n - - smtpd", "smtpd -n 127.0.0.1:10625 -t inet -u")]
    [InlineData("postlog unix-dgram n - n - 1 postlogd", "postlogd -l -n postlog -t unix-dgram -u")]
    [InlineData("xargs unix - - n - - discard -v -o {syslog_name = a b}", "discard -n xargs -t unix -u -v -o syslog_name = a b")]
    public void Arguments_are_those_of_Postfix(string line, string expected)
    {
        Assert.Equal(expected, Arguments(line));
    }

    [Fact]
    public void Services_that_strangers_reach_are_told_about_stress()
    {
        Assert.Equal("smtpd -n 0.0.0.0:2525 -t inet -u -o stress=", Arguments("0.0.0.0:2525 inet n - n - - smtpd"));
        Assert.Equal("postscreen -l -n 0.0.0.0:2525 -t inet -u", Arguments("0.0.0.0:2525 inet n - n - 1 postscreen"));
        Assert.Equal("smtpd -t pass -u -o stress=", Arguments("smtpd pass - - n - - smtpd"));
    }

    [Fact]
    public void Chroot_follows_the_decision()
    {
        Assert.Equal("smtp -t unix -u -c", Arguments("smtp unix - - y - - smtp", chroot: true));
    }

    [Fact]
    public void The_environment_is_built_from_the_list_and_nothing_else()
    {
        var caller = new Dictionary<string, string> { ["TZ"] = "UTC", ["LD_PRELOAD"] = "/x", ["DOTNET_DbgEnableMiniDump"] = "1", ["MAIL_CONFIG"] = "/caller" };
        List<string> environment = WorkerCommand.Environment("MAIL_CONFIG TZ, DISPLAY LANG=C {A = b c}", caller.GetValueOrDefault, ("MAIL_CONFIG", "/own"));
        Assert.Equal(["A=b c", "LANG=C", "MAIL_CONFIG=/own", "TZ=UTC"], environment.Order());
    }

    [Fact]
    public void The_generation_is_octal()
    {
        Assert.Equal(["GENERATION=20", "MTA_CLIENTS=5", "MTA_LIMIT=10", "MTA_STRESS=8"], WorkerCommand.OwnVariables(16, 5, 10, 8));
    }
}

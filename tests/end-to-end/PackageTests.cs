namespace Mta.EndToEnd;

/// <summary>
/// The Debian package in a root directory made of this host's files: <c>packaging/test.sh</c> without <c>--host-files</c>
/// does the same in a clean Debian, and takes over Debian's Postfix there.
/// </summary>
public sealed class PackageTests
{
    [PackageFact]
    public void It_delivers_is_upgraded_and_removed_and_keeps_queue_and_configuration()
    {
        Outcome outcome = Shell.Run($"{Repository.Root}/packaging/test.sh", ["--build", Repository.Build, "--host-files"], seconds: 300);
        Assert.True(outcome.ExitCode == 0 && outcome.Output.Contains("all is well", StringComparison.Ordinal), outcome.All);
    }

    [PackageFact]
    public void The_image_delivers_for_an_ordinary_user_on_a_read_only_root()
    {
        Outcome outcome = Shell.Run($"{Repository.Root}/packaging/oci/test.sh", ["--build", Repository.Build], seconds: 300);
        Assert.True(outcome.ExitCode == 0 && outcome.Output.Contains("all is well", StringComparison.Ordinal), outcome.All);
    }

    // What is left is what a mail system needs: root, the rights and homes of users, the network. test.sh of packaging boots it.
    [PeerFact("/usr/bin/systemd-analyze", "/usr/sbin/postfix")]
    public void Systemd_finds_nothing_wrong_with_the_unit_and_little_that_it_need_not_have()
    {
        string unit = $"{Repository.Root}/packaging/systemd/mta.service";
        Outcome outcome = Shell.Run("/usr/bin/systemd-analyze", ["verify", "--man=no", unit]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output + outcome.Error));
        Shell.Run("/usr/bin/systemd-analyze", ["security", "--offline=true", "--threshold=42", unit]).MustSucceed();
    }

    [PackageFact]
    public void Elsewhere_commands_know_where_their_programs_are()
    {
        string directory = Directory.CreateTempSubdirectory("mta-install-").FullName;
        try
        {
            Shell.Run(
                $"{Repository.Root}/packaging/install.sh",
                ["--build", Repository.Build, "--destdir", directory, "--sbindir", "/opt/mta/sbin", "--bindir", "/opt/mta/bin", "--daemondir", "/opt/mta/libexec", "--datadir", "/opt/mta/share", "--unitdir", "/opt/mta/units"]).MustSucceed();
            Assert.Equal(["opt"], Directory.GetFileSystemEntries(directory).Select(Path.GetFileName));
            string main = File.ReadAllText($"{directory}/opt/mta/share/mta/main.cf");
            Assert.Contains("\ncommand_directory = /opt/mta/sbin\ndaemon_directory = /opt/mta/libexec\n", main, StringComparison.Ordinal);
            Assert.Contains("\nsendmail_path = /opt/mta/sbin/sendmail\n", main, StringComparison.Ordinal);
            Assert.Contains("ExecStart=/opt/mta/sbin/postfix ", File.ReadAllText($"{directory}/opt/mta/units/mta.service"), StringComparison.Ordinal);
            Shell.Bash($"grep -q /opt/mta/libexec/postdrop {directory}/opt/mta/sbin/postdrop && test $(readlink {directory}/opt/mta/bin/mailq) = ../sbin/sendmail && zcat {directory}/opt/mta/share/man/man1/postfix.1.gz | grep -q '^.TH POSTFIX'").MustSucceed();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}

/// <summary>Skipped, and said so, unless root has native programs and the tools of Debian here.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PackageFactAttribute : FactAttribute
{
    public PackageFactAttribute()
    {
        Skip = Peers.WhyNot(root: true, "/usr/bin/dpkg-deb", "/usr/bin/unshare", "/sbin/ip")
            ?? (new FileInfo(Repository.Daemon("smtpd")).LinkTarget is not null ? "managed builds are not packaged" : null)
            ?? (Shell.Bash("unshare --net --uts --pid --fork --mount true").ExitCode != 0 ? "SKIPPED: root may not make namespaces here" : null);
    }
}

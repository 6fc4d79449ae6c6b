namespace Mta.EndToEnd;

/// <summary>A broken configuration stops nothing that runs, and says where it is broken.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void A_broken_main_cf_is_refused_with_file_line_and_reason()
    {
        using var mta = new Instance();
        mta.Start();
        mta.Postfix("stop").MustSucceed();
        File.AppendAllText(Path.Combine(mta.Etc, "main.cf"), "this is no setting\n");
        int line = File.ReadAllLines(Path.Combine(mta.Etc, "main.cf")).Length;
        foreach (string verb in (string[])["check", "start"])
        {
            Outcome outcome = mta.Postfix(verb);
            Assert.NotEqual(0, outcome.ExitCode);
            Assert.Contains($"{mta.Etc}/main.cf, line {line}: missing '=' after attribute name: \"this is no setting\"", outcome.Error + mta.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_broken_master_cf_is_refused_and_a_running_system_keeps_the_old_one()
    {
        using Instance mta = new Instance().Start();
        string good = mta.MasterCf;
        mta.MasterCf = good + "nonsense unix - - n\n";
        mta.WriteConfiguration();
        mta.Postfix("reload");
        mta.WaitForLog("master.cf");
        mta.Send("a@example.test", $"{mta.User}@example.test", "Subject: still\n\nstill here\n");
        mta.WaitForMail(mta.User, "still here");
        Assert.NotEqual(0, mta.Postfix("check").ExitCode);
        mta.MasterCf = good;
        mta.WriteConfiguration();
        mta.Postfix("reload").MustSucceed();
        mta.Send("a@example.test", $"{mta.User}@example.test", "Subject: again\n\nand again\n");
        mta.WaitForMail(mta.User, "and again");
    }

    [Theory]
    [InlineData("regexp", "/good/ x\n/a(b/ y\n", "line 2: Unmatched ( or \\(")]
    [InlineData("texthash", "key value\nalone\n", "line 2: expected format: key whitespace value")]
    [InlineData("cidr", "192.0.2.0/33 x\n", "line 1: bad mask length in \"192.0.2.0/33\"")]
    [InlineData("hash", null, "No such file or directory")]
    public void A_broken_table_is_refused_with_file_line_and_reason(string type, string? content, string reason)
    {
        using Instance mta = new Instance().Start();
        string table = Path.Combine(mta.Etc, "table");
        if (content is not null)
        {
            File.WriteAllText(table, content);
        }

        mta.Main["virtual_alias_maps"] = $"{type}:{table}";
        mta.WriteConfiguration();
        Assert.NotEqual(0, mta.Postfix("reload").ExitCode);
        mta.Postfix("status").MustSucceed();
        mta.Postfix("stop").MustSucceed();
        foreach (string verb in (string[])["check", "start"])
        {
            Outcome outcome = mta.Postfix(verb);
            Assert.NotEqual(0, outcome.ExitCode);
            Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
            Assert.Contains(table, outcome.Error, StringComparison.Ordinal);
            Assert.Contains(reason, mta.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_setting_that_restricts_and_is_not_built_stops_the_start()
    {
        using var mta = new Instance();
        mta.Main["smtpd_tls_enable_rpk"] = "yes";
        mta.WriteConfiguration();
        Shell.Bash($"chmod -R a+rX {mta.Directory}; [ $(id -u) != 0 ] || chown -R nobody {mta.Directory}").MustSucceed();
        Outcome outcome = mta.Postfix("start");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("smtpd_tls_enable_rpk", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_stop_status_and_reload_answer_as_postfix_does()
    {
        using var mta = new Instance();
        mta.Start();
        Assert.Equal(0, mta.Postfix("status").ExitCode);
        Outcome second = mta.Postfix("start");
        Assert.Equal(1, second.ExitCode);
        mta.Postfix("reload").MustSucceed();
        mta.WaitForLog("reload -- version 3.7.11, configuration " + mta.Etc);
        mta.Postfix("stop").MustSucceed();
        Assert.Equal(1, mta.Postfix("status").ExitCode);
        Assert.Equal(1, mta.Postfix("stop").ExitCode);
    }

    [Fact]
    public void Another_mtas_daemons_are_never_started_by_accident()
    {
        using var mta = new Instance();
        mta.Start();
        mta.Postfix("stop").MustSucceed();
        string foreign = Path.Combine(mta.Directory, "foreign");
        Directory.CreateDirectory(foreign);
        mta.Main["daemon_directory"] = foreign;
        mta.WriteConfiguration();
        Outcome outcome = mta.Postfix("start");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("mta-release", outcome.Error, StringComparison.Ordinal);
        mta.Main["daemon_directory"] = Path.Combine(Repository.Build, "libexec");
        mta.WriteConfiguration();
    }
}

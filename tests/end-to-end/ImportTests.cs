namespace Mta.EndToEnd;

/// <summary>A configuration of sendmail and one of Exim, converted, and mail going where theirs said.</summary>
public sealed class ImportTests
{
    [Fact]
    public void Mail_goes_where_sendmails_configuration_said()
    {
        using var sink = new SmtpSink();
        using var other = new SmtpSink();
        using var mta = new Instance();
        string mail = Directory.CreateDirectory($"{mta.Directory}/mail-etc").FullName;
        File.WriteAllText($"{mail}/sendmail.mc", $"""
            divert(-1)dnl
            VERSIONID(`site')dnl
            OSTYPE(`linux')dnl
            define(`confDOMAIN_NAME', `mta.example.test')dnl
            define(`SMART_HOST', `[127.0.0.1]')dnl
            define(`RELAY_MAILER_ARGS', `TCP $h {sink.Port}')dnl
            define(`confMAX_MESSAGE_SIZE', `20000')dnl
            MASQUERADE_AS(`example.test')dnl
            FEATURE(`access_db')dnl
            FEATURE(`blacklist_recipients')dnl
            FEATURE(`use_cw_file')dnl
            FEATURE(`virtusertable')dnl
            FEATURE(`mailertable')dnl
            FEATURE(`accept_unresolvable_domains')dnl
            MAILER(`local')dnl
            MAILER(`smtp')dnl
            """);
        File.WriteAllText($"{mail}/access", "From:spam.test\tERROR:5.7.1:550 no spam\nTo:gone@example.test\tREJECT\n");
        File.WriteAllText($"{mail}/local-host-names", "example.test\nshop.test\n");
        File.WriteAllText($"{mail}/virtusertable", $"info@shop.test\t{mta.User}\n@shop.test\terror:nouser 550 not here\n");
        File.WriteAllText($"{mail}/mailertable", "far.test\tsmtp:[127.0.0.1]\n");
        string made = Convert(mta, "import-sendmail", mail, expectedExit: 0, "0 not understood");

        // The relay of the test is not on port 25.
        File.WriteAllText($"{made}/transport", $"far.test smtp:[127.0.0.1]:{other.Port}\n");
        Merge(mta, made);
        mta.Main["transport_maps"] = $"hash:{mta.Etc}/transport";
        mta.Start();
        using (SmtpClient client = mta.Connect())
        {
            Assert.Contains("250-SIZE 20000", client.Command("EHLO c.test", "250"), StringComparison.Ordinal);
            client.Command("MAIL FROM:<a@spam.test>", "250");
            client.Command("RCPT TO:<info@shop.test>", "550 5.7.1 <a@spam.test>: Sender address rejected: no spam");
            client.Command("RSET", "250");
            client.Command("MAIL FROM:<root@mta.example.test>", "250");
            client.Command("RCPT TO:<gone@example.test>", "554 5.7.1");
            client.Command("RCPT TO:<nobody-there@shop.test>", "550 5.1.1");
            client.Command("RSET", "250");
            client.SendMessage("root@mta.example.test", ["info@shop.test", "x@far.test", "y@elsewhere.test"], "From: root@mta.example.test\nSubject: import\n\nimport token\n");
        }

        Assert.Contains("From: root@example.test\n", mta.WaitForMail(mta.User, "import token"), StringComparison.Ordinal);
        Assert.Equal(["y@elsewhere.test"], sink.WaitFor("import token", () => mta.Log).Recipients);
        Assert.Equal(["x@far.test"], other.WaitFor("import token", () => mta.Log).Recipients);
    }

    [Fact]
    public void Mail_goes_where_exims_configuration_said()
    {
        using var sink = new SmtpSink();
        using var mta = new Instance();
        string mail = Directory.CreateDirectory($"{mta.Directory}/mail-etc").FullName;
        File.WriteAllText($"{mail}/aliases", $"chief: {mta.User}\n");
        File.WriteAllText($"{mail}/virtual", $"info@shop.test: {mta.User}@example.test\n");
        File.WriteAllText($"{mail}/exim.conf", $$$"""
            primary_hostname = mta.example.test
            domainlist local_domains = @ : example.test
            domainlist relay_to_domains = backup.test
            hostlist relay_from_hosts = localhost
            acl_smtp_rcpt = acl_check_rcpt
            message_size_limit = 20K

            begin acl
            acl_check_rcpt:
              accept  hosts = :
              deny    sender_domains = spam.test
              require message = relay not permitted
                      domains = +local_domains : +relay_to_domains
              accept

            begin routers
            virtual:
              driver = redirect
              domains = shop.test
              data = ${lookup{$local_part@$domain}lsearch{{{{mail}}}/virtual}}
            smart:
              driver = manualroute
              domains = ! +local_domains
              transport = remote_smtp
              route_list = * 127.0.0.1::{{{sink.Port}}} byname
            aliases:
              driver = redirect
              data = ${lookup{$local_part}lsearch{{{{mail}}}/aliases}}
            localuser:
              driver = accept
              check_local_user
              transport = local_delivery

            begin transports
            remote_smtp:
              driver = smtp
            local_delivery:
              driver = appendfile
              directory = {{{mta.Mail}}}/$local_part
              maildir_format

            begin retry
            * * F,2h,15m; G,16h,1h,1.5; F,4d,6h
            """);
        string made = Convert(mta, "import-exim", $"{mail}/exim.conf", expectedExit: 0, "0 not understood");
        Merge(mta, made);
        mta.Start();
        using (SmtpClient client = mta.Connect())
        {
            Assert.Contains("250-SIZE 20480", client.Command("EHLO c.test", "250"), StringComparison.Ordinal);
            client.Command("MAIL FROM:<a@spam.test>", "250");
            client.Command("RCPT TO:<chief@example.test>", "554 5.7.1");
            client.Command("RSET", "250");
            client.SendMessage("a@b.test", ["chief@example.test"], "Subject: 1\n\nalias token\n");
            client.SendMessage("a@b.test", ["info@shop.test"], "Subject: 2\n\nvirtual token\n");
            client.SendMessage("a@b.test", ["z@elsewhere.test"], "Subject: 3\n\nsmart token\n");
        }

        mta.WaitForMail(mta.User, "alias token");
        mta.WaitForMail(mta.User, "virtual token");
        Assert.Equal(["z@elsewhere.test"], sink.WaitFor("smart token", () => mta.Log).Recipients);
    }

    private static string Convert(Instance mta, string command, string source, int expectedExit, string said)
    {
        string made = $"{mta.Directory}/made";
        Outcome outcome = Shell.Run(Repository.Command("postfix"), [command, source, made]);
        Assert.True(outcome.ExitCode == expectedExit && outcome.Output.Contains(said, StringComparison.Ordinal), outcome.All);
        // Every setting is one, with a value that it may have.
        File.Copy(Repository.Tool("instance-master.cf"), $"{made}/master.cf");
        Outcome settings = Shell.Run(Repository.Command("postconf"), ["-c", made, "-n"]);
        Assert.Equal((0, ""), (settings.ExitCode, settings.Error));
        // Never over what somebody has.
        Assert.NotEqual(0, Shell.Run(Repository.Command("postfix"), [command, source, made]).ExitCode);
        return made;
    }

    // The conversion's settings, in an instance that has its own places and its own port.
    private static void Merge(Instance mta, string made)
    {
        mta.Main.Remove("relayhost");
        foreach (string line in File.ReadAllLines($"{made}/main.cf").Where(static line => line.Contains(" =", StringComparison.Ordinal) && line[0] != '#'))
        {
            int equals = line.IndexOf(" =", StringComparison.Ordinal);
            mta.Main[line[..equals]] = line[(equals + 2)..].Trim();
        }

        mta.Main["inet_interfaces"] = "127.0.0.1";
        foreach (string table in Directory.GetFiles(made).Where(static file => !file.EndsWith(".cf", StringComparison.Ordinal)))
        {
            File.Copy(table, $"{mta.Etc}/{Path.GetFileName(table)}");
        }
    }
}

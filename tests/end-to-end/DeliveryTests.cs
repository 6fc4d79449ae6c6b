namespace Mta.EndToEnd;

/// <summary>Mail comes in by SMTP and by sendmail, and arrives.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public void A_message_by_smtp_arrives_in_the_maildir_unchanged()
    {
        using Instance mta = new Instance().Start();
        string id = mta.Send("sender@example.test", $"{mta.User}@example.test", "Subject: one\n\nline 1\n.dot\n\nlast \xE9\xFF\n");
        string mail = mta.WaitForMail(mta.User, "line 1");
        Assert.EndsWith("\n\nline 1\n.dot\n\nlast \xE9\xFF\n", mail, StringComparison.Ordinal);
        Assert.Contains("Return-Path: <sender@example.test>\n", mail, StringComparison.Ordinal);
        Assert.Contains($"Delivered-To: {mta.User}@example.test\n", mail, StringComparison.Ordinal);
        Assert.Contains($"by mta.example.test (Mta) with ESMTP id {id}", mail, StringComparison.Ordinal);
        mta.WaitForEmptyQueue();
        mta.WaitForLog($"{id}: removed");
    }

    [Fact]
    public void A_message_by_sendmail_arrives_and_gets_the_missing_headers()
    {
        using Instance mta = new Instance().Start();
        mta.Sendmail("Subject: by sendmail\n\nhello\n", "-f", "sender@example.test", mta.User).MustSucceed();
        string mail = mta.WaitForMail(mta.User, "hello");
        foreach (string header in (string[])["Message-Id: <", "Date: ", "From: "])
        {
            Assert.Contains("\n" + header, mail, StringComparison.Ordinal);
        }

        mta.WaitForEmptyQueue();
    }

    [Fact]
    public void Sendmail_takes_the_recipients_from_the_header_with_t()
    {
        using Instance mta = new Instance().Start();
        mta.Sendmail($"To: A Friend <{mta.User}@example.test>\nBcc: secret@example.test\nSubject: t\n\ntoken-t\n", "-t", "-oi").MustSucceed();
        string mail = mta.WaitForMail(mta.User, "token-t");
        Assert.DoesNotContain("secret", mail, StringComparison.Ordinal);
        mta.WaitForLog("to=<secret@example.test>");
    }

    [Fact]
    public void Unknown_users_strangers_and_relaying_are_refused()
    {
        using var mta = new Instance();
        mta.Main["mynetworks"] = "192.0.2.0/24";
        mta.Start();
        using SmtpClient client = mta.Connect();
        client.Command("EHLO test", "250");
        client.Command("RCPT TO:<a@b.example>", "503 5.5.1");
        client.Command("MAIL FROM:<a@b.example>", "250 2.1.0");
        client.Command("RCPT TO:<x@elsewhere.example>", "454 4.7.1");
        client.Command("RCPT TO:<no-such-user@example.test>", "550 5.1.1");
        client.Command($"RCPT TO:<{mta.User}@example.test>", "250 2.1.5");
        client.Command("QUIT", "221");
        mta.WaitForLog("Relay access denied");
    }

    [Fact]
    public void Aliases_and_commands_and_mbox_work()
    {
        using var mta = new Instance();
        string aliases = Path.Combine(mta.Etc, "aliases.table");
        mta.Main["alias_maps"] = $"texthash:{aliases}";
        File.WriteAllText(aliases, $"team {mta.User}, keeper\nkeeper {mta.Mail}/kept\nrunner \"|cat >{mta.Mail}/piped\"\n");
        mta.Start();
        mta.Send("a@example.test", "team@example.test", "Subject: team\n\nto the team\n");
        mta.WaitForMail(mta.User, "to the team");
        Wait.Until(() => File.Exists(mta.Mail + "/kept") && File.ReadAllText(mta.Mail + "/kept").Contains("to the team", StringComparison.Ordinal), "the mbox of the alias", () => mta.Log);
        Assert.StartsWith("From a@example.test ", File.ReadAllText(mta.Mail + "/kept"), StringComparison.Ordinal);
        mta.Send("a@example.test", "runner@example.test", "Subject: run\n\nto the command\n");
        Wait.Until(() => File.Exists(mta.Mail + "/piped") && File.ReadAllText(mta.Mail + "/piped").Contains("to the command", StringComparison.Ordinal), "the command's output", () => mta.Log);
        mta.WaitForEmptyQueue();
    }

    [Fact]
    public void Virtual_mailboxes_get_their_mail()
    {
        using var mta = new Instance();
        string uid = Shell.Bash($"id -u {mta.User}").Output.Trim();
        string gid = Shell.Bash($"id -g {mta.User}").Output.Trim();
        mta.Main["virtual_mailbox_domains"] = "virt.test";
        mta.Main["virtual_mailbox_base"] = mta.Mail;
        mta.Main["virtual_mailbox_maps"] = "inline:{{info@virt.test = box/}}";
        mta.Main["virtual_uid_maps"] = $"static:{uid}";
        mta.Main["virtual_gid_maps"] = $"static:{gid}";
        mta.Main["virtual_minimum_uid"] = "1";
        mta.Start();
        mta.Send("a@example.test", "info@virt.test", "Subject: v\n\nvirtual token\n");
        mta.WaitForMail("box", "virtual token");
        mta.WaitForEmptyQueue();
    }
}

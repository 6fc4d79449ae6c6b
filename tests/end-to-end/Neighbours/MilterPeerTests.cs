namespace Mta.EndToEnd;

/// <summary>Filters of others.</summary>
public sealed class MilterPeerTests
{
    private const string OpenDkim = "/usr/sbin/opendkim";

    [Neighbour("opendkim", "README.Debian, opendkim.conf(5)", "milter of smtpd: one signs, a second one verifies and adds the result")]
    [PeerFact(OpenDkim, "/usr/bin/openssl", DebianPostfix.Master)]
    public void Opendkim_signs_and_a_second_one_verifies()
    {
        using var mta = new DebianPostfix(9);
        string directory = mta.Directory;
        Shell.Bash($"openssl genrsa -out {directory}/key.pem 2048").MustSucceed();
        Outcome key = Shell.Bash($"openssl rsa -in {directory}/key.pem -pubout -outform DER | base64 -w0");
        File.WriteAllText($"{directory}/keys", $"sel._domainkey.example.test v=DKIM1; k=rsa; p={key.Output.Trim()}\n");
        int signer = Ports.Free();
        File.WriteAllText($"{directory}/sign.conf", $"Socket inet:{signer}@127.0.0.1\nMode s\nDomain example.test\nSelector sel\nKeyFile {directory}/key.pem\nRequireSafeKeys no\nSyslog no\n");
        using Peer first = new Peer(OpenDkim, "-f", "-x", $"{directory}/sign.conf").Listening(signer);
        int verifier = Ports.Free();
        File.WriteAllText($"{directory}/verify.conf", $"Socket inet:{verifier}@127.0.0.1\nMode v\nInternalHosts 192.0.2.1\nTestPublicKeys {directory}/keys\nAuthservID check.test\nAlwaysAddARHeader yes\nSyslog no\n");
        using Peer second = new Peer(OpenDkim, "-f", "-x", $"{directory}/verify.conf").Listening(verifier);
        mta.Set("smtpd_milters", $"inet:127.0.0.1:{signer} inet:127.0.0.1:{verifier}");
        mta.Replace("smtpd");
        mta.Replace("cleanup");
        mta.Start();
        using (SmtpClient client = mta.Connect())
        {
            client.SendMessage("a@example.test", ["x@virt.test"], "From: a@example.test\r\nSubject: dkim-test\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-Id: <m@b.test>\r\n\r\na line\r\n  and another \r\n\r\n");
        }

        string mail = mta.WaitForMail("box", "dkim-test");
        Assert.Contains("DKIM-Signature: v=1;", mail, StringComparison.Ordinal);
        Assert.Contains("dkim=pass", mail, StringComparison.Ordinal);
        Matrix.Passed();
    }

    /// <summary>What it does with its test patterns: refuse, mark, another subject; and headers of a rule of its own.</summary>
    [Neighbour("rspamd", "worker-proxy.inc (milter = yes, self_scan), rspamd's MTA integration page; rules off line", "milter proxy: GTUBE is refused, marked spam gets its header, another its Subject, headers of a rule are added and removed", "milter proxy: a message of sendmail is scanned by way of cleanup")]
    [PeerFact("/usr/bin/rspamd")]
    public void Rspamd_refuses_and_edits()
    {
        const string Pattern = "JS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
        using var mta = new Instance();
        string directory = Directory.CreateDirectory($"{mta.Directory}/rspamd").FullName;
        int port = Ports.Free();
        File.WriteAllText($"{directory}/tld", "com\ntest\n");
        File.WriteAllText($"{directory}/rule.lua", """
            rspamd_config:register_symbol({
              name = 'PEER', type = 'postfilter', callback = function(task)
                task:set_milter_reply({ add_headers = { ['X-Peer'] = 'first\n\tsecond' }, remove_headers = { ['X-Old'] = 0 } })
              end,
            })
            """);
        File.WriteAllText($"{directory}/conf", $$"""
            lua = "{{directory}}/rule.lua";
            options {
                enable_test_patterns = true; filters = []; disable_hyperscan = true;
                pidfile = "{{directory}}/pid"; tempdir = "{{directory}}"; hs_cache_dir = "{{directory}}"; url_tld = "{{directory}}/tld";
                control_socket = "{{directory}}/control mode=0600"; stats_file = "{{directory}}/stats"; history_file = "{{directory}}/history";
                dns { nameserver = ["127.0.0.1"]; timeout = 1s; }
            }
            lang_detection { languages = "{{directory}}/none"; }
            logging { type = "file"; filename = "{{directory}}/log"; level = "warning"; }
            actions { reject = 15; rewrite_subject = 8; add_header = 6; subject = "[spam] %s"; }
            worker "rspamd_proxy" { bind_socket = "127.0.0.1:{{port}}"; milter = yes; count = 1; upstream "local" { default = yes; self_scan = yes; } }
            """);
        using Peer filter = new Peer("/usr/bin/rspamd", "-f", "-i", "-c", $"{directory}/conf").Listening(port);
        mta.Main["smtpd_milters"] = $"inet:127.0.0.1:{port}";
        mta.Main["non_smtpd_milters"] = $"inet:127.0.0.1:{port}";
        mta.Main["milter_mail_macros"] = "i {mail_addr} {client_addr} {client_name} {auth_authen}";
        mta.Main["milter_default_action"] = "accept";
        mta.Start();
        string to = $"{mta.User}@example.test";
        string Message(string subject, string body) =>
            $"From: a@example.test\r\nSubject: {subject}\r\nX-Old: 1\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nX-Old: 2\r\nMessage-Id: <{subject}@b.test>\r\n\r\n{body}\r\n";
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO cl.test", "250");
            client.SendMessage("a@example.test", [to], Message("plain", "hello"));
            client.SendMessage("a@example.test", [to], Message("marked", "Y" + Pattern));
            client.SendMessage("a@example.test", [to], Message("renamed", "Z" + Pattern));
            client.Command("MAIL FROM:<a@example.test>", "250");
            client.Command($"RCPT TO:<{to}>", "250");
            client.Command("DATA", "354");
            client.Command(Message("refused", "X" + Pattern) + ".", "554 5.7.1 Gtube pattern");
        }

        string plain = mta.WaitForMail(mta.User, "plain@b.test");
        Assert.Contains("X-Peer: first\n\tsecond\n\nhello\n", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Old", plain, StringComparison.Ordinal);
        Assert.Contains("\nX-Spam: Yes\n\nY", mta.WaitForMail(mta.User, "marked@b.test"), StringComparison.Ordinal);
        Assert.Contains("\nSubject: [spam] renamed\nX-Old: 1\n", mta.WaitForMail(mta.User, "renamed@b.test"), StringComparison.Ordinal);
        mta.Sendmail(Message("local", "Y" + Pattern), "-i", "-f", "a@example.test", to).MustSucceed();
        Assert.Contains("X-Spam: Yes", mta.WaitForMail(mta.User, "local@b.test"), StringComparison.Ordinal);
        Matrix.Passed();
    }
}

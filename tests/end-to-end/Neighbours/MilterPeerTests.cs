using System.Diagnostics;
using System.Net.Sockets;

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
        using var first = new Filter(signer, "-f", "-x", $"{directory}/sign.conf");
        int verifier = Ports.Free();
        File.WriteAllText($"{directory}/verify.conf", $"Socket inet:{verifier}@127.0.0.1\nMode v\nInternalHosts 192.0.2.1\nTestPublicKeys {directory}/keys\nAuthservID check.test\nAlwaysAddARHeader yes\nSyslog no\n");
        using var second = new Filter(verifier, "-f", "-x", $"{directory}/verify.conf");
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

    /// <summary>The filters are Debian's; the daemons behind them, which need signatures and rules by the hundred megabytes, are the test's.</summary>
    [PeerFact(DebianPostfix.Master, "/usr/bin/apt-get")]
    public void Clamav_and_spamassassin_are_asked_and_obeyed()
    {
        using var mta = new DebianPostfix(9);
        string directory = mta.Directory;
        string peers = $"{directory}/peers";
        Shell.Run(Repository.Tool("unpack-peer"), [peers, "clamav-milter", "libclamav12", "libmspack0", "spamass-milter", "spamc"]).MustSucceed();
        using var clamd = new ScriptedDaemon(ScriptedDaemon.Clamd);
        using var spamd = new ScriptedDaemon(ScriptedDaemon.Spamd);
        int port = Ports.Free();
        File.WriteAllText($"{directory}/clam.conf", $"MilterSocket inet:{port}@127.0.0.1\nClamdSocket tcp:127.0.0.1:{clamd.Port}\nForeground yes\nOnInfected Reject\nRejectMsg virus %v\nAddHeader Replace\nTemporaryDirectory {directory}\n");

        // The program has the place of spamc compiled in; nothing is installed, so that another of the same length takes it.
        string link = $"/tmp/s{Path.GetRandomFileName()[..8]}";
        File.CreateSymbolicLink(link, $"{peers}/usr/bin/spamc");
        byte[] program = System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes($"{peers}/usr/sbin/spamass-milter")).Replace("/usr/bin/spamc", link, StringComparison.Ordinal));
        File.WriteAllBytes($"{peers}/usr/sbin/spamass-milter", program);
        try
        {
            using var first = new Filter("/usr/bin/env", port, $"LD_LIBRARY_PATH={peers}/usr/lib/x86_64-linux-gnu:{peers}/usr/lib/aarch64-linux-gnu", $"{peers}/usr/sbin/clamav-milter", "-c", $"{directory}/clam.conf");
            using var second = new Filter($"{peers}/usr/sbin/spamass-milter", 0, "-p", $"{directory}/spam.sock", "-r", "15", "--", "-d", "127.0.0.1", "-p", $"{spamd.Port}");
            Wait.Until(() => File.Exists($"{directory}/spam.sock"), "spamass-milter listens");
            Shell.Bash($"chmod 777 {directory}/spam.sock").MustSucceed();
            mta.Set("smtpd_milters", $"inet:127.0.0.1:{port} unix:{directory}/spam.sock");
            mta.Replace("smtpd");
            mta.Replace("cleanup");
            mta.Start();
            Assert.StartsWith("250 2.0.0 Ok: queued as", Send(mta, "clean-mail"), StringComparison.Ordinal);
            string mail = mta.WaitForMail("box", "clean-mail");
            Assert.Contains("X-Virus-Status: Clean", mail, StringComparison.Ordinal);
            Assert.Contains("X-Spam-Status: No", mail, StringComparison.Ordinal);
            Assert.Equal("550 5.7.1 virus Test.Virus", Send(mta, "VIRUS"));
            Assert.StartsWith("550 5.7.1 Blocked by SpamAssassin", Send(mta, "SPAM"), StringComparison.Ordinal);
            mta.WaitForLog("milter-reject: END-OF-MESSAGE from localhost[127.0.0.1]: 5.7.1 virus Test.Virus; from=<a@example.test> to=<x@virt.test>");
        }
        finally
        {
            File.Delete(link);
        }
    }

    /// <summary>What it does with its test patterns: refuse, mark, another subject; and headers of a rule of its own.</summary>
    [PeerFact(DebianPostfix.Master, "/usr/bin/apt-get")]
    public void Rspamd_refuses_and_edits()
    {
        const string Pattern = "JS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
        using var mta = new DebianPostfix(9);
        string peers = $"{mta.Directory}/peers";
        Shell.Run(Repository.Tool("unpack-peer"), [peers, "rspamd", "libhyperscan5", "libluajit-5.1-2", "libsodium23", "libunwind8", "libglib2.0-0"]).MustSucceed();
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
        using var filter = new Filter(
            "/usr/bin/env",
            port,
            $"LD_LIBRARY_PATH={peers}/usr/lib/rspamd:{peers}/usr/lib/x86_64-linux-gnu:{peers}/usr/lib/aarch64-linux-gnu",
            $"{peers}/usr/bin/rspamd",
            "-f",
            "-i",
            "-c",
            $"{directory}/conf",
            $"--var=LUALIBDIR={peers}/usr/share/rspamd/lualib");
        mta.Set("smtpd_milters", $"inet:127.0.0.1:{port}");
        mta.Replace("smtpd");
        mta.Replace("cleanup");
        mta.Start();
        string Message(string subject, string body) =>
            $"From: a@example.test\r\nSubject: {subject}\r\nX-Old: 1\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nX-Old: 2\r\nMessage-Id: <{subject}@b.test>\r\n\r\n{body}\r\n";
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO cl.test", "250");
            client.SendMessage("a@example.test", ["x@virt.test"], Message("plain", "hello"));
            client.SendMessage("a@example.test", ["x@virt.test"], Message("marked", "Y" + Pattern));
            client.SendMessage("a@example.test", ["x@virt.test"], Message("renamed", "Z" + Pattern));
            client.Command("MAIL FROM:<a@example.test>", "250");
            client.Command("RCPT TO:<x@virt.test>", "250");
            client.Command("DATA", "354");
            client.Command(Message("refused", "X" + Pattern) + ".", "554 5.7.1 Gtube pattern");
        }

        string plain = mta.WaitForMail("box", "plain@b.test");
        Assert.Contains("X-Peer: first\n\tsecond\n\nhello\n", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Old", plain, StringComparison.Ordinal);
        Assert.Contains("\nX-Spam: Yes\n\nY", mta.WaitForMail("box", "marked@b.test"), StringComparison.Ordinal);
        Assert.Contains("\nSubject: [spam] renamed\nX-Old: 1\n", mta.WaitForMail("box", "renamed@b.test"), StringComparison.Ordinal);
    }

    private static string Send(DebianPostfix mta, string token)
    {
        using SmtpClient client = mta.Connect();
        client.Command("EHLO cl.test", "250");
        client.Command("MAIL FROM:<a@example.test>", "250");
        client.Command("RCPT TO:<x@virt.test>", "250");
        client.Command("DATA", "354");
        return client.Command($"From: a@example.test\r\nTo: x@virt.test\r\nSubject: {token}\r\n\r\nbody\r\n.").TrimEnd();
    }

    private sealed class Filter : IDisposable
    {
        private readonly Process _process;

        public Filter(int port, params string[] arguments)
            : this(OpenDkim, port, arguments)
        {
        }

        /// <param name="port">Where it listens; 0 when that is not waited for.</param>
        public Filter(string program, int port, params string[] arguments)
        {
            _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!; // started or thrown
            if (port > 0)
            {
                Wait.Until(
                    () =>
                    {
                        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        return socket.ConnectAsync("127.0.0.1", port).ContinueWith(static task => task.IsCompletedSuccessfully).Result;
                    },
                    $"{program} listens");
            }
        }

        public void Dispose()
        {
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}

using System.Diagnostics;

namespace Mta.EndToEnd;

/// <summary>Filters that people run, on mail that did not come by SMTP: what they add stands in a message that others accept.</summary>
public sealed class SignatureTests
{
    private const string Opendkim = "/usr/sbin/opendkim";

    [Neighbour("opendkim", "README.Debian, opendkim.conf(5)", "non_smtpd_milters: a message of sendmail is signed, and verifies as it lies in the mailbox")]
    [PeerFact(Opendkim, "/usr/sbin/opendkim-genkey")]
    public void Mail_that_opendkim_signs_at_cleanup_verifies_in_the_mailbox()
    {
        using var mta = new Instance(privileged: true);
        int port = Ports.Free();
        string folder = Path.Combine(mta.Directory, "dkim");
        Shell.Bash($"mkdir {folder} && cd {folder} && /usr/sbin/opendkim-genkey -b 1024 -d example.test -s sel").MustSucceed();
        string key = string.Concat(File.ReadAllText($"{folder}/sel.txt").Split('"').Where(static (_, i) => i % 2 == 1));
        File.WriteAllText($"{folder}/keys", $"sel._domainkey.example.test {key}\n");
        File.WriteAllText($"{folder}/sign.conf", $"Socket inet:{port}@127.0.0.1\nMode s\nDomain example.test\nSelector sel\nKeyFile {folder}/sel.private\nInternalHosts 127.0.0.1\nRequireSafeKeys no\nSyslog no\nUserID root\nPidFile {folder}/pid\n");
        File.WriteAllText($"{folder}/verify.conf", $"Mode v\nTestPublicKeys {folder}/keys\nSyslog no\nUserID root\n");
        mta.Main["non_smtpd_milters"] = $"inet:127.0.0.1:{port}";
        mta.Main["milter_default_action"] = "tempfail";

        // What the filter adds is checked, and the rest of the message goes its way.
        mta.Main["milter_header_checks"] = "pcre:{{/^DKIM-Signature:.*d=example\\.test/ INFO signed}}";
        using Process signer = Process.Start(new ProcessStartInfo(Opendkim, ["-f", "-x", $"{folder}/sign.conf"]))!; // started or thrown
        try
        {
            mta.Start();
            string content = "From: root@example.test\nTo: x@example.test\nSubject: signed\nX-Empty:\n\nsigned token\n.\n" + string.Concat(Enumerable.Repeat("a line of text with a blank at its end \n", 2000));
            Wait.Until(
                () =>
                {
                    try
                    {
                        using var probe = new System.Net.Sockets.TcpClient("127.0.0.1", port);
                        return true;
                    }
                    catch (System.Net.Sockets.SocketException)
                    {
                        return false;
                    }
                },
                "opendkim",
                () => mta.Log);
            mta.Sendmail(content, "-i", "-f", "root@example.test", $"{mta.User}@example.test").MustSucceed();
            string mail = mta.WaitForMail(mta.User, "signed token");
            Assert.Contains("\nDKIM-Signature: v=1; ", mail, StringComparison.Ordinal);
            Assert.Contains(": milter-header-info: header DKIM-Signature: ", mta.Log, StringComparison.Ordinal);
            File.WriteAllText($"{folder}/mail", mail.Replace("\n", "\r\n", StringComparison.Ordinal), System.Text.Encoding.Latin1);
            Outcome verified = Shell.Run(Opendkim, ["-x", $"{folder}/verify.conf", "-vvv", "-t", $"{folder}/mail"]);
            Assert.True(verified.All.Contains("verification", StringComparison.Ordinal) && verified.All.Contains("succeeded", StringComparison.Ordinal), verified.All);

            // The same with one letter changed does not.
            File.WriteAllText($"{folder}/mail", mail.Replace("signed token", "signed taken", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal), System.Text.Encoding.Latin1);
            Outcome changed = Shell.Run(Opendkim, ["-x", $"{folder}/verify.conf", "-vvv", "-t", $"{folder}/mail"]);
            Assert.False(changed.All.Contains("succeeded", StringComparison.Ordinal), changed.All);
        }
        finally
        {
            signer.Kill();
            signer.WaitForExit();
        }

        Matrix.Passed();
    }
}

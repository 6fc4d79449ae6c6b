using System.Diagnostics;
using System.Net.Sockets;

namespace Mta.EndToEnd;

/// <summary>Filters of others.</summary>
public sealed class MilterPeerTests
{
    private const string OpenDkim = "/usr/sbin/opendkim";

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
    }

    private sealed class Filter : IDisposable
    {
        private readonly Process _process;

        public Filter(int port, params string[] arguments)
        {
            _process = Process.Start(new ProcessStartInfo(OpenDkim, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!; // started or thrown
            Wait.Until(
                () =>
                {
                    using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    return socket.ConnectAsync("127.0.0.1", port).ContinueWith(static task => task.IsCompletedSuccessfully).Result;
                },
                "opendkim listens");
        }

        public void Dispose()
        {
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}

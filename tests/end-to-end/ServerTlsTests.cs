using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Mta.Tls.Tests;

namespace Mta.EndToEnd;

/// <summary>The server's TLS, seen by openssl's client: one instance with a service for each set of settings.</summary>
public sealed class ServerTlsTests : IDisposable
{
    private readonly Certificates _certificates = new();
    private readonly Instance _mta = new();
    private readonly Dictionary<string, int> _ports = [];

    public ServerTlsTests()
    {
        Shell.Bash($"cd {_certificates.Directory} && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.csr -subj /CN=mx.example.test && openssl x509 -req -in ec.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out ec.crt -days 10 && cat ec.key ec.crt > ec.pem && cp server.pem live.pem && chmod -R a+rX . && chmod a+r *").MustSucceed();
        _mta.Main["smtpd_tls_security_level"] = "may";
        _mta.Main["smtpd_tls_chain_files"] = _certificates.Path("server.pem");
        _mta.Main["smtpd_tls_CAfile"] = _certificates.Path("ca.pem");
        _mta.Main["smtpd_tls_loglevel"] = "1";
        _mta.Main["smtpd_tls_fingerprint_digest"] = "sha256";
        _mta.Main["smtpd_forbid_unauth_pipelining"] = "no";
        _mta.Main["local_recipient_maps"] = "";
        Service("plain");
        Service("two-keys", ("smtpd_tls_chain_files", $"{_certificates.Path("server.pem")}, {_certificates.Path("ec.pem")}"));
        Service("two-key-files", ("smtpd_tls_chain_files", ""), ("smtpd_tls_cert_file", _certificates.Path("server.pem")), ("smtpd_tls_key_file", _certificates.Path("server.key")), ("smtpd_tls_eccert_file", _certificates.Path("ec.crt")), ("smtpd_tls_eckey_file", _certificates.Path("ec.key")));
        Service("names", ("tls_server_sni_maps", $"inline:{{ other.example.test={_certificates.Path("other.pem")} }}"));
        Service("asks", ("smtpd_tls_ask_ccert", "yes"), ("relay_clientcerts", $"inline:{{ {Fingerprint("client")}=known }}"), ("smtpd_relay_restrictions", "permit_tls_clientcerts, reject"));
        Service("asks-access", ("smtpd_tls_ask_ccert", "yes"), ("smtpd_client_restrictions", $"check_ccert_access inline:{{ {{ {Fingerprint("other")} = REJECT not you }} }}"));
        Service("requires", ("smtpd_tls_security_level", "encrypt"), ("smtpd_tls_req_ccert", "yes"));
        Service("encrypt", ("smtpd_tls_security_level", "encrypt"));
        Service("wrapped", ("smtpd_tls_wrappermode", "yes"));
        Service("new-only", ("smtpd_tls_protocols", ">=TLSv1.3"));
        Service("old-only", ("smtpd_tls_protocols", "<=TLSv1.2"), ("smtpd_tls_exclude_ciphers", "AES128"));
        Service("own-order", ("tls_preempt_cipherlist", "yes"));
        Service("live", ("smtpd_tls_chain_files", _certificates.Path("live.pem")));
        Service("workers", ("max_use", "1"));
        Service("external", ("smtpd_tls_ask_ccert", "yes"), ("smtpd_sasl_auth_enable", "yes"), ("smtpd_sasl_type", "passwd"), ("smtpd_sasl_path", "inline:{client.example.test=x, mallory=x}"), ("smtpd_sasl_mechanism_filter", "static:rest"), ("smtpd_relay_restrictions", "permit_sasl_authenticated, reject"), ("smtpd_client_event_limit_exceptions", "127.0.0.1"));
        Service("rate", ("smtpd_client_new_tls_session_rate_limit", "1"), ("smtpd_client_event_limit_exceptions", ""));
        Service("hasty", ("smtpd_starttls_timeout", "2s"));
        Service("broken", ("smtpd_tls_chain_files", "/nowhere/at-all.pem"));
    }

    public void Dispose()
    {
        _mta.Dispose();
        _certificates.Dispose();
    }

    [PeerFact("/usr/bin/openssl")]
    public void Every_setting_does_what_it_says()
    {
        _mta.Start();
        Keys();
        Names();
        ClientCertificates();
        Levels();
        Protocols();
        Tickets();
        Renewal();
        NothingIsInjected();
        CertificatesLogIn();
        HandshakesAreCounted();
        HandshakesHaveTheirTime();
    }

    private void Keys()
    {
        foreach (string service in (string[])["two-keys", "two-key-files"])
        {
            Assert.Contains("ECDHE-ECDSA-AES128-GCM-SHA256", Talk(service, "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"), StringComparison.Ordinal);
            Assert.Contains("ECDHE-RSA-AES128-GCM-SHA256", Talk(service, "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256"), StringComparison.Ordinal);
        }

        Assert.Contains("Cipher is (NONE)", Talk("plain", "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256"), StringComparison.Ordinal);
    }

    private void Names()
    {
        Assert.Contains("CN = other.example.test", Talk("names", "-servername other.example.test"), StringComparison.Ordinal);
        Assert.Contains("CN = mx.example.test", Talk("names", "-servername stranger.example.test"), StringComparison.Ordinal);
        Assert.Contains("CN = mx.example.test", Talk("names", "-noservername"), StringComparison.Ordinal);
        _mta.WaitForLog(" to other.example.test: TLSv1.3 with cipher ");
    }

    private void ClientCertificates()
    {
        const string mail = "EHLO a.test\nMAIL FROM:<a@b.test>\nRCPT TO:<x@far.test>\n";
        string client = $"-cert {_certificates.Path("client.pem")}";
        string other = $"-cert {_certificates.Path("other.pem")}";
        Assert.Contains("250 2.1.5 Ok", Talk("asks", client, mail), StringComparison.Ordinal);
        Assert.Contains("554 5.7.1 ", Talk("asks", other, mail), StringComparison.Ordinal);
        Assert.Contains("554 5.7.1 ", Talk("asks", "", mail), StringComparison.Ordinal);
        Assert.Contains("Client certificate rejected: not you", Talk("asks-access", other, mail), StringComparison.Ordinal);
        Assert.DoesNotContain("not you", Talk("asks-access", client, mail), StringComparison.Ordinal);
        Assert.Contains("421 4.7.1 mta.example.test Error: No client certificate presented", Talk("requires", "", "NOOP\n"), StringComparison.Ordinal);
        Assert.Contains("421 4.7.1 mta.example.test Error: Client certificate not trusted", Talk("requires", $"-cert {_certificates.Path("self.pem")}", "NOOP\n"), StringComparison.Ordinal);
        Assert.Contains("250 2.0.0 Ok", Talk("requires", client, "NOOP\n"), StringComparison.Ordinal);
        _mta.WaitForLog("NOQUEUE: abort: TLS from localhost[127.0.0.1]: No client certificate presented");
        _mta.WaitForLog("Trusted TLS connection established from localhost[127.0.0.1]: TLSv1.3");
    }

    private void Levels()
    {
        using var client = new SmtpClient(_ports["encrypt"]);
        client.Command("EHLO a.test", "250");
        client.Command("MAIL FROM:<a@b.test>", "530 5.7.0 Must issue a STARTTLS command first");
        client.Command("NOOP", "250");
        Assert.Contains("250 2.1.0 Ok", Talk("encrypt", "", "EHLO a.test\nMAIL FROM:<a@b.test>\n"), StringComparison.Ordinal);
        Assert.Contains("220 mta.example.test", Talk("wrapped", "", "EHLO a.test\n", isWrapped: true), StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", Talk("wrapped", "", "EHLO a.test\n", isWrapped: true).Replace("-starttls", "", StringComparison.Ordinal), StringComparison.Ordinal);
        using var broken = new SmtpClient(_ports["broken"]);
        Assert.Contains("STARTTLS", broken.Command("EHLO a.test"), StringComparison.Ordinal);
        broken.Command("STARTTLS", "454 4.7.0 TLS not available due to local problem");
        broken.Command("NOOP", "250");
    }

    private void Protocols()
    {
        Assert.Contains("TLSv1.3", Talk("new-only", "-tls1_3"), StringComparison.Ordinal);
        Assert.Contains("Cipher is (NONE)", Talk("new-only", "-tls1_2"), StringComparison.Ordinal);
        Assert.Contains("Cipher is (NONE)", Talk("old-only", "-tls1_3"), StringComparison.Ordinal);
        Assert.Contains("Cipher is ECDHE-RSA-AES256-GCM-SHA384", Talk("old-only", "-tls1_2"), StringComparison.Ordinal);
        Assert.Contains("Cipher is (NONE)", Talk("old-only", "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256"), StringComparison.Ordinal);
        const string order = "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
        Assert.Contains("Cipher is ECDHE-RSA-AES128-GCM-SHA256", Talk("plain", order), StringComparison.Ordinal);
        Assert.Contains("Cipher is ECDHE-RSA-AES256-GCM-SHA384", Talk("own-order", order), StringComparison.Ordinal);
    }

    // Keys of tickets are tlsmgr's: another process of the service takes them; another service does not.
    private void Tickets()
    {
        string session = Path.Combine(_certificates.Directory, "session");
        Assert.Contains("New, TLSv1.3", Talk("workers", $"-sess_out {session}", "EHLO a.test\n"), StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1.3", Talk("workers", $"-sess_in {session}", "EHLO a.test\n"), StringComparison.Ordinal);
        Assert.Contains("New, TLSv1.3", Talk("plain", $"-sess_in {session}", "EHLO a.test\n"), StringComparison.Ordinal);
        Assert.Contains("New, TLSv1.3", Talk("asks", $"-sess_in {session}", "EHLO a.test\n"), StringComparison.Ordinal);
    }

    private void Renewal()
    {
        Assert.Contains("CN = mx.example.test", Talk("live", ""), StringComparison.Ordinal);
        Replace("other.pem");
        Wait.Until(() => Talk("live", "").Contains("CN = other.example.test", StringComparison.Ordinal), "the new certificate", () => _mta.Log);
        File.WriteAllText(_certificates.Path("garbage.pem"), "-----BEGIN PRIVATE KEY-----\nthis is none\n-----END PRIVATE KEY-----\n");
        Shell.Bash($"chmod a+r {_certificates.Path("garbage.pem")}").MustSucceed();
        Replace("garbage.pem");
        Wait.Until(() => Talk("live", "").Contains("CN = other.example.test", StringComparison.Ordinal) && _mta.Log.Contains("the old certificates stay in use", StringComparison.Ordinal), "the old certificate, and a warning", () => _mta.Log);
        Replace("server.pem");
        Wait.Until(() => Talk("live", "").Contains("CN = mx.example.test", StringComparison.Ordinal), "the certificate after the failure", () => _mta.Log);

        void Replace(string with) => Shell.Bash($"cd {_certificates.Directory} && cp {with} next.pem && chmod a+r next.pem && mv next.pem live.pem").MustSucceed();
    }

    // RFC 3207 section 6: what came in plain text is not taken for what comes protected.
    private void NothingIsInjected()
    {
        using var socket = new TcpClient("127.0.0.1", _ports["plain"]) { ReceiveTimeout = 60_000, NoDelay = true };
        NetworkStream plain = socket.GetStream();
        ReadLine(plain);
        plain.Write(Encoding.ASCII.GetBytes("EHLO a.test\r\n"));
        while (ReadLine(plain)[3] == '-')
        {
        }

        plain.Write(Encoding.ASCII.GetBytes("STARTTLS\r\nVRFY injected@example.test\r\nNOOP\r\n"));
        Assert.StartsWith("220 2.0.0", ReadLine(plain), StringComparison.Ordinal);
        using var tls = new SslStream(plain, leaveInnerStreamOpen: true, static (_, certificate, _, _) => certificate is not null);
        tls.AuthenticateAsClient("mx.example.test");
        tls.Write(Encoding.ASCII.GetBytes("MAIL FROM:<a@b.test> X-WHO=me\r\n"));
        Assert.StartsWith("555 5.5.4 Unsupported option: X-WHO=me", ReadLine(tls), StringComparison.Ordinal);
    }

    // EXTERNAL (RFC 4422 appendix A): the name in a certificate that an authority vouches for, where the table knows it.
    private void CertificatesLogIn()
    {
        string known = $"-cert {_certificates.Path("client.pem")}";
        string mail = "MAIL FROM:<a@b.test>\nRCPT TO:<x@far.test>\n";
        Assert.Contains("EXTERNAL", Talk("external", known, "EHLO a.test\n"), StringComparison.Ordinal);
        string good = Talk("external", known, $"EHLO a.test\nAUTH EXTERNAL =\n{mail}");
        Assert.Contains("235 2.7.0 Authentication successful", good, StringComparison.Ordinal);
        Assert.Contains("250 2.1.5 Ok", good, StringComparison.Ordinal);
        _mta.WaitForLog("sasl_method=EXTERNAL, sasl_username=client.example.test");
        Assert.Contains("235 2.7.0", Talk("external", known, $"EHLO a.test\nAUTH EXTERNAL {B64("client.example.test")}\n"), StringComparison.Ordinal);
        Assert.Contains("235 2.7.0", Talk("external", known, "EHLO a.test\nAUTH EXTERNAL\n\n"), StringComparison.Ordinal);
        // Another's name; a name that the table does not know; nobody's word for it; no certificate; no TLS.
        Refused(known, $"AUTH EXTERNAL {B64("mallory")}\n");
        Refused($"-cert {_certificates.Path("other.pem")}", "AUTH EXTERNAL =\n");
        Refused($"-cert {_certificates.Path("self.pem")}", "AUTH EXTERNAL =\n");
        Refused("", $"AUTH EXTERNAL {B64("client.example.test")}\n");
        using var plain = new SmtpClient(_ports["external"]);
        plain.Command("AUTH EXTERNAL =", "503 5.5.1 Error: authentication not enabled");

        void Refused(string options, string command)
        {
            string said = Talk("external", options, $"EHLO a.test\n{command}{mail}");
            Assert.Contains("535 5.7.8 Error: authentication failed", said, StringComparison.Ordinal);
            Assert.DoesNotContain("250 2.1.5", said, StringComparison.Ordinal);
        }

        static string B64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text));
    }

    private void HandshakesAreCounted()
    {
        using (SslStream first = Encrypt())
        {
            first.Write("QUIT\r\n"u8);
            Assert.StartsWith("221 ", ReadLine(first), StringComparison.Ordinal);
        }

        using (SslStream second = Encrypt())
        {
            Assert.StartsWith("421 4.7.0 mta.example.test Error: too many new TLS sessions from localhost[127.0.0.1]", ReadLine(second), StringComparison.Ordinal);
            Assert.Equal("", ReadLine(second));
        }

        using (var third = new SmtpClient(_ports["rate"]))
        {
            third.Command("STARTTLS", "454 4.7.0 Error: too many new TLS sessions from localhost[127.0.0.1]");
            third.Command("NOOP", "250");
        }

        SslStream Encrypt()
        {
            var socket = new TcpClient("127.0.0.1", _ports["rate"]) { ReceiveTimeout = 60_000, NoDelay = true };
            NetworkStream plain = socket.GetStream();
            ReadLine(plain);
            plain.Write("STARTTLS\r\n"u8);
            Assert.StartsWith("220 2.0.0", ReadLine(plain), StringComparison.Ordinal);
            // Resumed sessions are free.
            var tls = new SslStream(plain, leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
            tls.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "mx.example.test", AllowTlsResume = false });
            return tls;
        }
    }

    // A handshake that drips has the time of one.
    private void HandshakesHaveTheirTime()
    {
        using var socket = new TcpClient("127.0.0.1", _ports["hasty"]) { ReceiveTimeout = 60_000, NoDelay = true };
        NetworkStream stream = socket.GetStream();
        ReadLine(stream);
        stream.Write("STARTTLS\r\n"u8);
        Assert.StartsWith("220 2.0.0", ReadLine(stream), StringComparison.Ordinal);
        byte[] hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, .. new byte[500]];
        int sent = 0;
        Wait.Until(
            () =>
            {
                try
                {
                    stream.Write(hello, sent++, 1);
                    return socket.Client.Poll(0, SelectMode.SelectRead);
                }
                catch (IOException)
                {
                    return true;
                }
            },
            "the end of a slow handshake", () => _mta.Log, pause: 100);
        Assert.True(sent < hello.Length, "all was taken");
        _mta.WaitForLog("SSL_accept error from localhost[127.0.0.1]: Connection timed out");
    }

    private static string ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        for (int c; (c = stream.ReadByte()) >= 0 && c != '\n';)
        {
            line.Append((char)c);
        }

        return line.ToString();
    }

    private void Service(string name, params (string Name, string Value)[] settings)
    {
        int port = Ports.Free();
        while (_ports.ContainsValue(port) || port == _mta.SmtpPort)
        {
            port = Ports.Free();
        }

        _ports[name] = port;
        _mta.MasterCf += $"127.0.0.1:{port} inet n - n - - smtpd\n" + string.Concat(settings.Select(static setting => $"  -o {{ {setting.Name} = {setting.Value} }}\n"));
    }

    private string Talk(string service, string options, string commands = "", bool isWrapped = false) => Shell.Bash(
        $"(printf '{commands.Replace("\n", "\\r\\n", StringComparison.Ordinal)}'; printf 'QUIT\\r\\n') | timeout 60 openssl s_client -connect 127.0.0.1:{_ports[service]} -ign_eof {(isWrapped ? "" : "-starttls smtp")} -CAfile {_certificates.Path("ca.pem")} {options} 2>&1").Output;

    private string Fingerprint(string name) =>
        Shell.Bash($"openssl x509 -in {_certificates.Path(name + ".crt")} -noout -fingerprint -sha256").Output.Trim().Split('=')[1];
}

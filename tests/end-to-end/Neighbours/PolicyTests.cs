using System.Net.Sockets;

namespace Mta.EndToEnd;

/// <summary>Programs that decide for the SMTP server, and proxies before it, as people run them.</summary>
public sealed class PolicyTests
{
    [Neighbour("postgrey", "postgrey(8), README.Debian", "policy service: a stranger is told to come again, and let in later")]
    [PeerFact("/usr/sbin/postgrey")]
    public void Postgrey_makes_strangers_come_again()
    {
        using var mta = new Instance();
        int port = Ports.Free();
        string data = Path.Combine(mta.Directory, "postgrey");
        Directory.CreateDirectory(data);
        Shell.Bash($"chmod 755 {mta.Directory}; chown nobody {data}").MustSucceed();
        mta.Main["smtpd_recipient_restrictions"] = $"check_policy_service inet:127.0.0.1:{port}";
        using var postgrey = new Peer("/usr/sbin/postgrey", $"--inet=127.0.0.1:{port}", $"--dbdir={data}", $"--pidfile={data}/pid", "--delay=1", "--user=nobody", "--group=nogroup");
        postgrey.Listening(port);
        mta.Start();
        string reply = Try();
        Assert.StartsWith("450", reply, StringComparison.Ordinal);
        Assert.Contains("reylist", reply, StringComparison.Ordinal);
        Wait.Until(() => (reply = Try()).StartsWith("250", StringComparison.Ordinal), "postgrey lets it in", () => reply + mta.Log, seconds: 60);
        Matrix.Passed();

        // A session of its own each time, as a client that comes again: one session's errors would end it.
        string Try()
        {
            using SmtpClient client = mta.Connect();
            client.Command("EHLO test.example", "250");
            client.Command("MAIL FROM:<s@elsewhere.example>", "250");
            return client.Command($"RCPT TO:<{mta.User}@example.test>");
        }
    }

    [Neighbour("haproxy", "POSTSCREEN_README, haproxy's configuration.txt (send-proxy)", "PROXY protocol, versions 1 and 2: the client's own address is logged")]
    [PeerTheory("/usr/sbin/haproxy")]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public void Haproxy_tells_who_the_client_is(string version)
    {
        using var mta = new Instance();
        mta.Main["smtpd_upstream_proxy_protocol"] = "haproxy";
        mta.Start();
        int port = Ports.Free();
        string configuration = Path.Combine(mta.Directory, "haproxy.cfg");
        File.WriteAllText(configuration, $"""
            defaults
              mode tcp
              timeout connect 10s
              timeout client 60s
              timeout server 60s
            listen smtp
              bind 127.0.0.1:{port}
              server mta 127.0.0.1:{mta.SmtpPort} {version}

            """);
        using var haproxy = new Peer("/usr/sbin/haproxy", "-db", "-f", configuration);
        haproxy.Listening(port);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.77"), 0));
        socket.Connect("127.0.0.1", port);
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.StartsWith("220", reader.ReadLine(), StringComparison.Ordinal);
        mta.WaitForLog("connect from unknown[127.0.0.77]");
        Matrix.Passed();
    }
}

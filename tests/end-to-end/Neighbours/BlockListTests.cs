using System.Net;
using System.Net.Sockets;

namespace Mta.EndToEnd;

/// <summary>Lists in the DNS, and what a domain says there of its senders: a real server with a local zone.</summary>
public sealed class BlockListTests
{
    [Neighbour("unbound", "SMTPD_ACCESS_README, postconf(5)", "DNS lists of smtpd: reject_rbl_client with reply codes and TXT, reject_rhsbl_sender, permit_dnswl_client")]
    [Neighbour("unbound", "POSTSCREEN_README (DNS White/blacklist test)", "DNS lists of postscreen: weights add up, a client above the threshold is refused, an allowlisted one is handed to smtpd")]
    [PeerFact(LocalZone.Program)]
    public void Lists_refuse_and_allow()
    {
        using var zone = new LocalZone(
            "2.2.0.192.bl.test. IN A 127.0.0.4",
            "2.2.0.192.bl.test. IN TXT \"see http://bl.test/192.0.2.2\"",
            "3.2.0.192.bl.test. IN A 127.0.0.11",
            "4.2.0.192.bl.test. IN A 127.0.0.4",
            "4.2.0.192.wl.test. IN A 127.0.5.1",
            "spammer.test.rhsbl.test. IN A 127.0.0.2",
            "2.7.0.127.bl.test. IN A 127.0.0.4",
            "3.7.0.127.bl.test. IN A 127.0.0.4",
            "3.7.0.127.wl.test. IN A 127.0.5.1");
        using var mta = new Instance();
        int screen = Ports.Free();
        mta.AllowStrangers();
        mta.Around = zone.Around;
        mta.Main["mynetworks"] = "127.0.0.1/32";
        mta.Main["smtpd_recipient_restrictions"] = "reject_unauth_destination permit_dnswl_client wl.test=127.0.[0..255].[1..3] reject_rbl_client bl.test=127.0.0.[2..10] reject_rhsbl_sender rhsbl.test permit";
        mta.Main["postscreen_access_list"] = "";
        mta.Main["postscreen_dnsbl_sites"] = "bl.test=127.0.0.[2..10]*2 other.test*1 wl.test=127.0.[0..255].[1..3]*-4";
        mta.Main["postscreen_dnsbl_threshold"] = "2";
        mta.Main["postscreen_dnsbl_action"] = "enforce";
        mta.Main["postscreen_greet_wait"] = "2s";
        mta.MasterCf += $"""
            127.0.0.1:{screen} inet n - n - 1 postscreen
            smtpd pass - - n - - smtpd
            dnsblog unix - - n - 0 dnsblog

            """;
        mta.Start();
        string to = $"{mta.User}@example.test";
        string Ask(string address, string sender)
        {
            using SmtpClient client = mta.Stranger(address, "[UNAVAILABLE]");
            client.Command($"MAIL FROM:<{sender}>", "250");
            return client.Command($"RCPT TO:<{to}>");
        }

        Assert.Equal("250 2.1.5 Ok", Ask("192.0.2.1", "s@elsewhere.test"));
        Assert.Equal("554 5.7.1 Service unavailable; Client host [192.0.2.2] blocked using bl.test; see http://bl.test/192.0.2.2", Ask("192.0.2.2", "s@elsewhere.test"));
        Assert.Equal("250 2.1.5 Ok", Ask("192.0.2.3", "s@elsewhere.test"));
        Assert.Equal("250 2.1.5 Ok", Ask("192.0.2.4", "s@elsewhere.test"));
        Assert.Equal("554 5.7.1 Service unavailable; Sender address [s@spammer.test] blocked using rhsbl.test", Ask("192.0.2.1", "s@spammer.test"));

        Assert.StartsWith("250 2.1.5 Ok", Screen("127.0.7.1"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.7.1 Service unavailable; client [127.0.7.2] blocked using bl.test", Screen("127.0.7.2"), StringComparison.Ordinal);
        Assert.StartsWith("250 2.1.5 Ok", Screen("127.0.7.3"), StringComparison.Ordinal);
        Assert.Contains("DNSBL rank 2 for [127.0.7.2]:", mta.Log, StringComparison.Ordinal);
        Assert.Contains("PASS NEW [127.0.7.3]:", mta.Log, StringComparison.Ordinal);
        Matrix.Passed();

        string Screen(string from)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            socket.Connect("127.0.0.1", screen);
            using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            string Next()
            {
                string? line;
                while ((line = reader.ReadLine()) is { Length: > 3 } && line[3] == '-')
                {
                }

                return line ?? "(closed)";
            }

            Next();
            string reply = "";
            foreach (string command in (string[])["EHLO client.test", "MAIL FROM:<s@elsewhere.test>", $"RCPT TO:<{to}>"])
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(command + "\r\n"));
                reply = Next();
            }

            return reply;
        }
    }

    [Neighbour("postfix-policyd-spf-python", "README.Debian (master.cf, check_policy_service), policyd-spf.conf as Debian installs it", "policy service by spawn: SPF pass is let in with its header", "policy service by spawn: SPF fail is refused with 550 5.7.23", "policy service by spawn: one process serves several questions of a session")]
    [PeerFact("/usr/bin/policyd-spf", LocalZone.Program)]
    public void Policyd_spf_lets_in_and_refuses_as_the_zone_says()
    {
        using var zone = new LocalZone("pass.test. IN TXT \"v=spf1 ip4:192.0.2.1 -all\"", "fail.test. IN TXT \"v=spf1 -all\"", "soft.test. IN TXT \"v=spf1 ~all\"");
        using var mta = new Instance(privileged: true);
        mta.AllowStrangers();
        mta.Around = zone.Around;
        mta.MasterCf += "policyd-spf unix - n n - 0 spawn\n    user=policyd-spf argv=/usr/bin/policyd-spf\n";
        mta.Main["smtpd_recipient_restrictions"] = "reject_unauth_destination, check_policy_service unix:private/policyd-spf";
        mta.Main["policyd-spf_time_limit"] = "3600";
        mta.Start();
        string to = $"{mta.User}@example.test";
        using (SmtpClient client = mta.Stranger())
        {
            client.Command("MAIL FROM:<s@fail.test>", "250");
            client.Command($"RCPT TO:<{to}>", "550 5.7.23 ");
            Assert.Contains("Message rejected due to: SPF fail - not authorized.", client.Last, StringComparison.Ordinal);
            client.Command("RSET", "250");
            client.SendMessage("s@soft.test", [to], Samples.Plain("s@soft.test", to, "spf-soft"));
            client.SendMessage("s@pass.test", [to, "postmaster@example.test"], Samples.Plain("s@pass.test", to, "spf-pass"));
        }

        Assert.StartsWith("Received-SPF: Pass (mailfrom)", Header(mta.WaitForMail(mta.User, "spf-pass")), StringComparison.Ordinal);
        Assert.StartsWith("Received-SPF: Softfail (mailfrom)", Header(mta.WaitForMail(mta.User, "spf-soft")), StringComparison.Ordinal);
        Matrix.Passed();

        static string Header(string mail) => mail.Split('\n').First(static line => line.StartsWith("Received-SPF:", StringComparison.Ordinal));
    }
}

using System.Globalization;

namespace Mta.EndToEnd;

/// <summary>Address verification, with our system and Debian's: the same addresses get the same replies.</summary>
public sealed class VerifyAgreementTests
{
    // Settings of a service; command that is asked; the reply when all is known.
    private static readonly (string Settings, string Address, string Reply)[] Cases =
    [
        ("reject_unverified_recipient", "known@far.test", "250 2.1.5 Ok"),
        ("reject_unverified_recipient", "unknown@far.test", "450 4.1.1 <unknown@far.test>: Recipient address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 who? (in reply to RCPT TO command)"),
        ("reject_unverified_recipient", "later@far.test", "450 4.1.1 <later@far.test>: Recipient address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 451 4.3.0 not now (in reply to RCPT TO command)"),
        ("reject_unverified_recipient", "nobody-here@example.test", "450 4.1.1 <nobody-here@example.test>: Recipient address rejected: unverified address: unknown user: \"nobody-here\""),
        ("reject_unverified_recipient", "root@example.test", "250 2.1.5 Ok"),
        ("reject_unverified_recipient|unverified_recipient_reject_code=550", "unknown@far.test", "550 5.1.1 <unknown@far.test>: Recipient address rejected: undeliverable address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 who? (in reply to RCPT TO command)"),
        ("reject_unverified_recipient|unverified_recipient_reject_code=550|unverified_recipient_reject_reason=no such person", "unknown@far.test", "550 5.1.1 <unknown@far.test>: Recipient address rejected: undeliverable address: no such person"),
        ("reject_unverified_recipient|unverified_recipient_reject_code=250", "unknown@far.test", "250 2.1.5 Ok"),
        ("reject_unverified_recipient|unverified_recipient_defer_code=250", "later@far.test", "250 2.1.5 Ok"),
        ("reject_unverified_recipient|unverified_recipient_defer_code=451", "later@far.test", "451 4.1.1 <later@far.test>: Recipient address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 451 4.3.0 not now (in reply to RCPT TO command)"),
        ("warn_if_reject reject_unverified_recipient", "unknown@far.test", "250 2.1.5 Ok"),
        ("reject_unverified_sender|sender=unknown@far.test", "root@example.test", "450 4.1.7 <unknown@far.test>: Sender address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 who? (in reply to RCPT TO command)"),
        ("reject_unverified_sender|unverified_sender_reject_code=553|sender=unknown@far.test", "root@example.test", "553 5.1.7 <unknown@far.test>: Sender address rejected: undeliverable address: host 127.0.0.1[127.0.0.1] said: 550 5.1.1 who? (in reply to RCPT TO command)"),
        ("reject_unverified_sender|unverified_sender_reject_code=553|unverified_sender_reject_reason=who are you|sender=unknown@far.test", "root@example.test", "553 5.1.7 <unknown@far.test>: Sender address rejected: undeliverable address: who are you"),
        ("reject_unverified_sender|sender=later@far.test", "root@example.test", "450 4.1.7 <later@far.test>: Sender address rejected: unverified address: host 127.0.0.1[127.0.0.1] said: 451 4.3.0 not now (in reply to RCPT TO command)"),
        ("reject_unverified_sender|sender=known@far.test", "root@example.test", "250 2.1.5 Ok"),
        ("reject_unverified_sender|sender=", "root@example.test", "250 2.1.5 Ok"),
    ];

    private static readonly string[] Common = ["compatibility_level=3.6", "myhostname=mta.example.test", "local_recipient_maps=", "address_verify_poll_count=1", "address_verify_poll_delay=1s", "address_verify_map=lmdb:$data_directory/verify_cache", "address_verify_negative_refresh_time=1h", "smtp_tls_security_level=none", "smtpd_delay_open_until_valid_rcpt=no"];

    [Fact]
    public void Ours_answers_as_the_cases_say()
    {
        using var sink = NewSink();
        using var mta = new Instance(relay: sink.Port.ToString(CultureInfo.InvariantCulture));
        foreach (string setting in Common)
        {
            mta.Main[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        mta.MasterCf += Services(out Dictionary<string, int> ports);
        mta.Start();
        Play(ports, sink, () => mta.Log);
    }

    [PeerFact(DebianPostfix.Master)]
    public void Debians_postfix_answers_as_the_cases_say()
    {
        using var sink = NewSink();
        using var postfix = new DebianPostfix(sink.Port);
        foreach (string setting in Common)
        {
            postfix.Set(setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        File.AppendAllText(Path.Combine(postfix.Etc, "master.cf"), Services(out Dictionary<string, int> ports) + "verify unix - - n - 1 verify\n");
        postfix.Start();
        Play(ports, sink, () => postfix.Log);
    }

    // With results that stay long, and are asked about anew soon; with results that are soon forgotten.
    private static readonly string[] Lasting = ["address_verify_positive_refresh_time=1s", "address_verify_negative_refresh_time=1s", "address_verify_pending_request_limit=1"];
    private static readonly string[] Fleeting = ["address_verify_positive_refresh_time=2s", "address_verify_positive_expire_time=2s", "address_verify_negative_refresh_time=2s", "address_verify_negative_expire_time=2s", "address_verify_cache_cleanup_interval=1s"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ours_keeps_results_as_long_as_its_settings_say(bool isLasting)
    {
        using var sink = new SmtpSink();
        using var stalls = new Stall();
        using var mta = new Instance(relay: sink.Port.ToString(CultureInfo.InvariantCulture));
        foreach (string setting in (string[])[.. Common, .. isLasting ? Lasting : Fleeting, stalls.Setting])
        {
            mta.Main[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        int port = Ports.Free();
        mta.MasterCf += Rejecting(port);
        mta.Start();
        PlayTimes(isLasting, port, sink, () => mta.Log);
    }

    [PeerTheory(DebianPostfix.Master)]
    [InlineData(true)]
    [InlineData(false)]
    public void Debians_postfix_keeps_results_as_long(bool isLasting)
    {
        using var sink = new SmtpSink();
        using var stalls = new Stall();
        using var postfix = new DebianPostfix(sink.Port);
        foreach (string setting in (string[])[.. Common, .. isLasting ? Lasting : Fleeting, stalls.Setting])
        {
            postfix.Set(setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }

        int port = Ports.Free();
        File.AppendAllText(Path.Combine(postfix.Etc, "master.cf"), Rejecting(port) + "verify unix - - n - 1 verify\n");
        postfix.Start();
        PlayTimes(isLasting, port, sink, () => postfix.Log);
    }

    private static string Rejecting(int port) =>
        $"127.0.0.1:{port} inet n - n - - smtpd\n  -o {{ smtpd_recipient_restrictions = reject_unverified_recipient, permit }} -o {{ unverified_recipient_reject_code = 550 }}\n";

    private static void PlayTimes(bool isLasting, int port, SmtpSink sink, Func<string> log)
    {
        const string refused = "550 5.1.1 who?";
        string good = "x@far.test", bad = "y@far.test";
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<string, string?>();
        var asked = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        sink.Answer = line =>
        {
            string address = line.StartsWith("RCPT TO:<", StringComparison.OrdinalIgnoreCase) ? line["RCPT TO:<".Length..line.IndexOf('>', StringComparison.Ordinal)] : "";
            asked.AddOrUpdate(address, 1, static (_, count) => count + 1);
            return answers.GetValueOrDefault(address);
        };
        answers[bad] = refused;
        string saidGood = $"550 5.1.1 <{good}>: Recipient address rejected: undeliverable address: host 127.0.0.1[127.0.0.1] said: {refused} (in reply to RCPT TO command)";
        string saidBad = saidGood.Replace(good, bad, StringComparison.Ordinal);
        WaitForReply(good, reply => reply == "250 2.1.5 Ok");
        WaitForReply(bad, reply => reply == saidBad);
        answers[good] = refused;
        answers[bad] = null;
        if (isLasting)
        {
            // What was refused is asked about anew; it is refused until the answer is there.
            WaitForReply(bad, reply => reply == "250 2.1.5 Ok", also: reply => reply == saidBad);

            // What was good is asked about anew, and stays good, whatever the answer now: it has not expired.
            WaitForReply(good, _ => log().Contains($"to=<{good}>", StringComparison.Ordinal) && log().Contains("status=undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 who? (in reply to RCPT TO command))", StringComparison.Ordinal) && asked[good] >= 2, also: reply => reply == "250 2.1.5 Ok");
            Assert.Equal("250 2.1.5 Ok", Ask(good));

            // More probes on their way than there may be.
            Ask("a@stall.test");
            Ask("b@stall.test");
            WaitForReply("c@stall.test", reply => reply == "450 4.1.1 <c@stall.test>: Recipient address rejected: unverified address: Too many address verification requests");
            Assert.Equal("450 4.1.1 <a@stall.test>: Recipient address rejected: unverified address: Address verification in progress", Ask("a@stall.test"));
            return;
        }

        // What has expired is not known, and the new answer counts.
        WaitForReply(good, reply => reply == saidGood, also: reply => reply == "250 2.1.5 Ok" || reply.EndsWith("unverified address: Address verification in progress", StringComparison.Ordinal));
        WaitForReply(bad, reply => reply == "250 2.1.5 Ok", also: reply => reply == saidBad || reply.EndsWith("unverified address: Address verification in progress", StringComparison.Ordinal));

        // What nobody asks about is thrown away by the sweep.
        Wait.Until(() => log().Contains("full cleanup: retained=0 dropped=", StringComparison.Ordinal) && !log().Split('\n').Last(static line => line.Contains("full cleanup:", StringComparison.Ordinal)).Contains("retained=1", StringComparison.Ordinal) && Dropped() >= 2, "both results are dropped", log);

        string Ask(string address)
        {
            using var client = new SmtpClient(port);
            client.Command("EHLO test.example", "250");
            client.Command("MAIL FROM:<s@example.test>", "250");
            return client.Command($"RCPT TO:<{address}>");
        }

        void WaitForReply(string address, Func<string, bool> isRight, Func<string, bool>? also = null)
        {
            string reply = "";
            Wait.Until(
                () =>
                {
                    reply = Ask(address);
                    bool isDone = isRight(reply);
                    Assert.True(isDone || also is null || also(reply), $"{address}: {reply}\n{log()}");
                    return isDone;
                },
                $"the reply for {address}",
                () => reply + "\n" + log());
        }

        int Dropped() => log().Split('\n').Where(static line => line.Contains("full cleanup: retained=", StringComparison.Ordinal))
            .Sum(static line => int.Parse(line.Split("dropped=")[1].Split(' ')[0], CultureInfo.InvariantCulture));
    }

    private static SmtpSink NewSink() => new()
    {
        Answer = static line => line.StartsWith("RCPT TO:<unknown@", StringComparison.OrdinalIgnoreCase) ? "550 5.1.1 who?"
            : line.StartsWith("RCPT TO:<later@", StringComparison.OrdinalIgnoreCase) ? "451 4.3.0 not now"
            : null,
    };

    private static string Services(out Dictionary<string, int> ports)
    {
        ports = [];
        string text = "";
        foreach ((string settings, _, _) in Cases)
        {
            if (ports.ContainsKey(settings))
            {
                continue;
            }

            int port = Ports.Free();
            while (ports.ContainsValue(port))
            {
                port = Ports.Free();
            }

            ports[settings] = port;
            string[] words = settings.Split('|');
            text += $"127.0.0.1:{port} inet n - n - - smtpd\n  -o {{ smtpd_recipient_restrictions = {words[0]}, permit }}\n"
                + string.Concat(words.Skip(1).Where(static word => !word.StartsWith("sender=", StringComparison.Ordinal)).Select(static word => $"  -o {{ {word} }}\n"));
        }

        return text;
    }

    private static void Play(Dictionary<string, int> ports, SmtpSink sink, Func<string> log)
    {
        foreach ((string settings, string address, string expected) in Cases)
        {
            string? sender = settings.Split('|').FirstOrDefault(static word => word.StartsWith("sender=", StringComparison.Ordinal))?["sender=".Length..];
            string reply = "";
            Wait.Until(
                () =>
                {
                    using var client = new SmtpClient(ports[settings]);
                    client.Command("EHLO test.example", "250");
                    client.Command($"MAIL FROM:<{sender ?? "s@example.test"}>", "250");
                    reply = client.Command($"RCPT TO:<{address}>");
                    return !reply.Contains("in progress", StringComparison.Ordinal);
                },
                $"{settings}: the result for {address}",
                () => reply + log());
            Assert.True(reply == expected, $"{settings}, {address}:\ngot  {reply}\nwant {expected}\n{log()}");
        }

        // What is known is not asked for again: one probe for each address that a relay decides about.
        Assert.InRange(sink.Sessions, 1, 3);
    }

    /// <summary>A server that takes connections and never says a word: what is sent to it stays on its way.</summary>
    private sealed class Stall : IDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(System.Net.IPAddress.Loopback, 0);

        public Stall() => _listener.Start(16);

        public string Setting => $"address_verify_transport_maps=inline:{{ {{ stall.test = smtp:[127.0.0.1]:{((System.Net.IPEndPoint)_listener.LocalEndpoint).Port} }} }}";

        public void Dispose() => _listener.Stop();
    }
}

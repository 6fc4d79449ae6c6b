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
}

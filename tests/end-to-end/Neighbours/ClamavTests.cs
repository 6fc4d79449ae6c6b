namespace Mta.EndToEnd;

/// <summary>clamd and its milter.</summary>
public sealed class ClamavTests
{
    private const string Milter = "/usr/sbin/clamav-milter";

    [Neighbour("clamav-milter", "clamav-milter.conf as Debian installs it; MILTER_README", "milter: a clean message is marked so", "milter: the test virus in an attachment is quarantined in the hold queue (OnInfected Quarantine)", "milter: the test virus is refused (OnInfected Reject)", "milter of cleanup: a message of sendmail is scanned", "milter_default_action: mail is put off while the milter is away")]
    [PeerFact(Milter, Clamd.Program)]
    public void The_test_virus_is_held_or_refused()
    {
        using var mta = new Instance();
        using var clamd = new Clamd($"{mta.Directory}/clamav");
        int refusing = Ports.Free();
        Peer Start(string name, string socket, string action)
        {
            File.WriteAllText($"{mta.Directory}/{name}.conf", $"""
                MilterSocket {socket}
                FixStaleSocket true
                ReadTimeout 120
                Foreground true
                ClamdSocket unix:{clamd.Socket}
                OnClean Accept
                OnInfected {action}
                OnFail Defer
                AddHeader Replace
                RejectMsg infected with %v
                MaxFileSize 25M
                SupportMultipleRecipients false
                TemporaryDirectory {mta.Directory}
                MilterSocketMode 666

                """);
            return new Peer(Milter, "-c", $"{mta.Directory}/{name}.conf");
        }

        string socket = $"{mta.Directory}/clamav-milter.ctl";
        using Peer holding = Start("hold", socket, "Quarantine").Listening(socket);
        using Peer rejecting = Start("reject", $"inet:{refusing}@127.0.0.1", "Reject").Listening(refusing);
        int second = Ports.Free();
        int third = Ports.Free();
        mta.Main["smtpd_milters"] = $"unix:{socket}";
        mta.Main["non_smtpd_milters"] = $"inet:127.0.0.1:{refusing}";
        mta.Main["milter_default_action"] = "tempfail";
        mta.MasterCf += $"""
            127.0.0.1:{second} inet n - n - - smtpd
              -o smtpd_milters=inet:127.0.0.1:{refusing}
            127.0.0.1:{third} inet n - n - - smtpd
              -o smtpd_milters=inet:127.0.0.1:{Ports.Free()}

            """;
        mta.Start();
        string to = $"{mta.User}@example.test";
        string Infected(string token) => Samples.Infected("s@elsewhere.test", to, token);
        mta.Send("s@elsewhere.test", to, Samples.Plain("s@elsewhere.test", to, "clean-one"));
        Assert.Contains("\nX-Virus-Status: Clean\n", mta.WaitForMail(mta.User, "clean-one"), StringComparison.Ordinal);
        string held = mta.Send("s@elsewhere.test", to, Infected("held-one"));
        Assert.True(mta.IsQueued("hold", held), string.Join('\n', mta.QueueFiles()) + mta.Log);
        Assert.Contains($"{held}: milter-hold: END-OF-MESSAGE from localhost[127.0.0.1]: ", mta.Log, StringComparison.Ordinal);
        Assert.Contains("X-Virus-Status: Infected (Eicar-Test-Signature.UNOFFICIAL)", mta.Run("postcat", ["-c", mta.Etc, "-hq", held]).Output, StringComparison.Ordinal);
        using (var client = new SmtpClient(second))
        {
            client.Command("EHLO cl.test", "250");
            Assert.Equal("550 5.7.1 infected with Eicar-Test-Signature.UNOFFICIAL", client.SendMessage("s@elsewhere.test", [to], Infected("refused-one")));

            // The session goes on.
            Assert.StartsWith("250", client.SendMessage("s@elsewhere.test", [to], Samples.Plain("s@elsewhere.test", to, "clean-two")), StringComparison.Ordinal);
        }

        mta.WaitForMail(mta.User, "clean-two");
        using (var client = new SmtpClient(third))
        {
            client.Command("EHLO cl.test", "250");
            client.Command("MAIL FROM:<s@elsewhere.test>", "451 4.7.1 Service unavailable - try again later");
        }

        // What cleanup's filter refuses comes back to its sender.
        mta.Sendmail(Infected("bounced-one"), "-i", "-f", to, to).MustSucceed();
        Assert.Contains("infected with Eicar-Test-Signature.UNOFFICIAL", mta.WaitForMail(mta.User, "Undelivered Mail"), StringComparison.Ordinal);
        Matrix.Passed();
    }
}

namespace Mta.EndToEnd;

/// <summary>opendmarc behind opendkim, as README.opendmarc says for Postfix.</summary>
public sealed class DmarcTests
{
    private const string Opendmarc = "/usr/sbin/opendmarc";

    [Neighbour("opendmarc", "README.opendmarc (7), opendmarc.conf(5)", "milter: mail with SPF of the header's domain passes and is told so", "milter: p=reject is refused at the end of data", "milter: p=quarantine is held")]
    [PeerFact(Opendmarc, LocalZone.Program)]
    public void Opendmarc_passes_refuses_and_holds_as_the_domains_say()
    {
        using var zone = new LocalZone(
            "pass.test. IN TXT \"v=spf1 ip4:192.0.2.1 -all\"",
            "_dmarc.pass.test. IN TXT \"v=DMARC1; p=reject\"",
            "reject.test. IN TXT \"v=spf1 -all\"",
            "_dmarc.reject.test. IN TXT \"v=DMARC1; p=reject\"",
            "quarantine.test. IN TXT \"v=spf1 -all\"",
            "_dmarc.quarantine.test. IN TXT \"v=DMARC1; p=quarantine\"");
        using var mta = new Instance();
        mta.AllowStrangers();
        int port = Ports.Free();
        File.WriteAllText($"{mta.Directory}/opendmarc.conf", $"""
            AuthservID mta.example.test
            Background false
            FailureReports false
            HoldQuarantinedMessages true
            PidFile {mta.Directory}/opendmarc.pid
            PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
            RejectFailures true
            Socket inet:{port}@127.0.0.1
            SoftwareHeader true
            SPFIgnoreResults true
            SPFSelfValidate true
            Syslog false
            UMask 0002

            """);
        using Peer opendmarc = zone.Start(Opendmarc, "-f", "-c", $"{mta.Directory}/opendmarc.conf").Listening(port);
        mta.Main["smtpd_milters"] = $"inet:127.0.0.1:{port}";
        mta.Main["non_smtpd_milters"] = $"inet:127.0.0.1:{port}";
        mta.Start();
        string to = $"{mta.User}@example.test";
        using (SmtpClient client = mta.Stranger())
        {
            Assert.StartsWith("250", client.SendMessage("s@pass.test", [to], Samples.Plain("s@pass.test", to, "dmarc-passes")), StringComparison.Ordinal);
        }

        string mail = mta.WaitForMail(mta.User, "dmarc-passes");
        Assert.Contains("\nAuthentication-Results: mta.example.test; dmarc=pass (p=reject dis=none) header.from=pass.test\n", mail, StringComparison.Ordinal);
        Assert.Contains("DMARC-Filter: OpenDMARC Filter", mail, StringComparison.Ordinal);
        using (SmtpClient client = mta.Stranger())
        {
            Assert.Equal("550 5.7.1 rejected by DMARC policy for reject.test", client.SendMessage("s@reject.test", [to], Samples.Plain("s@reject.test", to, "dmarc-fails")));
            string held = client.SendMessage("s@quarantine.test", [to], Samples.Plain("s@quarantine.test", to, "dmarc-held"));
            Assert.StartsWith("250 2.0.0 Ok: queued as ", held, StringComparison.Ordinal);
            Assert.True(mta.IsQueued("hold", held["250 2.0.0 Ok: queued as ".Length..]), string.Join('\n', mta.QueueFiles()));
        }

        Assert.Contains(": milter-reject: END-OF-MESSAGE from mail.pass.test[192.0.2.1]: 5.7.1 rejected by DMARC policy for reject.test; from=<s@reject.test> to=<", mta.Log, StringComparison.Ordinal);
        Assert.Contains(": milter-hold: END-OF-MESSAGE from mail.pass.test[192.0.2.1]: ", mta.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", mta.Log, StringComparison.Ordinal);
        Matrix.Passed();
    }
}

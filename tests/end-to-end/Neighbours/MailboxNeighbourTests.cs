namespace Mta.EndToEnd;

/// <summary>Servers that keep the mailboxes: we hand them mail in each way that they offer, and read it back through them.</summary>
public sealed class MailboxNeighbourTests
{
    [Neighbour("procmail", "procmailrc(5), postconf(5): mailbox_command", "mailbox_command: mbox and maildir, recipes, extensions, refusals by exit code, as from Debian's Postfix")]
    [Neighbour("maildrop", "maildropfilter(7), MAILDROP_README", "mailbox_command and pipe(8): filters, refusal and deferral, as from Debian's Postfix")]
    [PeerFact(DebianPostfix.Master, "/usr/bin/procmail", "/usr/bin/maildrop", "/usr/lib/dovecot/lmtp", "/usr/bin/python3", "/usr/bin/unshare")]
    public void Procmail_and_maildrop_do_what_they_do_for_Debians_Postfix()
    {
        if (AgreementTests.Play("peers"))
        {
            Matrix.Passed();
        }
    }

    [Neighbour("dovecot-core", "Dovecot's wiki: Postfix and Dovecot SASL, Dovecot LDA with Postfix", "AUTH of submission (STARTTLS and wrapper mode, as web mailers do); dovecot-lda as mailbox_command and by pipe(8): delivered, or user unknown")]
    [Neighbour("dovecot-lmtpd", "Dovecot's wiki: Postfix and Dovecot LMTP", "LMTP over its socket in private/: delivered to each recipient, or refused by RCPT")]
    [Neighbour("dovecot-imapd", "its defaults", "what was delivered, byte for byte")]
    [Neighbour("dovecot-pop3d", "its defaults", "what was delivered, byte for byte")]
    [Neighbour("msmtp", "msmtp(1)", "submission in wrapper mode with AUTH, the certificate verified")]
    [PeerFact(DovecotServer.Program, DovecotServer.Pop3, "/usr/lib/dovecot/lmtp", "/usr/lib/dovecot/dovecot-lda", "/usr/bin/python3", "/usr/bin/msmtp", "/usr/bin/openssl")]
    public void Dovecot_knows_the_users_and_keeps_their_mail()
    {
        using var mta = new Instance(privileged: true);
        int submission = Ports.Free();
        int wrapped = Ports.Free();
        string conf = $"{mta.Directory}/dovecot/dovecot.conf";
        mta.Main["smtpd_sasl_type"] = "dovecot";
        mta.Main["smtpd_sasl_path"] = "private/auth";
        mta.Main["smtpd_tls_chain_files"] = $"{mta.Etc}/cert.pem";
        mta.Main["recipient_delimiter"] = "+";
        mta.Main["mailbox_command"] = $"/usr/lib/dovecot/dovecot-lda -c {conf} -f \"$SENDER\" -a \"$RECIPIENT\"";
        mta.Main["virtual_mailbox_domains"] = "lda.test, lmtp.test";
        mta.Main["virtual_transport"] = "lmtp:unix:private/dovecot-lmtp";
        mta.Main["transport_maps"] = "inline:{lda.test=dovecot}";
        mta.Main["dovecot_destination_recipient_limit"] = "1";
        mta.MasterCf += $$"""
            127.0.0.1:{{submission}} inet n - n - - smtpd -o syslog_name=postfix/submission -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
              -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o mynetworks=192.0.2.0/24
            127.0.0.1:{{wrapped}} inet n - n - - smtpd -o syslog_name=postfix/smtps -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
              -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o mynetworks=192.0.2.0/24
            dovecot unix - n n - - pipe
              flags=DRhu user={{mta.User}} argv=/usr/lib/dovecot/dovecot-lda -c {{conf}} -f ${sender} -a ${original_recipient} -d ${user}@${nexthop}

            """;
        Shell.Bash($"cd {mta.Etc} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mta.example.test -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key -out cert && cat key cert > cert.pem").MustSucceed();
        mta.Start();
        using var dovecot = new DovecotServer(mta, mta.User, "anna@lda.test", "bert@lmtp.test", "carl@lmtp.test");

        // A web mailer's way: STARTTLS, and AUTH with the user's mailbox password.
        string submit = $"""
            import smtplib, ssl, sys
            trust = ssl.create_default_context(cafile="{mta.Etc}/cert")
            text = b"From: Anna <anna@lda.test>\r\nSubject: first\r\n\r\nthe first token\r\n..dots\r\nand \xe9\r\n"
            everybody = ["{mta.User}@example.test", "anna+Box@lda.test", "bert+Box@lmtp.test", "carl@lmtp.test"]
            with smtplib.SMTP("localhost", {submission}, timeout=60) as server:
                server.ehlo("web")
                assert not server.has_extn("auth")
                server.starttls(context=trust)
                try:
                    server.login("anna@lda.test", "wrong")
                except smtplib.SMTPAuthenticationError as error:
                    print("refused", error.smtp_code)
                try:
                    server.sendmail("anna@lda.test", "x@far.test", text)
                except smtplib.SMTPRecipientsRefused as error:
                    print("relay", error.recipients["x@far.test"][0])
                server.login("anna@lda.test", "secret")
                server.sendmail("anna@lda.test", everybody, text, ["BODY=8BITMIME"])
            with smtplib.SMTP_SSL("localhost", {wrapped}, timeout=60, context=trust) as server:
                server.login("carl@lmtp.test", "secret")
                server.sendmail("carl@lmtp.test", ["nobody-here@lmtp.test", "nobody-here@lda.test"], text.replace(b"first", b"third"))
            """;
        Assert.Equal("refused 535\nrelay 554\n", Shell.Run("/usr/bin/python3", ["-c", submit]).MustSucceed().Output);
        Shell.Run(
            "/usr/bin/msmtp",
            ["--host=localhost", $"--port={wrapped}", "--from=carl@lmtp.test", "--tls=on", "--tls-starttls=off", $"--tls-trust-file={mta.Etc}/cert", "--auth=plain", "--user=carl@lmtp.test", "--passwordeval=echo secret", "anna@lda.test", "bert@lmtp.test"],
            "From: carl@lmtp.test\nSubject: second\n\nthe second token\n").MustSucceed();

        mta.WaitForEmptyQueue();
        const string Text = "\n\nthe first token\n..dots\nand \xe9\n";
        // Dovecot's LMTP server names no recipient when there were two.
        foreach ((string user, string recipient) in ((string, string)[])[(mta.User, $"\nDelivered-To: {mta.User}@example.test\n"), ("anna@lda.test", "\nDelivered-To: anna+Box@lda.test\n"), ("bert@lmtp.test", "\n"), ("carl@lmtp.test", "\n")])
        {
            string mail = dovecot.ReadByImap(user);
            Assert.EndsWith(Text, mail, StringComparison.Ordinal);
            Assert.StartsWith("Return-Path: <anna@lda.test>\n", mail, StringComparison.Ordinal);
            Assert.Contains(recipient, mail, StringComparison.Ordinal);
            Assert.Contains("with ESMTPSA id ", mail, StringComparison.Ordinal);
            Assert.EndsWith(Text, dovecot.ReadByPop3(user), StringComparison.Ordinal);
        }

        // Both ways say at once who is not there; the sender hears of it in his mailbox.
        Assert.Contains("550 5.1.1 <nobody-here@lmtp.test> User doesn't exist: nobody-here@lmtp.test (in reply to RCPT TO command)", mta.Log, StringComparison.Ordinal);
        Assert.Matches("to=<nobody-here@lda.test>, relay=dovecot, .* dsn=5.1.1, status=bounced \\(user unknown", mta.Log);
        Assert.Contains("sasl_method=PLAIN, sasl_username=anna@lda.test\n", mta.Log, StringComparison.Ordinal);
        Assert.Contains("SASL PLAIN authentication failed: ", mta.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", mta.Log, StringComparison.Ordinal);
        Matrix.Passed();
    }
}

namespace Mta.EndToEnd;

/// <summary>Cyrus IMAP keeps the mailboxes; it cannot be installed beside Dovecot, so it is unpacked.</summary>
public sealed class CyrusMailboxTests
{
    private const string LmtpSource = "README.postfix of cyrus-common, imapd.conf and cyrus.conf as Debian installs them";

    [Neighbour(
        "cyrus-imapd",
        LmtpSource,
        "LMTP over its socket (mailbox_transport): delivered to mailbox and folder, and read by IMAP byte for byte",
        "LMTP over TCP (virtual_transport) with AUTH as its LMTP administrator: delivered; without AUTH it takes nothing, and the mail waits",
        "LMTP: an unknown mailbox is bounced with its reply of several lines, the sender's copy comes by LMTP",
        "LMTP: a mailbox over quota defers the mail of one recipient only, and gets it when there is room")]
    [PeerFact("/usr/sbin/saslpasswd2", "/usr/sbin/clamd", "/usr/bin/maildrop", "/usr/sbin/dovecot", "/usr/bin/python3")]
    public void Cyrus_takes_or_refuses_mail_by_LMTP()
    {
        using UnpackedPeer? unpacked = UnpackedPeer.TryUnpack("cyrus-common", "cyrus-imapd", "libical3", "libxapian30");
        if (unpacked is null)
        {
            return;
        }

        using var mta = new Instance();
        using var cyrus = new CyrusServer(unpacked, mta, "anna", "bert", "carl");
        cyrus.Administer("must(box.create('user.anna.Lists'))\nmust(box.setacl('user.anna.Lists', 'anyone', 'p'))\nmust(box.setquota('user.bert', '(STORAGE 1)'))");
        mta.Main["recipient_delimiter"] = "+";
        mta.Main["local_recipient_maps"] = "";
        mta.Main["mailbox_transport"] = $"cyrus:unix:{cyrus.Socket}";
        mta.Main["virtual_mailbox_domains"] = "store.test, closed.test";
        mta.Main["virtual_transport"] = $"cyrus-tcp:inet:[127.0.0.1]:{cyrus.LmtpPort}";
        mta.Main["transport_maps"] = $"inline:{{closed.test=cyrus:inet:[127.0.0.1]:{cyrus.LmtpPort}}}";
        mta.Main["lmtp_sasl_password_maps"] = $"inline:{{ {{ [127.0.0.1]:{cyrus.LmtpPort} = postman:secret }} }}";
        mta.Main["lmtp_sasl_security_options"] = "";
        mta.Main["minimal_backoff_time"] = "1s";
        mta.MasterCf += """
            cyrus unix - - n - - lmtp
            cyrus-tcp unix - - n - - lmtp -o lmtp_sasl_auth_enable=yes

            """;
        mta.Start();

        // Long lines, dots and bytes above 127 in a message that is over bert's 1 kB.
        string body = "the text\r\n.\r\n..dots\r\nFrom here\r\n\xe9\xff\r\n" + new string('x', 990) + "\r\n" + string.Concat(Enumerable.Repeat("and some more\r\n", 99));
        string Mail(string token) => $"From: Anna <anna@example.test>\r\nSubject: {token}\r\nMessage-Id: <{token}@example.test>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n{body}";
        string text = body.ReplaceLineEndings("\n");
        string Wanted(string user, string token, string folder = "INBOX")
        {
            string found = Wait.For(() => cyrus.Read(user, folder) is var mail && mail.Contains($"Message-Id: <{token}@", StringComparison.Ordinal) ? mail : null, $"{token} in {folder} of {user}", () => mta.Log, 90);
            Assert.Contains($"\nSubject: {token}\nMessage-Id: <{token}@example.test>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\n{text}", found, StringComparison.Ordinal);
            return found;
        }

        // Cyrus refuses when a mailbox is over its quota already.
        mta.Send("anna@example.test", "bert@example.test", Mail("filling"));
        Wanted("bert", "filling");
        using (SmtpClient client = mta.Connect())
        {
            client.Command("EHLO cl.test", "250");
            client.SendMessage("anna@example.test", ["Carl@example.test", "anna+Lists@example.test", "bert@example.test", "nix@example.test"], Mail("by-socket"));
            client.SendMessage("anna@example.test", ["carl@store.test", "nix@store.test"], Mail("by-tcp"));
            client.SendMessage("anna@example.test", ["carl@closed.test"], Mail("no-auth"));
        }

        mta.WaitForLog("to=<carl@closed.test>, ", 90);
        mta.WaitForLog("dsn=4.2.2, status=deferred", 90);
        Assert.StartsWith("Return-Path: <anna@example.test>\n", Wanted("carl", "by-socket"), StringComparison.Ordinal);
        Wanted("anna", "by-socket", "INBOX.Lists");
        Wanted("carl", "by-tcp");
        Assert.DoesNotContain("no-auth", cyrus.Read("carl"), StringComparison.Ordinal);
        Assert.Matches("to=<carl@closed.test>, relay=127.0.0.1.*, status=deferred \\(host .* said: 430 Authentication required \\(in reply to MAIL FROM command\\)\\)", mta.Log);

        foreach (string unknown in (string[])["nix@example.test", "nix@store.test"])
        {
            string Notice() => cyrus.Read("anna");
            string notices = Wait.For(() => Notice() is var all && all.Contains($"Final-Recipient: rfc822; {unknown}\n", StringComparison.Ordinal) ? all : null, $"notice of {unknown}", () => mta.Log, 90);
            Assert.Contains("\nAction: failed\nStatus: 5.1.1\n", notices, StringComparison.Ordinal);
            Assert.Matches($"to=<{unknown}>, .*, dsn=5.1.1, status=bounced \\(host .* said: 550-Mailbox unknown.  Either .* 550-name or you .* see it. 550 5.1.1 User unknown \\(in reply to RCPT TO command\\)\\)", mta.Log);
        }

        Assert.Matches("to=<bert@example.test>, .*, dsn=4.2.2, status=deferred \\(host .* said: 452 4.2.2 Over quota", mta.Log);
        Assert.DoesNotContain("by-socket", cyrus.Read("bert"), StringComparison.Ordinal);
        cyrus.Administer("must(box.setquota('user.bert', '(STORAGE 1000)'))");
        mta.Postfix("flush").MustSucceed();
        Wanted("bert", "by-socket");
        Assert.DoesNotContain("secret", mta.Log, StringComparison.Ordinal);
        Matrix.Passed(unpacked.Folder);
    }
}

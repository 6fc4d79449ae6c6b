namespace Mta.Postfix.Import.Tests;

/// <summary>What becomes of sendmail's settings and tables: each case is files, and lines of main.cf or of a table.</summary>
public sealed class SendmailImportTests
{
    [Theory]
    [InlineData("define(`SMART_HOST', `mail.isp.test')dnl", "relayhost = mail.isp.test")]
    [InlineData("define(`SMART_HOST', `relay:[mail.isp.test]')dnl", "relayhost = [mail.isp.test]")]
    [InlineData("define(`SMART_HOST', `[mail.isp.test]')\ndefine(`RELAY_MAILER_ARGS', `TCP $h 587')", "relayhost = [mail.isp.test]:587")]
    [InlineData("define(`confDOMAIN_NAME', `mx.example.test')", "myhostname = mx.example.test")]
    [InlineData("define(`confMAX_MESSAGE_SIZE', `10485760')", "message_size_limit = 10485760")]
    [InlineData("dnl nothing is said", "message_size_limit = 0")]
    [InlineData("define(`confMAX_RCPTS_PER_MESSAGE', `50')", "smtpd_recipient_limit = 50")]
    [InlineData("define(`confMAX_HOP', `30')", "hopcount_limit = 30")]
    [InlineData("define(`confSERVER_CERT', `/etc/ssl/c.pem')", "smtpd_tls_cert_file = /etc/ssl/c.pem")]
    [InlineData("define(`confSERVER_CERT', `/etc/ssl/c.pem')", "smtpd_tls_security_level = may")]
    [InlineData("define(`confSERVER_KEY', `/etc/ssl/k.pem')", "smtpd_tls_key_file = /etc/ssl/k.pem")]
    [InlineData("define(`confCLIENT_CERT', `/c')", "smtp_tls_cert_file = /c")]
    [InlineData("define(`confCLIENT_KEY', `/k')", "smtp_tls_key_file = /k")]
    [InlineData("define(`confCACERT', `/ca')", "smtpd_tls_CAfile = /ca")]
    [InlineData("define(`confCACERT_PATH', `/ca')", "smtp_tls_CApath = /ca")]
    [InlineData("define(`confAUTH_MECHANISMS', `PLAIN LOGIN')", "smtpd_sasl_auth_enable = yes")]
    [InlineData("TRUST_AUTH_MECH(`PLAIN LOGIN')", "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination")]
    [InlineData("define(`confAUTH_OPTIONS', `A p y')", "smtpd_tls_auth_only = yes")]
    [InlineData("define(`confAUTH_OPTIONS', `A d')", "smtpd_sasl_security_options = noanonymous nodictionary")]
    [InlineData("define(`confPRIVACY_FLAGS', `authwarnings,novrfy,noexpn')", "disable_vrfy_command = yes")]
    [InlineData("define(`confPRIVACY_FLAGS', `needmailhelo, restrictmailq')", "authorized_mailq_users = root")]
    [InlineData("define(`confTO_QUEUERETURN', `5d')", "maximal_queue_lifetime = 5d")]
    [InlineData("define(`confTO_QUEUEWARN', `4h')", "delay_warning_time = 4h")]
    [InlineData("define(`confFALLBACK_SMARTHOST', `[fall.test]')", "smtp_fallback_relay = [fall.test]")]
    [InlineData("define(`LUSER_RELAY', `local:postmaster')", "luser_relay = postmaster")]
    [InlineData("FEATURE(`dnsbl', `list.test', `go away')", "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client list.test")]
    [InlineData("FEATURE(`enhdnsbl', `list.test', `', `t', `127.0.0.2.', `127.0.0.3.')", "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client list.test=127.0.0.2, reject_rbl_client list.test=127.0.0.3")]
    [InlineData("FEATURE(local_procmail)", "mailbox_command = /usr/bin/procmail -a \"$EXTENSION\"")]
    [InlineData("FEATURE(local_procmail, `/opt/procmail')", "mailbox_command = /opt/procmail -a \"$EXTENSION\"")]
    [InlineData("FEATURE(`nullclient', `hub.test')", "relayhost = [hub.test]")]
    [InlineData("FEATURE(`nullclient', `hub.test')", "mydestination =")]
    [InlineData("FEATURE(`nullclient', `hub.test')", "inet_interfaces = loopback-only")]
    [InlineData("FEATURE(`relay_entire_domain')", "relay_domains = $mydomain")]
    [InlineData("FEATURE(`accept_unresolvable_domains')", "smtpd_sender_restrictions = permit_mynetworks, reject_non_fqdn_sender")]
    [InlineData("dnl", "smtpd_sender_restrictions = permit_mynetworks, reject_non_fqdn_sender, reject_unknown_sender_domain")]
    [InlineData("MASQUERADE_AS(`example.test')", "sender_canonical_maps = inline:{ {@$myhostname = @example.test}, {@localhost.$mydomain = @example.test}, {@localhost = @example.test} }")]
    [InlineData("MASQUERADE_AS(`example.test')", "sender_canonical_classes = header_sender")]
    [InlineData("MASQUERADE_AS(`example.test')\nFEATURE(masquerade_envelope)", "sender_canonical_classes = envelope_sender, header_sender")]
    [InlineData("MASQUERADE_AS(`e.test')\nFEATURE(limited_masquerade)\nMASQUERADE_DOMAIN(`in.test')\nEXPOSED_USER(`root')", "sender_canonical_maps = inline:{ {root@$myhostname = root@$myhostname}, {@in.test = @e.test} }")]
    [InlineData("MASQUERADE_AS(`e.test')\nFEATURE(allmasquerade)", "recipient_canonical_classes = header_recipient")]
    [InlineData("LOCAL_DOMAIN(`a.test b.test')", "mydestination = $myhostname, localhost.$mydomain, localhost, a.test, b.test")]
    [InlineData("RELAY_DOMAIN(`10.1')", "mynetworks = 127.0.0.0/8, [::1]/128, 10.1.0.0/16")]
    [InlineData("VIRTUSER_DOMAIN(`v.test')", "virtual_alias_domains = v.test")]
    [InlineData("DAEMON_OPTIONS(`Port=smtp,Addr=127.0.0.1, Name=MTA')dnl", "inet_interfaces = loopback-only")]
    [InlineData("INPUT_MAIL_FILTER(`dkim', `S=inet:8891@localhost, F=T')", "smtpd_milters = inet:localhost:8891")]
    [InlineData("INPUT_MAIL_FILTER(`dkim', `S=local:/run/dkim.sock')", "milter_default_action = accept")]
    [InlineData("MAIL_FILTER(`a', `S=unix:/a')\nMAIL_FILTER(`b', `S=inet:1@h, F=R')\ndefine(`confINPUT_MAIL_FILTERS', `b a')", "smtpd_milters = inet:h:1, unix:/a")]
    public void A_macro_becomes_a_setting(string macros, string line)
    {
        Conversion conversion = Convert(("sendmail.mc", macros));
        Assert.Empty(conversion.NotUnderstood);
        Assert.Contains(line, conversion.MainCf("x").Split('\n'));
    }

    [Theory]
    [InlineData("access", "Connect:192.0.2.1 REJECT", "access_client", "192.0.2.1 REJECT")]
    [InlineData("access", "Connect:bad.test ERROR:5.7.1:550 go away", "access_client", "bad.test 550 5.7.1 go away")]
    [InlineData("access", "Connect:bad.test ERROR:\"450 later\"", "access_client", "bad.test 450 later")]
    [InlineData("access", "Connect:IPv6:2001:db8::1 DISCARD", "access_client", "2001:db8::1 DISCARD")]
    [InlineData("access", "From:spam@ REJECT", "access_sender", "spam@ REJECT")]
    [InlineData("access", "spammer.test REJECT", "access_sender", "spammer.test REJECT")]
    [InlineData("access", "spammer.test REJECT", "access_client", "spammer.test REJECT")]
    [InlineData("access", "To:gone@e.test 550 5.1.1 gone", "access_recipient", "gone@e.test 550 5.1.1 gone")]
    [InlineData("access", "Connect:part.test SKIP", "access_client", "part.test DUNNO")]
    [InlineData("access", "friend.test RELAY", "access_relay", "friend.test OK")]
    [InlineData("access", "AuthInfo:hub.test \"U:me\" \"P:secret\" \"M:PLAIN\"", "sasl_passwd", "hub.test me:secret")]
    [InlineData("access", "AuthInfo:hub.test \"U=bWU=\" \"P=c2VjcmV0\"", "sasl_passwd", "hub.test me:secret")]
    [InlineData("access", "Try_TLS:old.test NO", "tls_policy", "old.test none")]
    [InlineData("virtusertable", "info@v.test joe", "virtual", "info@v.test joe")]
    [InlineData("virtusertable", "@v.test %1@other.test", "virtual", "@v.test @other.test")]
    [InlineData("virtusertable", "old@v.test error:nouser 550 gone", "access_recipient", "old@v.test 550 5.1.1 gone")]
    [InlineData("virtusertable", "x@v.test error:5.7.1:551 moved", "access_recipient", "x@v.test 551 5.7.1 moved")]
    [InlineData("mailertable", "far.test smtp:[gw.test]", "transport", "far.test smtp:[gw.test]")]
    [InlineData("mailertable", ".far.test esmtp:a.test:b.test", "transport", ".far.test smtp:a.test, b.test")]
    [InlineData("mailertable", "dead.test error:nohost no such domain", "transport", "dead.test error:5.1.2 no such domain")]
    [InlineData("mailertable", ". relay:hub.test", "transport", "* relay:hub.test")]
    [InlineData("mailertable", "here.test local:", "transport", "here.test local:")]
    [InlineData("domaintable", "old.test new.test", "canonical", "@old.test @new.test")]
    [InlineData("genericstable", "joe Joe.User@e.test", "generics", "joe Joe.User@e.test")]
    [InlineData("relay-domains", "friend.test", "access_relay", "friend.test OK")]
    [InlineData("aliases", "postmaster: root", "aliases", "postmaster: root")]
    public void A_row_of_a_table_becomes_one_of_ours(string file, string row, string table, string expected)
    {
        Conversion conversion = Convert((file, $"# comment\n\n{row}\n"));
        Assert.Empty(conversion.NotUnderstood);
        Assert.Contains(expected, conversion.Tables[table]);
    }

    [Theory]
    [InlineData("sendmail.mc", "FEATURE(`greet_pause', `5000')", "sendmail.mc:1: FEATURE(greet_pause, 5000)")]
    [InlineData("sendmail.mc", "dnl\ndefine(`confSOMETHING', `1')", "sendmail.mc:2: define(confSOMETHING, 1)")]
    [InlineData("sendmail.mc", "MAILER(`uucp')", "sendmail.mc:1: MAILER(uucp)")]
    [InlineData("sendmail.mc", "LOCAL_CONFIG", "sendmail.mc:1: LOCAL_CONFIG")]
    [InlineData("sendmail.mc", "\nKmap hash /etc/x", "sendmail.mc:2: Kmap hash /etc/x")]
    [InlineData("sendmail.mc", "FEATURE(promiscuous_relay)", "sendmail.mc:1: FEATURE(promiscuous_relay)")]
    [InlineData("sendmail.mc", "DAEMON_OPTIONS(`Port=587, Name=MSA, M=E')", "sendmail.mc:1: DAEMON_OPTIONS(Port=587, Name=MSA, M=E)")]
    [InlineData("access", "x\nFrom:boss@e.test RELAY", "access:1: x ")]
    [InlineData("access", "From:boss@e.test RELAY", "access:1: FROM:boss@e.test RELAY")]
    [InlineData("access", "ClientRate:127.0.0.1 10", "access:1: ClientRate:127.0.0.1")]
    [InlineData("virtusertable", "a@v.test %2@x.test", "virtusertable:1: a@v.test %2@x.test")]
    [InlineData("mailertable", "u.test uucp-dom:host", "mailertable:1: u.test uucp-dom:host")]
    public void What_is_not_understood_is_said_with_its_line(string file, string text, string expected) =>
        Assert.Contains(expected, Convert((file, text)).NotUnderstood);

    [Fact]
    public void A_table_that_no_feature_reads_is_left_out()
    {
        Conversion conversion = Convert(("sendmail.mc", "FEATURE(`access_db')"), ("access", "Connect:192.0.2.1 REJECT\n"), ("mailertable", "far.test smtp:x\n"), ("local-host-names", "a.test\n"));
        Assert.Equal(["access_client"], conversion.Tables.Keys);
        Assert.DoesNotContain("a.test", conversion.MainCf("x"), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_named_is_not_refused_with_the_rest_of_the_domain() =>
        Assert.Equal(["v.test 550 5.1.1 no", "info@v.test DUNNO"], Convert(("virtusertable", "info@v.test joe\n@v.test error:nouser 550 no\n")).Tables["access_recipient"]);

    [Fact]
    public void Untagged_rules_concern_recipients_only_where_a_feature_says_so()
    {
        Assert.DoesNotContain("access_recipient", Convert(("sendmail.mc", "FEATURE(access_db)"), ("access", "x@e.test REJECT\n")).Tables.Keys);
        Assert.Contains("access_recipient", Convert(("sendmail.mc", "FEATURE(access_db)\nFEATURE(blacklist_recipients)"), ("access", "x@e.test REJECT\n")).Tables.Keys);
    }

    private static Conversion Convert(params (string Name, string Text)[] files) =>
        SendmailImport.Convert("/etc/mail", name => files.FirstOrDefault(file => file.Name == name).Text);
}

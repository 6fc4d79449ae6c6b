namespace Mta.Postfix.Import.Tests;

/// <summary>Whole sites of sendmail: every line of main.cf and of the tables, and the report.</summary>
public sealed class SendmailSiteTests
{
    [Fact]
    public void A_gateway_with_a_smart_host_logins_certificates_block_lists_and_all_the_tables()
    {
        Conversion conversion = Convert(
            ("access", """
            # who may
            Connect:10.1	RELAY
            Connect:192.0.2.66	REJECT
            Connect:partner.test	RELAY
            From:spam.test	ERROR:5.7.1:550 no spam
            To:gone@example.test	ERROR:5.1.1:550 left us
            To:backup.test	RELAY
            AuthInfo:mail.isp.test	"U:site" "I:site" "P:secret" "M:PLAIN"
            Try_TLS:old.test	NO
            ClientConn:	10
            """),
            ("aliases", """
            postmaster: root
            root: anna
            """),
            ("domaintable", """
            merged.test	example.test
            """),
            ("genericstable", """
            anna	Anna.Smith@example.test
            """),
            ("local-host-names", """
            example.test
            example.org
            """),
            ("mailertable", """
            far.test	smtp:[gw.far.test]
            .deep.test	esmtp:a.test:b.test
            fax.test	fax:modem
            """),
            ("relay-domains", """
            friend.test
            """),
            ("sendmail.mc", """
            divert(0)dnl
            VERSIONID(`gateway')dnl
            OSTYPE(`debian')dnl
            DOMAIN(`debian-mta')dnl
            define(`confDOMAIN_NAME', `mx.example.test')dnl
            define(`SMART_HOST', `relay:[mail.isp.test]')dnl
            define(`RELAY_MAILER_ARGS', `TCP $h 587')dnl
            MASQUERADE_AS(`example.test')dnl
            MASQUERADE_DOMAIN(`lan.example.test')dnl
            EXPOSED_USER(`root')dnl
            FEATURE(`masquerade_envelope')dnl
            define(`confAUTH_OPTIONS', `A p y')dnl
            TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
            define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
            define(`confCACERT_PATH', `/etc/ssl/certs')dnl
            define(`confCACERT', `/etc/mail/tls/ca.crt')dnl
            define(`confSERVER_CERT', `/etc/mail/tls/server.crt')dnl
            define(`confSERVER_KEY', `/etc/mail/tls/server.key')dnl
            define(`confCLIENT_CERT', `/etc/mail/tls/client.crt')dnl
            define(`confCLIENT_KEY', `/etc/mail/tls/client.key')dnl
            define(`confPRIVACY_FLAGS', `authwarnings,needmailhelo,novrfy,noexpn,restrictqrun')dnl
            FEATURE(`access_db')dnl
            FEATURE(`blacklist_recipients')dnl
            FEATURE(`dnsbl', `zen.example.test', `"550 listed"')dnl
            FEATURE(`enhdnsbl', `list.example.test', `', `t', `127.0.0.2.')dnl
            FEATURE(`use_cw_file')dnl
            FEATURE(`virtusertable')dnl
            FEATURE(`mailertable')dnl
            FEATURE(`domaintable')dnl
            FEATURE(`genericstable')dnl
            GENERICS_DOMAIN(`example.test')dnl
            FEATURE(`greet_pause', `5000')dnl
            INPUT_MAIL_FILTER(`dkim', `S=inet:8891@127.0.0.1, F=T')dnl
            DAEMON_OPTIONS(`Name=MTA, Port=smtp')dnl
            DAEMON_OPTIONS(`Name=MSA, Port=submission, M=Ea')dnl
            MAILER(`local')dnl
            MAILER(`smtp')dnl
            MAILER(`fax')dnl
            """),
            ("virtusertable", """
            info@shop.test	anna
            @old.test	%1@example.test
            free@shop.test	error:nouser 550 not here
            @multi.test	%2@x.test
            """));
        Assert.Equal(
            """
            # Made of /etc/mail. What was not understood was reported; the rest has its default.
            compatibility_level = 3.6
            mynetworks = 127.0.0.0/8, [::1]/128, 10.1.0.0/16
            mydestination = $myhostname, localhost.$mydomain, localhost, example.test, example.org, merged.test
            message_size_limit = 0
            mailbox_size_limit = 0
            myhostname = mx.example.test
            relayhost = [mail.isp.test]:587
            smtpd_tls_auth_only = yes
            smtpd_sasl_security_options = noanonymous
            smtpd_sasl_auth_enable = yes
            smtpd_tls_CApath = /etc/ssl/certs
            smtp_tls_CApath = /etc/ssl/certs
            smtpd_tls_CAfile = /etc/mail/tls/ca.crt
            smtp_tls_CAfile = /etc/mail/tls/ca.crt
            smtpd_tls_cert_file = /etc/mail/tls/server.crt
            smtpd_tls_security_level = may
            smtpd_tls_key_file = /etc/mail/tls/server.key
            smtp_tls_cert_file = /etc/mail/tls/client.crt
            smtp_tls_key_file = /etc/mail/tls/client.key
            smtpd_helo_required = yes
            disable_vrfy_command = yes
            smtpd_milters = inet:127.0.0.1:8891
            milter_default_action = tempfail
            relay_domains = backup.test, friend.test
            smtp_sasl_auth_enable = yes
            smtp_sasl_security_options = noanonymous
            smtp_sasl_password_maps = hash:$config_directory/sasl_passwd
            smtp_tls_policy_maps = hash:$config_directory/tls_policy
            virtual_alias_maps = hash:$config_directory/virtual
            transport_maps = hash:$config_directory/transport
            canonical_maps = hash:$config_directory/canonical
            sender_canonical_maps = hash:$config_directory/generics, inline:{ {root@$myhostname = root@$myhostname}, {@$myhostname = @example.test}, {@localhost.$mydomain = @example.test}, {@localhost = @example.test}, {@lan.example.test = @example.test} }
            alias_maps = hash:$config_directory/aliases
            alias_database = hash:$config_directory/aliases
            sender_canonical_classes = envelope_sender, header_sender
            smtpd_client_restrictions = check_client_access hash:$config_directory/access_client, permit_mynetworks, permit_sasl_authenticated, reject_rbl_client zen.example.test, reject_rbl_client list.example.test=127.0.0.2
            smtpd_sender_restrictions = check_sender_access hash:$config_directory/access_sender, permit_mynetworks, reject_non_fqdn_sender, reject_unknown_sender_domain
            smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, check_client_access hash:$config_directory/access_relay, reject_unauth_destination
            smtpd_recipient_restrictions = check_recipient_access hash:$config_directory/access_recipient
            smtp_tls_security_level = may
            """ + "\n",
            conversion.MainCf("/etc/mail"));
        Assert.Equal(
            """
            access_client: 192.0.2.66 REJECT
            access_recipient: gone@example.test 550 5.1.1 left us | free@shop.test 550 5.1.1 not here
            access_relay: partner.test OK | friend.test OK
            access_sender: spam.test 550 5.7.1 no spam
            aliases: postmaster: root | root: anna
            canonical: @merged.test @example.test
            generics: anna Anna.Smith@example.test
            sasl_passwd: mail.isp.test site:secret
            tls_policy: old.test none
            transport: far.test smtp:[gw.far.test] | .deep.test smtp:a.test, b.test
            virtual: info@shop.test anna | @old.test @example.test
            """,
            string.Join('\n', conversion.Tables.Select(static table => $"{table.Key}: {string.Join(" | ", table.Value)}")));
        Assert.Equal(["sendmail.mc:32: FEATURE(greet_pause, 5000)", "sendmail.mc:35: DAEMON_OPTIONS(Name=MSA, Port=submission, M=Ea)", "sendmail.mc:38: MAILER(fax)", "access:10: ClientConn:", "virtusertable:4: @multi.test %2@x.test", "mailertable:3: fax.test fax:modem"], conversion.NotUnderstood);
    }

    [Fact]
    public void A_machine_that_only_sends()
    {
        Conversion conversion = Convert(
            ("sendmail.mc", """
            VERSIONID(`nobody sends mail here')dnl
            OSTYPE(`linux')dnl
            define(`confTO_QUEUERETURN', `3d')dnl
            FEATURE(`nullclient', `hub.example.test')dnl
            MASQUERADE_AS(`example.test')dnl
            LOCAL_CONFIG
            Dwhost
            """));
        Assert.Equal(
            """
            # Made of /etc/mail. What was not understood was reported; the rest has its default.
            compatibility_level = 3.6
            mynetworks = 127.0.0.0/8, [::1]/128
            mydestination =
            message_size_limit = 0
            mailbox_size_limit = 0
            maximal_queue_lifetime = 3d
            relayhost = [hub.example.test]
            local_transport = error:local delivery is disabled
            inet_interfaces = loopback-only
            sender_canonical_maps = inline:{ {@$myhostname = @example.test}, {@localhost.$mydomain = @example.test}, {@localhost = @example.test} }
            sender_canonical_classes = header_sender
            smtpd_sender_restrictions = permit_mynetworks, reject_non_fqdn_sender, reject_unknown_sender_domain
            smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
            smtp_tls_security_level = may
            """ + "\n",
            conversion.MainCf("/etc/mail"));
        Assert.Empty(conversion.Tables);
        Assert.Equal(["sendmail.mc:6: LOCAL_CONFIG", "sendmail.mc:7: Dwhost"], conversion.NotUnderstood);
    }

    private static Conversion Convert(params (string Name, string Text)[] files) =>
        SendmailImport.Convert("/etc/mail", name => files.FirstOrDefault(file => file.Name == name).Text);
}

using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// <c>postfix takeover-check</c> on configurations as people have them, upon Debian's master.cf with its chroots: Debian's
/// Postfix starts with each and serves, so do we, and the report names what is not the same, and nothing else.
/// </summary>
public sealed class TakeoverConfigurationTests
{
    // What each report says on top of this: connections are kept inside the client's process.
    private static readonly (string Name, string Main, string Master, string[] Tables, string[] Said)[] Cases =
    [
        ("Debian's own", """
            smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
            biff = no
            append_dot_mydomain = no
            readme_directory = no
            smtpd_tls_security_level = may
            smtp_tls_CApath = /etc/ssl/certs
            smtp_tls_security_level = may
            smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
            smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
            mailbox_size_limit = 0
            recipient_delimiter = +
            """, "", [], []),
        ("a provider's relay", """
            mydestination =
            local_recipient_maps =
            local_transport = error:local mail delivery is disabled
            relay_domains = hash:{dir}/relay_domains
            relay_recipient_maps = hash:{dir}/relay_recipients, regexp:{dir}/patterns
            transport_maps = hash:{dir}/transport, pcre:{dir}/patterns
            virtual_alias_maps = hash:{dir}/virtual
            sender_canonical_maps = hash:{dir}/canonical
            smtp_generic_maps = hash:{dir}/generic
            sender_dependent_relayhost_maps = hash:{dir}/senders
            smtpd_client_restrictions = permit_mynetworks, check_client_access cidr:{dir}/clients, reject_unknown_reverse_client_hostname
            smtpd_helo_restrictions = reject_invalid_helo_hostname, check_helo_access pcre:{dir}/patterns
            smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, check_policy_service { inet:127.0.0.1:10023, timeout=10s, default_action=DUNNO }, permit
            smtpd_restriction_classes = greylist, strict
            greylist = check_policy_service inet:127.0.0.1:10023
            strict = reject_unknown_client_hostname, reject_unverified_sender
            header_checks = pcre:{dir}/patterns
            body_checks = regexp:{dir}/patterns
            address_verify_map = btree:$data_directory/verify_cache
            smtp_tls_policy_maps = hash:{dir}/policies
            smtp_tls_security_level = dane
            smtp_dns_support_level = dnssec
            slow_destination_rate_delay = 1s
            default_destination_concurrency_limit = 50
            fast_flush_domains = $relay_domains
            """, """
            slow unix - - n - 2 smtp
              -o syslog_name=postfix/slow
              -o smtp_destination_concurrency_limit=1
            """,
            ["relay_domains", "relay_recipients", "transport", "virtual", "canonical", "generic", "senders", "policies"], []),
        ("submission, mailboxes with Dovecot, maps in a database", """
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = private/auth
            broken_sasl_auth_clients = yes
            virtual_transport = lmtp:unix:private/dovecot-lmtp
            virtual_mailbox_domains = proxy:mysql:{dir}/domains.cf
            virtual_mailbox_maps = proxy:mysql:{dir}/mailboxes.cf
            virtual_alias_maps = proxy:mysql:{dir}/aliases.cf
            smtpd_sender_login_maps = proxy:mysql:{dir}/aliases.cf
            proxy_read_maps = $virtual_alias_maps $virtual_mailbox_maps $virtual_mailbox_domains $smtpd_sender_login_maps
            smtpd_tls_auth_only = yes
            smtpd_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1
            quota_status = check_policy_service unix:private/quota-status
            """, """
            127.0.0.1:{port2} inet n - y - - smtpd
              -o syslog_name=postfix/submission
              -o smtpd_tls_security_level=encrypt
              -o smtpd_sasl_auth_enable=yes
              -o smtpd_client_restrictions=$mua_client_restrictions
              -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
              -o { smtpd_sender_restrictions = reject_sender_login_mismatch, permit }
              -o cleanup_service_name=subcleanup
            subcleanup unix n - y - 0 cleanup
              -o header_checks=regexp:{dir}/patterns
            dovecot unix - n n - - pipe
              flags=DRhu user=mail:mail argv=/usr/lib/dovecot/deliver -f ${sender} -d ${recipient}
            """, [], ["main.cf: parameter quota_status: unknown: no program reads it, of Postfix neither"]),
        ("amavis", """
            content_filter = smtp-amavis:[127.0.0.1]:10024
            receive_override_options = no_address_mappings
            """, """
            smtp-amavis unix - - n - 2 smtp
              -o smtp_data_done_timeout=1200
              -o smtp_send_xforward_command=yes
              -o max_use=20
            127.0.0.1:{port2} inet n - n - - smtpd
              -o content_filter=
              -o local_recipient_maps=
              -o smtpd_restriction_classes=
              -o smtpd_recipient_restrictions=permit_mynetworks,reject
              -o smtpd_client_connection_count_limit=0
              -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_milters
              -o smtpd_authorized_xforward_hosts=127.0.0.0/8
            """, [], []),
        ("one of several instances", """
            multi_instance_enable = yes
            multi_instance_name = postfix-in
            multi_instance_group = mta
            authorized_submit_users = !sms, static:all
            """, "", [], []),
        ("Mailman, procmail, mailboxes at home", """
            mailman_destination_recipient_limit = 1
            owner_request_special = no
            transport_maps = hash:{dir}/transport
            relay_domains = lists.example
            mailbox_command = /usr/bin/procmail -a "$EXTENSION"
            home_mailbox = Maildir/
            """, "", ["transport"], []),
        ("postscreen with lists in the DNS", """
            postscreen_access_list = permit_mynetworks, cidr:{dir}/clients
            postscreen_greet_action = enforce
            postscreen_dnsbl_threshold = 3
            postscreen_dnsbl_action = enforce
            postscreen_dnsbl_sites = zen.test*3 bl.test*2 white.test=127.[0..255].[0..255].[1..3]*-2
            postscreen_dnsbl_whitelist_threshold = -1
            postscreen_cache_map = btree:$data_directory/postscreen_cache
            smtpd_client_restrictions = reject_rbl_client zen.test=127.0.0.[2..11], reject_rhsbl_sender dbl.test
            rbl_reply_maps = hash:{dir}/rbl
            """, """
            smtpd pass - - y - - smtpd
            dnsblog unix - - y - 0 dnsblog
            tlsproxy unix - - y - 0 tlsproxy
            """, ["rbl"], ["service dnsblog/unix: no effect: postscreen asks the lists itself"]),
        ("types and options that are not here", """
            transport_maps = dbm:{dir}/transport
            smtpd_tls_enable_rpk = yes
            """, "", [],
            ["main.cf: parameter transport_maps: not supported: there is no table type dbm"]),
    ];

    [PeerFact("/usr/sbin/postfix", "/usr/share/postfix/master.cf.dist")]
    public void What_the_report_says_is_so()
    {
        Assert.All(Cases, static one => Look(one.Name, one.Main, one.Master, one.Tables, one.Said));
    }

    private static void Look(string name, string main, string master, string[] tables, string[] said)
    {
        string directory = Directory.CreateTempSubdirectory("mta-takeover-").FullName;
        try
        {
            int port = Ports.Free();
            string second = $"{Ports.Free()}";
            string Filled(string text) => text.Replace("{dir}", directory, StringComparison.Ordinal).Replace("{port2}", second, StringComparison.Ordinal);
            foreach (string folder in (string[])["spool", "data"])
            {
                Directory.CreateDirectory($"{directory}/{folder}");
            }

            File.WriteAllText($"{directory}/patterns", "/^X-Nothing: x/ OK\n");
            File.WriteAllText($"{directory}/clients", "192.0.2.9 reject\n");
            File.WriteAllText($"{directory}/main.cf", Filled(main) + $"""

                compatibility_level = 3.6
                mail_name = Postfix
                smtpd_forbid_bare_newline = normalize
                smtpd_forbid_unauth_pipelining = yes
                myhostname = mail.example
                mynetworks = 127.0.0.0/8
                inet_interfaces = 127.0.0.1
                alias_maps =
                alias_database =
                queue_directory = {directory}/spool
                data_directory = {directory}/data
                maillog_file = {directory}/log
                maillog_file_prefixes = {directory}

                """);
            string services = File.ReadAllText("/usr/share/postfix/master.cf.dist");
            bool isScreened = master.StartsWith("smtpd pass", StringComparison.Ordinal);
            services = Regex.Replace(services, "(?m)^smtp +inet .*$", $"127.0.0.1:{port} inet n - y - {(isScreened ? "1 postscreen" : "- smtpd")}");
            File.WriteAllText($"{directory}/master.cf", services + Filled(master) + "\n");
            foreach (string table in tables)
            {
                File.WriteAllText($"{directory}/{table}", "x.example x\n");
                Shell.Run("/usr/sbin/postmap", [$"hash:{directory}/{table}"]).MustSucceed();
            }

            Shell.Bash($"chmod 755 {directory}; chown postfix {directory}/data").MustSucceed();
            bool isSame = !said.Any(static line => line.Contains("not supported", StringComparison.Ordinal));
            // A server asks its maps before its first word, and there is no database.
            bool isServed = !main.Contains("mysql:", StringComparison.Ordinal);
            if (isSame && isServed)
            {
                Serves("/usr/sbin/postfix", directory, port);
            }

            Outcome report = Shell.Run(Repository.Command("postfix"), ["takeover-check", directory]);
            string[] differing = [.. report.Output.Split('\n').Where(static line => line.Contains(": ", StringComparison.Ordinal) && !Regex.IsMatch(line, ": same(:|$)|^summary: |^to take over: |service scache/unix: no effect"))];
            Assert.True(report.ExitCode == (isSame ? 0 : 1), name + report.All);
            Assert.All(said, line => Assert.Contains(differing, found => found.Contains(line, StringComparison.Ordinal)));
            if (!isSame)
            {
                Assert.NotEqual(0, Shell.Run(Repository.Command("postfix"), ["-c", directory, "check"]).ExitCode);
                return;
            }

            Assert.True(differing.Count(static line => !line.StartsWith("mail ", StringComparison.Ordinal)) == said.Length, name + report.All);
            File.AppendAllText($"{directory}/main.cf", $"command_directory = {Repository.Build}/sbin\ndaemon_directory = {Repository.Build}/libexec\n");
            if (isServed)
            {
                Serves(Repository.Command("postfix"), directory, port);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Serves(string postfix, string directory, int port)
    {
        Outcome start = Shell.Run(postfix, ["-c", directory, "start"]);
        try
        {
            Assert.True(start.ExitCode == 0, start.All);
            using var client = new SmtpClient(port);
            client.Command("EHLO client.example", "250");
        }
        finally
        {
            Shell.Run(postfix, ["-c", directory, "stop"]);
        }
    }
}

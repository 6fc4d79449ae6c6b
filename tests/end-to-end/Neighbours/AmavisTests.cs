namespace Mta.EndToEnd;

/// <summary>amavis behind the queue, as its README.postfix says: mail goes in at one port and comes back at another.</summary>
public sealed class AmavisTests
{
    private const string Amavis = "/usr/sbin/amavisd";

    [Neighbour("amavisd-new", "README.postfix (2.2.2 smtp client, 2.3 reinjection, 3.1 filtering globally)", "content_filter by SMTP with XFORWARD and back: clean mail is marked and delivered", "content_filter by LMTP (2.2.1) and back", "the test virus (clamd, Debian's 15-av_scanners entry) is discarded, and the log says so", "amavis away: mail waits in the queue, and goes out when it is back")]
    [PeerFact(Amavis, Clamd.Program)]
    public void Mail_goes_through_amavis_and_comes_back()
    {
        using var mta = new Instance(privileged: true);
        string directory = Directory.CreateDirectory($"{mta.Directory}/amavis").FullName;
        using var clamd = new Clamd($"{mta.Directory}/clamav");
        int port = Ports.Free();
        int back = Ports.Free();
        Shell.Bash($"chmod 755 {mta.Directory}; mkdir {directory}/tmp {directory}/db {directory}/quarantine {directory}/home; chown -R amavis: {directory}").MustSucceed();
        File.WriteAllText($"{mta.Directory}/amavis.conf", $$"""
            use strict;
            $max_servers = 2;
            $daemon_user = 'amavis'; $daemon_group = 'amavis';
            $mydomain = 'example.test'; $myhostname = 'mta.example.test';
            $MYHOME = '{{directory}}'; $TEMPBASE = "$MYHOME/tmp"; $db_home = "$MYHOME/db"; $QUARANTINEDIR = "$MYHOME/quarantine"; $helpers_home = "$MYHOME/home";
            $lock_file = "$MYHOME/lock"; $pid_file = "$MYHOME/pid";
            $enable_db = 0; $enable_zmq = 0; $nanny_details_level = 0;
            $inet_socket_port = {{port}}; $inet_socket_bind = '127.0.0.1'; @inet_acl = qw(127.0.0.1);
            $forward_method = 'smtp:[127.0.0.1]:{{back}}'; $notify_method = $forward_method;
            @local_domains_maps = ( [".$mydomain"] );
            @mynetworks = qw( 127.0.0.0/8 );
            $log_level = 1; $DO_SYSLOG = 0; $LOGFILE = "$MYHOME/log";
            @bypass_spam_checks_maps = (1);
            @bypass_banned_checks_maps = (1);
            $enable_dkim_verification = 0;
            $X_HEADER_LINE = 'Debian amavisd-new at example.test';
            $final_virus_destiny = D_DISCARD; $virus_quarantine_to = undef; $virus_admin = undef;
            @av_scanners = (
              ['ClamAV-clamd',
                \&ask_daemon, ["CONTSCAN {}\n", "{{clamd.Socket}}"],
                qr/\bOK$/m, qr/\bFOUND$/m,
                qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ],
            );
            @av_scanners_backup = ();
            1;

            """);
        Shell.Bash($"chown root: {directory}/conf; chmod 644 {mta.Directory}/amavis.conf").MustSucceed();
        string Evidence() => mta.Log + (File.Exists($"{directory}/log") ? File.ReadAllText($"{directory}/log") : "no log of amavis");
        Peer Run()
        {
            var amavis = new Peer(Amavis, "-c", $"{mta.Directory}/amavis.conf", "foreground");
            return amavis.Listening(port);
        }

        int byLmtp = Ports.Free();
        mta.Main["content_filter"] = $"amavisfeed:[127.0.0.1]:{port}";
        mta.Main["minimal_backoff_time"] = "1s";
        mta.Main["queue_run_delay"] = "1s";
        mta.MasterCf += $"""
            amavisfeed unix - - n - 2 smtp
              -o smtp_data_done_timeout=1200
              -o smtp_send_xforward_command=yes
              -o smtp_tls_note_starttls_offer=no
            amavislmtp unix - - n - 2 lmtp
              -o lmtp_data_done_timeout=1200
              -o lmtp_send_xforward_command=yes
              -o lmtp_tls_note_starttls_offer=no
            127.0.0.1:{byLmtp} inet n - n - - smtpd
              -o content_filter=amavislmtp:[127.0.0.1]:{port}
            127.0.0.1:{back} inet n - n - - smtpd
              -o content_filter=
              -o smtpd_delay_reject=no
              -o smtpd_client_restrictions=permit_mynetworks,reject
              -o smtpd_helo_restrictions=
              -o smtpd_sender_restrictions=
              -o smtpd_recipient_restrictions=permit_mynetworks,reject
              -o smtpd_data_restrictions=reject_unauth_pipelining
              -o smtpd_end_of_data_restrictions=
              -o smtpd_restriction_classes=
              -o mynetworks=127.0.0.0/8
              -o smtpd_error_sleep_time=0
              -o smtpd_soft_error_limit=1001
              -o smtpd_hard_error_limit=1000
              -o smtpd_client_connection_count_limit=0
              -o smtpd_client_connection_rate_limit=0
              -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_milters
              -o local_header_rewrite_clients=
              -o smtpd_milters=
              -o local_recipient_maps=
              -o relay_recipient_maps=

            """;
        mta.AllowStrangers();
        mta.Start();
        string to = $"{mta.User}@example.test";

        // It is not there yet: nothing is lost, nothing goes round it.
        using (SmtpClient client = mta.Stranger())
        {
            client.SendMessage("s@elsewhere.test", [to], Samples.Plain("s@elsewhere.test", to, "waiting-one"));
        }

        mta.WaitForLog("status=deferred (connect to 127.0.0.1[127.0.0.1]:");
        using (Peer amavis = Run())
        {
            string mail = Wait.For(() => mta.FindMail(mta.User, "waiting-one"), "the message that waited", () => Evidence() + amavis.Said);
            Assert.Contains("\nX-Virus-Scanned: Debian amavisd-new at example.test\n", mail, StringComparison.Ordinal);
            Assert.Contains("Received: from mail.pass.test (mail.pass.test [192.0.2.1])", mail, StringComparison.Ordinal);
            Assert.Contains("Passed CLEAN {RelayedInbound}, [192.0.2.1]", File.ReadAllText($"{directory}/log"), StringComparison.Ordinal);
            mta.Send("s@elsewhere.test", to, Samples.Infected("s@elsewhere.test", to, "infected-one"));
            Wait.Until(() => mta.Log.Contains("status=sent (250 2.7.0 Ok, discarded, id=", StringComparison.Ordinal), "amavis discards", Evidence);
            using (var client = new SmtpClient(byLmtp))
            {
                client.Command("EHLO cl.test", "250");
                client.SendMessage("s@elsewhere.test", [to], Samples.Plain("s@elsewhere.test", to, "lmtp-one", "text\n.\n..dots"));
            }

            mail = Wait.For(() => mta.FindMail(mta.User, "lmtp-one"), "the message by LMTP", Evidence);
            Assert.Contains("X-Virus-Scanned", mail, StringComparison.Ordinal);
            Assert.Contains("\n\ntext\n.\n..dots\n", mail, StringComparison.Ordinal);
            mta.WaitForEmptyQueue();
            Assert.Null(mta.FindMail(mta.User, "infected-one"));
        }

        Matrix.Passed();
    }
}

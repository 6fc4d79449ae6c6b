using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// Mail systems of others, unpacked beside us. What we send to their user "one" comes back to our user, what we send to
/// "lost" is refused by us, and what we send to "ghost" is refused by them: each speaks to the other, over TLS where it can.
/// </summary>
public sealed class MailSystemNeighbourTests
{
    private const string Exchanged = "STARTTLS, delivery, refusal by RCPT and the bounce that follows, in both directions";

    private const string Text = "\n.dot\n..\nFrom here\n\ttab and blanks  \n";

    // Where a peer sees its programs, and what is its own.
    private const string Programs = "/opt";

    private const string Own = "/mnt";

    [Neighbour("exim4-daemon-light", "Exim's specification: routers redirect and manualroute, hosts_require_tls", Exchanged)]
    [PeerFact("/usr/bin/apt-get", "/usr/bin/openssl", "/usr/bin/unshare")]
    public void Exim_takes_from_us_and_sends_to_us()
    {
        using UnpackedPeer? exim = UnpackedPeer.TryUnpack("exim4-daemon-light", "libgnutls-dane0");
        if (exim is null)
        {
            return;
        }

        Exchange(exim, "exim.test", static (port, ours) => ($$$"""
            exim_path = {{{Programs}}}/usr/sbin/exim4
            spool_directory = {{{Own}}}/spool
            log_file_path = {{{Own}}}/%slog
            pid_file_path = {{{Own}}}/pid
            exim_user = 6101
            exim_group = 6101
            never_users =
            primary_hostname = exim.test
            daemon_smtp_ports = {{{port}}}
            local_interfaces = 127.0.0.1
            tls_advertise_hosts = *
            tls_certificate = {{{Own}}}/cert
            tls_privatekey = {{{Own}}}/key
            host_lookup =
            rfc1413_query_timeout = 0s
            keep_environment =
            acl_smtp_rcpt = rcpt
            begin acl
            rcpt:
              deny local_parts = ghost
                   message = no such person
              accept
            begin routers
            aliases:
              driver = redirect
              domains = exim.test
              data = ${if eq{$local_part}{one}{nobody@example.test}{no-such@example.test}}
            out:
              driver = manualroute
              transport = out
              route_data = 127.0.0.1
              self = send
            begin transports
            out:
              driver = smtp
              port = {{{ours}}}
              hosts_require_tls = *
              allow_localhost

            """, $"chown -R 6101:6101 {Own}; chown root {Own}/conf; exec {Programs}/usr/sbin/exim4 -C {Own}/conf -bdf -q1m"));
        Matrix.Passed(exim.Folder);
    }

    [Neighbour("opensmtpd", "smtpd.conf(5): expand-only with a table of virtual users, relay host", "delivery, refusal by RCPT and the bounce that follows, in both directions; it sends to us by STARTTLS, we send to it in clear text (as a TLS server this version fails with OpenSSL 3, whatever the key and the client: `missing private key`, since its process that keeps the keys is not asked)")]
    [PeerFact("/usr/bin/apt-get", "/usr/bin/openssl", "/usr/bin/unshare")]
    public void OpenSmtpd_takes_from_us_and_sends_to_us()
    {
        using UnpackedPeer? opensmtpd = UnpackedPeer.TryUnpack("opensmtpd");
        if (opensmtpd is null)
        {
            return;
        }

        Exchange(opensmtpd, "opensmtpd.test", static (port, ours) => ($$"""
            table people { "one@opensmtpd.test" = "nobody@example.test", "lost@opensmtpd.test" = "no-such@example.test" }
            listen on 127.0.0.1 port {{port}} hostname opensmtpd.test
            action "people" expand-only virtual <people>
            action "out" relay host smtp+tls://127.0.0.1:{{ours}} tls no-verify
            match from any for domain "opensmtpd.test" action "people"
            match from any for domain "example.test" action "out"

            """, $"""
            mount -t tmpfs none /var/spool; mount -t tmpfs none /run; mount -t tmpfs none /var/lib
            mkdir -p /run/opensmtpd/empty /var/lib/opensmtpd/empty; chmod 755 /run/opensmtpd /run/opensmtpd/empty /var/lib/opensmtpd /var/lib/opensmtpd/empty
            mount --bind {Programs}/usr/libexec /usr/libexec
            exec {Programs}/usr/sbin/smtpd -d -f {Own}/conf
            """), takesTls: false);
        Matrix.Passed(opensmtpd.Folder);
    }

    [Neighbour("sendmail-bin", "cf/README: SMART_HOST with a port in RELAY_MAILER_ARGS, virtusertable, STARTTLS", Exchanged)]
    [PeerFact("/usr/bin/apt-get", "/usr/bin/openssl", "/usr/bin/unshare")]
    public void Sendmail_takes_from_us_and_sends_to_us()
    {
        using UnpackedPeer? sendmail = UnpackedPeer.TryUnpack("sendmail-bin", "sendmail-base", "sendmail-cf", "m4", "liblockfile1", "libwrap0", "libnsl2");
        if (sendmail is null)
        {
            return;
        }

        Exchange(sendmail, "sendmail.test", static (port, ours) => ($"""
            define(`_CF_DIR_', `{Programs}/usr/share/sendmail/cf/')dnl
            include(`{Programs}/usr/share/sendmail/cf/m4/cf.m4')dnl
            OSTYPE(`linux')dnl
            define(`confDOMAIN_NAME', `sendmail.test')dnl
            define(`QUEUE_DIR', `{Own}/queue')dnl
            define(`confPID_FILE', `{Own}/pid')dnl
            define(`STATUS_FILE', `{Own}/status')dnl
            define(`ALIAS_FILE', `')dnl
            define(`confTO_IDENT', `0')dnl
            define(`confSERVICE_SWITCH_FILE', `{Own}/switch')dnl
            define(`confSERVER_CERT', `{Own}/cert')dnl
            define(`confSERVER_KEY', `{Own}/key')dnl
            define(`confCLIENT_CERT', `{Own}/cert')dnl
            define(`confCLIENT_KEY', `{Own}/key')dnl
            define(`confCACERT', `{Own}/cert')dnl
            define(`confCACERT_PATH', `{Own}')dnl
            define(`SMART_HOST', `relay:[127.0.0.1]')dnl
            define(`RELAY_MAILER_ARGS', `TCP $h {ours}')dnl
            FEATURE(`no_default_msa')dnl
            FEATURE(`nocanonify')dnl
            FEATURE(`accept_unresolvable_domains')dnl
            FEATURE(`virtusertable', `hash -o {Own}/virtusertable')dnl
            LOCAL_DOMAIN(`sendmail.test')dnl
            DAEMON_OPTIONS(`Port={port}, Addr=127.0.0.1, Name=MTA')dnl
            MAILER(`local')dnl
            MAILER(`smtp')dnl

            """, $"""
            cd {Own}; mkdir -m 700 queue; echo 'hosts files' >switch
            printf '%s\n' 'one@sendmail.test nobody@example.test' 'lost@sendmail.test no-such@example.test' '@sendmail.test error:nouser 550 no such person' >virtusertable
            {Programs}/usr/bin/m4 conf >sendmail.cf
            {Programs}/usr/libexec/sendmail/makemap -C {Own}/sendmail.cf hash virtusertable <virtusertable
            exec {Programs}/usr/libexec/sendmail/sendmail -bD -q1m -C {Own}/sendmail.cf -X {Own}/log
            """));
        Matrix.Passed(sendmail.Folder);
    }

    /// <param name="peer">For its port and ours: the configuration, and the script that starts it.</param>
    private static void Exchange(UnpackedPeer programs, string domain, Func<int, int, (string Configuration, string Script)> peer, bool takesTls = true)
    {
        using var mta = new Instance(privileged: true);
        int port = Ports.Free();
        mta.Main["smtpd_tls_security_level"] = "may";
        mta.Main["smtpd_tls_chain_files"] = $"{mta.Etc}/cert.pem";
        mta.Main["smtpd_tls_loglevel"] = "1";
        mta.Main["smtp_tls_security_level"] = takesTls ? "encrypt" : "may";
        mta.Main["smtp_tls_loglevel"] = "1";
        mta.Main["transport_maps"] = $"inline:{{{{{domain}=smtp:[127.0.0.1]:{port}}}}}";
        string own = $"{mta.Directory}/peer";
        Shell.Bash($"""
            cd {mta.Etc}; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mta.example.test -keyout key -out cert; cat key cert >cert.pem
            mkdir -m 755 {own}; cp cert key {own}/; chmod 600 {own}/key
            """).MustSucceed();
        (string configuration, string script) = peer(port, mta.SmtpPort);
        File.WriteAllText($"{own}/conf", configuration);
        Shell.Bash($"chmod 644 {own}/conf").MustSucceed();
        mta.Start();

        using Peer started = InNamespace(mta, programs, domain, own, script);
        started.Listening(port);
        foreach (string user in (string[])["one", "lost", "ghost"])
        {
            mta.Send("nobody@example.test", $"{user}@{domain}", $"From: nobody@example.test\nSubject: {user}\n\nthe token of {user}{Text}");
        }

        string Mail(string pattern) => Wait.For(
            () => Directory.Exists($"{mta.Mail}/nobody/new") ? Directory.GetFiles($"{mta.Mail}/nobody/new").Select(File.ReadAllText).FirstOrDefault(text => Regex.IsMatch(text, pattern)) : null,
            pattern,
            () => $"{started.Said}\n{Shell.Bash($"cat {own}/*log").Output}\n{mta.Log}");
        string mail = Mail("\nSubject: one\n");
        Assert.EndsWith($"\n\nthe token of one{Text}", mail, StringComparison.Ordinal);
        Assert.Contains("\n\tby mta.example.test (Mta) with ESMTPS id ", mail, StringComparison.Ordinal);
        Mail(@"(?s)<>.*no-such@example\.test");
        Mail($@"(?s)Final-Recipient: rfc822; ghost@{domain}.*Status: 5\.");
        mta.WaitForEmptyQueue();
        Assert.Single(Regex.Matches(mta.Log, @"reject: RCPT from localhost.*: 550 5\.1\.1 <no-such@example\.test>"));
        Assert.Equal(2, Regex.Count(mta.Log, $@"smtp\[.*@{domain}>, relay=127\.0\.0\.1.*status=sent \(250"));
        Assert.Single(Regex.Matches(mta.Log, $@"smtp\[.*to=<ghost@{domain}>.*status=bounced \(host 127\.0\.0\.1"));
        Assert.True(!takesTls || mta.Log.Contains($" TLS connection established to 127.0.0.1[127.0.0.1]:{port}: TLSv1.3 with cipher ", StringComparison.Ordinal), mta.Log);
        Assert.Contains(" TLS connection established from localhost[127.0.0.1]: TLSv1.3 with cipher ", mta.Log, StringComparison.Ordinal);
    }

    /// <summary>
    /// Runs a script that sees the accounts and names of an unpacked system, and with it ends all that it started. No name
    /// server answers it.
    /// </summary>
    private static Peer InNamespace(Instance mta, UnpackedPeer programs, string domain, string own, string script)
    {
        string etc = Directory.CreateDirectory($"{mta.Directory}/peer-etc").FullName;
        string[] accounts = ["Debian-exim", "opensmtpd", "opensmtpq", "smmta", "smmsp"];
        File.WriteAllText($"{etc}/passwd", File.ReadAllText("/etc/passwd") + string.Concat(accounts.Select(static (name, number) => $"{name}:x:{6101 + number}:{6101 + number}::/nonexistent:/bin/false\n")));
        File.WriteAllText($"{etc}/group", File.ReadAllText("/etc/group") + string.Concat(accounts.Select(static (name, number) => $"{name}:x:{6101 + number}:\n")));
        File.WriteAllText($"{etc}/hosts", $"127.0.0.1 {domain} localhost\n");
        File.WriteAllText($"{etc}/resolv.conf", "nameserver 127.0.0.1\n");
        string mounts = $"""
            hostname {domain}
            for file in passwd group hosts resolv.conf; do chmod 644 {etc}/$file; mount --bind {etc}/$file /etc/$file; done
            mount --bind {programs.Folder} {Programs}; mount --bind {own} {Own}; export LD_LIBRARY_PATH={Programs}/usr/lib/x86_64-linux-gnu:{Programs}/usr/lib/aarch64-linux-gnu

            """;
        return new Peer("/usr/bin/unshare", ["-m", "-u", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private", "/bin/bash", "-ec", mounts + script]);
    }
}

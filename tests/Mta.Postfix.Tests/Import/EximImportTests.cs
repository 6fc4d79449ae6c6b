namespace Mta.Postfix.Import.Tests;

/// <summary>What becomes of a simple Exim configuration.</summary>
public sealed class EximImportTests
{
    [Theory]
    [InlineData("primary_hostname = mx.e.test", "myhostname = mx.e.test")]
    [InlineData("qualify_domain = e.test", "myorigin = e.test")]
    [InlineData("domainlist local_domains = @ : localhost : e.test", "mydestination = $myhostname, localhost, e.test")]
    [InlineData("domainlist mine = e.test\ndomainlist local_domains = +mine : f.test", "mydestination = e.test, f.test")]
    [InlineData("domainlist local_domains = lsearch;/etc/domains", "mydestination = a.test, b.test")]
    [InlineData("MINE = e.test\ndomainlist local_domains = MINE", "mydestination = e.test")]
    [InlineData("domainlist relay_to_domains = r.test : \\\n   s.test", "relay_domains = r.test, s.test")]
    [InlineData("hostlist relay_from_hosts = 127.0.0.1 : 10.0.0.0/8 : 192.0.2.7", "mynetworks = 127.0.0.0/8, [::1]/128, 10.0.0.0/8, 192.0.2.7")]
    [InlineData("hostlist relay_from_hosts = <; 127.0.0.1 ; 2001:db8::/32", "mynetworks = 127.0.0.0/8, [::1]/128, [2001:db8::]/32")]
    [InlineData("message_size_limit = 25M", "message_size_limit = 26214400")]
    [InlineData("# nothing", "message_size_limit = 52428800")]
    [InlineData("tls_certificate = /c.pem", "smtpd_tls_cert_file = /c.pem")]
    [InlineData("tls_privatekey = /k.pem", "smtpd_tls_key_file = /k.pem")]
    [InlineData(".ifdef X\nprimary_hostname = no.test\n.else\nprimary_hostname = mx.test\n.endif", "myhostname = mx.test")]
    [InlineData("X = mx\n.ifndef X\nX = no\n.elifdef X\nprimary_hostname = X.test\n.else\nprimary_hostname = no.test\n.endif", "myhostname = mx.test")]
    [InlineData("A = 1\n.ifdef B\n.ifdef A\nqueue_only_load = 8\n.endif\nqueue_only_load = 9\n.else\nqualify_domain = e.test\n.endif", "myorigin = e.test")]
    [InlineData(".ifdef _HAVE_TLS\ntls_privatekey = /k.pem\n.endif", "smtpd_tls_key_file = /k.pem")]
    [InlineData("X = a.test\nY = X : b.test\nX == c.test\ndomainlist local_domains = Y : X", "mydestination = a.test, b.test, c.test")]
    [InlineData("local_interfaces = <; 127.0.0.1 ; ::1 ; [2001:db8::1]:25", "inet_interfaces = 127.0.0.1, [::1], [2001:db8::1]")]
    [InlineData("begin acl\nc:\n  accept authenticated = *\n    control = submission/sender_retain\n    control = dkim_disable_verify", "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination")]
    [InlineData("begin routers\nl:\n  driver = accept\n  transport = spool\nbegin transports\nhome:\n  driver = appendfile\n  directory = $home/Maildir\nspool:\n  driver = appendfile\n  file = /var/mail/$local_part_data", "mail_spool_directory = /var/mail")]
    [InlineData("recipients_max = 99", "smtpd_recipient_limit = 99")]
    [InlineData("local_interfaces = 127.0.0.1 : 192.0.2.1", "inet_interfaces = 127.0.0.1, 192.0.2.1")]
    [InlineData("begin acl\nacl_check_rcpt:\n  deny message = no\n    dnslists = a.test : b.test", "smtpd_client_restrictions = permit_mynetworks, reject_rbl_client a.test, reject_rbl_client b.test")]
    [InlineData("begin acl\nc:\n  warn dnslists = a.test", "smtpd_client_restrictions = permit_mynetworks, warn_if_reject reject_rbl_client a.test")]
    [InlineData("begin acl\nc:\n  require verify = sender", "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domain")]
    [InlineData("begin acl\nc:\n  accept authenticated = *", "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination")]
    [InlineData("begin routers\nsmart:\n  driver = manualroute\n  domains = ! +local_domains\n  route_list = * smart.test byname\n  transport = remote_smtp", "relayhost = [smart.test]")]
    [InlineData("begin routers\nsmart:\n  driver = manualroute\n  route_list = * smart.test::587", "relayhost = [smart.test]:587")]
    [InlineData("begin routers\nsmart:\n  driver = manualroute\n  route_data = isp.test/MX", "relayhost = isp.test")]
    [InlineData("begin routers\na:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/etc/aliases}}", "alias_maps = hash:/etc/aliases")]
    [InlineData("begin routers\na:\n  driver = accept\n  check_local_user\n  local_part_suffix = +*", "recipient_delimiter = +")]
    [InlineData("begin transports\nl:\n  driver = appendfile\n  file = /var/mail/$local_part", "mail_spool_directory = /var/mail")]
    [InlineData("begin transports\nl:\n  driver = appendfile\n  directory = $home/Maildir\n  maildir_format", "home_mailbox = Maildir/")]
    [InlineData("begin transports\nl:\n  driver = lmtp\n  socket = /run/dovecot/lmtp", "mailbox_transport = lmtp:unix:/run/dovecot/lmtp")]
    [InlineData("begin transports\nr:\n  driver = smtp\n  hosts_require_tls = *", "smtp_tls_security_level = encrypt")]
    [InlineData("begin authenticators\nd:\n  driver = dovecot\n  server_socket = /run/auth", "smtpd_sasl_path = /run/auth")]
    [InlineData("begin retry\n* * F,2h,15m; G,16h,1h,1.5; F,4d,6h", "maximal_queue_lifetime = 4d")]
    public void It_becomes_a_setting(string text, string line)
    {
        Conversion conversion = Convert(text);
        Assert.Empty(conversion.NotUnderstood);
        Assert.Contains(line, conversion.MainCf("x").Split('\n'));
    }

    [Theory]
    [InlineData("begin routers\nv:\n  driver = redirect\n  domains = v.test\n  data = ${lookup{$local_part@$domain}lsearch{/etc/virtual}}", "virtual", "info@v.test joe, ann@x.test")]
    [InlineData("begin routers\nv:\n  driver = redirect\n  domains = v.test\n  data = ${lookup{$local_part}lsearch*{/etc/virtual.d/$domain}}", "virtual", "@v.test catch@x.test")]
    [InlineData("begin routers\nm:\n  driver = manualroute\n  route_list = far.test gw.test ; *.deep.test a.test:b.test", "transport", "far.test smtp:[gw.test]")]
    [InlineData("begin routers\nm:\n  driver = manualroute\n  route_list = far.test gw.test ; *.deep.test a.test:b.test", "transport", ".deep.test smtp:[a.test], [b.test]")]
    [InlineData("begin acl\nc:\n  deny sender_domains = spam.test", "access_sender", "spam.test REJECT")]
    [InlineData("begin acl\nc:\n  deny senders = offers@spam.test : *@bulk.test", "access_sender", "offers@spam.test REJECT")]
    [InlineData("begin acl\nc:\n  deny senders = offers@spam.test : *@bulk.test", "access_sender", "bulk.test REJECT")]
    [InlineData("begin acl\nc:\n  deny hosts = 192.0.2.0/24", "access_client.cidr", "192.0.2.0/24 REJECT")]
    [InlineData("begin routers\ns:\n  driver = manualroute\n  route_list = * smart.test\nbegin authenticators\np:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^me^secret", "sasl_passwd", "[smart.test] me:secret")]
    public void It_becomes_a_row(string text, string table, string row)
    {
        Conversion conversion = Convert(text);
        Assert.Empty(conversion.NotUnderstood);
        Assert.Contains(row, conversion.Tables[table]);
    }

    [Theory]
    [InlineData("queue_only_load = 8", "exim.conf:1: queue_only_load = 8")]
    [InlineData("domainlist local_domains = a.test : !b.test", "exim.conf:1: domainlist local_domains: !b.test")]
    [InlineData("\n.include /etc/exim/more", "exim.conf:2: .include /etc/exim/more")]
    [InlineData("\n.endif", "exim.conf:2: .endif")]
    [InlineData("begin acl\nc:\n  deny condition = ${if eq{a}{b}}", "exim.conf:3: deny condition = ${if eq{a}{b}}")]
    [InlineData("begin routers\nq:\n  driver = queryprogram", "exim.conf:2: router q: driver = queryprogram")]
    [InlineData("begin rewrite\n*@a.test $1@b.test Ffrs", "exim.conf:2: rewrite: *@a.test $1@b.test Ffrs")]
    [InlineData("begin transports\np:\n  driver = pipe", "exim.conf:2: transport p: driver = pipe")]
    [InlineData("tls_certificate = ${if exists{/a}{/a}{/b}}", "exim.conf:1: tls_certificate = ${if exists{/a}{/a}{/b}}")]
    public void What_is_not_understood_is_said_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Convert(text).NotUnderstood);

    private static Conversion Convert(string text) => EximImport.Convert("exim.conf", text, static path => path switch
    {
        "/etc/domains" => "a.test:\nb.test\n",
        "/etc/virtual" => "info@v.test: joe, ann@x.test\nother@w.test: nobody\n",
        "/etc/virtual.d/v.test" => "info: joe\n*: catch@x.test\n",
        _ => null,
    });
}

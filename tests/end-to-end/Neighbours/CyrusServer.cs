namespace Mta.EndToEnd;

/// <summary>
/// Debian's Cyrus IMAP beside an instance of ours, run from where it was unpacked. Everybody's password is "secret".
/// </summary>
internal sealed class CyrusServer : IDisposable
{
    private const string Realm = "store.example.test";

    private readonly Peer _master;

    /// <param name="users">Who has a mailbox.</param>
    public CyrusServer(UnpackedPeer unpacked, Instance mta, params string[] users)
    {
        string programs = $"{unpacked.Folder}/usr/lib/cyrus/bin";
        string directory = Directory.CreateDirectory($"{mta.Directory}/cyrus").FullName;
        ImapPort = Ports.Free();
        LmtpPort = Ports.Free();
        Socket = $"{directory}/socket/lmtp";
        string settings = $"{directory}/imapd.conf";
        File.WriteAllText(settings, $"""
            configdirectory: {directory}/lib
            proc_path: {directory}/proc
            mboxname_lockpath: {directory}/lock
            defaultpartition: default
            partition-default: {directory}/mail
            sievedir: {directory}/sieve
            altnamespace: no
            unixhierarchysep: no
            servername: {Realm}
            cyrus_user: {mta.User}
            admins: cyrus
            lmtp_admins: postman
            lmtp_downcase_rcpt: yes
            umask: 077
            hashimapspool: true
            allowplaintext: yes
            sasl_pwcheck_method: auxprop
            sasl_auxprop_plugin: sasldb
            sasl_sasldb_path: {directory}/sasldb
            sasl_mech_list: PLAIN
            lmtpsocket: {Socket}
            idlesocket: {directory}/socket/idle
            notifysocket: {directory}/socket/notify
            master_pid_file: {directory}/pid
            syslog_prefix: cyrus

            """);
        File.WriteAllText($"{directory}/cyrus.conf", $$"""
            START {
              recover cmd="{{programs}}/ctl_cyrusdb -C {{settings}} -r"
            }
            SERVICES {
              imap cmd="{{programs}}/imapd -C {{settings}} -U 30" listen="127.0.0.1:{{ImapPort}}" prefork=0 maxchild=20
              lmtpunix cmd="{{programs}}/lmtpd -C {{settings}}" listen="{{Socket}}" prefork=0 maxchild=20
              lmtp cmd="{{programs}}/lmtpd -C {{settings}}" listen="127.0.0.1:{{LmtpPort}}" prefork=0 maxchild=20
            }
            EVENTS {
            }

            """);
        string accounts = string.Concat(((string[])["cyrus", "postman", .. users]).Select(user => $"echo secret | saslpasswd2 -p -c -f sasldb -u {Realm} {user}\n"));
        Shell.Bash($"set -e; cd {directory}; mkdir lib proc lock socket mail sieve\n{accounts}chown -R {mta.User}: .; chmod 755 . {mta.Directory}").MustSucceed();
        _master = new Peer(
            $"{unpacked.Folder}/usr/sbin/cyrmaster",
            ["-C", settings, "-M", $"{directory}/cyrus.conf"],
            new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = unpacked.Libraries });
        try
        {
            _master.Listening(ImapPort).Listening(LmtpPort).Listening(Socket);
            Administer(string.Concat(users.Select(static user => $"must(box.create('user.{user}'))\n")));
        }
        catch
        {
            _master.Dispose();
            throw;
        }
    }

    public int ImapPort { get; }

    public int LmtpPort { get; }

    public string Socket { get; }

    /// <summary>Runs lines of Python with <c>box</c>, the administrator's IMAP session, and <c>must</c>.</summary>
    public void Administer(string lines) => Python("cyrus", lines);

    /// <summary>The texts of all messages in a folder, one after the other.</summary>
    public string Read(string user, string folder = "INBOX") => Python(user, $"""
        must(box.select("{folder}", readonly=True))
        for number in must(box.search(None, "ALL"))[0].split():
            sys.stdout.buffer.write(must(box.fetch(number, "(BODY.PEEK[])"))[0][1])
        """);

    public void Dispose() => _master.Dispose();

    private string Python(string user, string lines) => Shell.Run("/usr/bin/python3", ["-c", $"""
        import imaplib, sys
        def must(reply):
            assert reply[0] == "OK", reply
            return reply[1]
        box = imaplib.IMAP4("127.0.0.1", {ImapPort}, timeout=60)
        box.login("{user}", "secret")
        {lines}
        box.logout()
        """]).MustSucceed().Output.ReplaceLineEndings("\n");
}

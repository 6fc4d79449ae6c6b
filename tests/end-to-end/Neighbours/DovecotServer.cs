namespace Mta.EndToEnd;

/// <summary>
/// Debian's Dovecot beside an instance of ours, with the sockets in our queue directory that its documentation names for
/// Postfix. Everybody's password is "secret"; the mail of all belongs to the instance's user.
/// </summary>
internal sealed class DovecotServer : IDisposable
{
    public const string Program = "/usr/sbin/dovecot";
    public const string Pop3 = "/usr/lib/dovecot/pop3";

    public DovecotServer(Instance mta, params string[] users)
        : this(mta.Directory, mta.Spool, mta.User, users)
    {
    }

    /// <param name="directory">Of the instance that it serves, which has been started.</param>
    public DovecotServer(string directory, string spool, string owner, params string[] users)
    {
        Directory = System.IO.Directory.CreateDirectory(Path.Combine(directory, "dovecot")).FullName;
        ImapPort = Ports.Free();
        Pop3Port = Ports.Free();
        string boxes = System.IO.Directory.CreateDirectory($"{Directory}/boxes").FullName;
        string id = Shell.Bash($"id -u {owner}").Output.Trim();
        string group = Shell.Bash($"id -g {owner}").Output.Trim();
        File.WriteAllLines($"{Directory}/users", users.Select(user => $"{user}:{{PLAIN}}secret:{id}:{group}::{boxes}/{user}"));
        File.WriteAllText(Configuration, $$"""
            base_dir = {{Directory}}/run
            state_dir = {{Directory}}/state
            log_path = {{Directory}}/log
            protocols = imap pop3 lmtp
            listen = 127.0.0.1
            ssl = no
            disable_plaintext_auth = no
            auth_failure_delay = 0
            auth_mechanisms = plain login
            first_valid_uid = 1
            mail_location = maildir:{{boxes}}/%u
            postmaster_address = postmaster@example.test
            recipient_delimiter = +
            lda_mailbox_autocreate = yes
            passdb {
              driver = passwd-file
              args = {{Directory}}/users
            }
            userdb {
              driver = passwd-file
              args = {{Directory}}/users
            }
            service auth {
              unix_listener auth-userdb {
                mode = 0666
              }
              unix_listener {{spool}}/private/auth {
                mode = 0660
                user = postfix
                group = postfix
              }
            }
            service lmtp {
              unix_listener {{spool}}/private/dovecot-lmtp {
                mode = 0600
                user = postfix
                group = postfix
              }
            }
            service stats {
              unix_listener stats-writer {
                mode = 0666
              }
            }
            service anvil {
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }
            service imap-login {
              inet_listener imap {
                port = {{ImapPort}}
              }
            }
            service pop3-login {
              inet_listener pop3 {
                port = {{Pop3Port}}
              }
            }

            """);
        Shell.Bash($"chmod 755 {directory}; chmod 644 {Directory}/users; touch {Directory}/log; chmod 666 {Directory}/log; chown {id}:{group} {boxes}; mkdir {Directory}/run; chmod 755 {Directory}/run").MustSucceed();
        Shell.Run(Program, ["-c", Configuration]).MustSucceed();
        Wait.Until(() => File.Exists($"{spool}/private/auth") && File.Exists($"{spool}/private/dovecot-lmtp"), "Dovecot's sockets", () => Log);
    }

    public string Directory { get; }

    public string Configuration => Path.Combine(Directory, "dovecot.conf");

    public int ImapPort { get; }

    public int Pop3Port { get; }

    public string Log => File.Exists($"{Directory}/log") ? File.ReadAllText($"{Directory}/log") : "";

    /// <summary>The first message of a folder, as Python's IMAP client reads it.</summary>
    public string ReadByImap(string user, string folder = "INBOX") => Python($"""
        import imaplib, sys
        box = imaplib.IMAP4("127.0.0.1", {ImapPort}, timeout=60)
        box.login("{user}", "secret")
        kind, count = box.select("{folder}", readonly=True)
        if kind == "OK" and count[0] != b"0":
            sys.stdout.buffer.write(box.fetch("1", "(BODY.PEEK[])")[1][0][1])
        box.logout()
        """);

    /// <summary>The first message, as Python's POP3 client reads it.</summary>
    public string ReadByPop3(string user) => Python($"""
        import poplib, sys
        box = poplib.POP3("127.0.0.1", {Pop3Port}, timeout=60)
        box.user("{user}")
        box.pass_("secret")
        if box.stat()[0]:
            sys.stdout.buffer.write(b"\n".join(box.retr(1)[1]) + b"\n")
        box.quit()
        """);

    public void Dispose() => Shell.Run("/usr/bin/doveadm", ["-c", Configuration, "stop"]);

    private static string Python(string script) => Shell.Run("/usr/bin/python3", ["-c", script]).MustSucceed().Output.ReplaceLineEndings("\n");
}

using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>AUTH with Dovecot's authentication service, on a local socket and on a port: Postfix's smtpd and ours say the same.</summary>
public sealed class DovecotTests
{
    private const string Dovecot = "/usr/sbin/dovecot";

    private static readonly string[][] Dialogues =
    [
        [$"AUTH PLAIN {B64("\0bob\0secret")}", "MAIL FROM:<a@b.test>"],
        [$"AUTH PLAIN {B64("\0gina\0wrong")}", $"AUTH PLAIN {B64("\0bob\0secret")}"],
        [$"AUTH PLAIN {B64("\0eve\0secret")}"],
        ["AUTH PLAIN", B64("\0bob\0secret")],
        [$"AUTH PLAIN {B64("bob")}"],
        ["AUTH LOGIN", B64("bob"), B64("secret")],
        ["AUTH LOGIN", B64("carl"), B64("wrong")],
        [$"AUTH LOGIN {B64("bob")}", B64("secret")],
        ["AUTH CRAM-MD5", "*"],
        ["AUTH CRAM-MD5", B64("dora 0123456789abcdef0123456789abcdef")],
        [$"AUTH SCRAM-SHA-256 {B64("n,,n=bob,r=abc")}", "*"],
        [$"AUTH SCRAM-SHA-256 {B64("n,,n=bob,r=abc")}", B64("c=biws,r=abc,p=AAAA")],
        [$"AUTH SCRAM-SHA-256 {B64("nonsense")}"],
        [$"AUTH XOAUTH2 {B64("user=bob\u0001auth=Bearer token\u0001\u0001")}"],
        [$"AUTH XOAUTH2 {B64("user=finn\u0001auth=Bearer wrong\u0001\u0001")}", ""],
        [$"AUTH OAUTHBEARER {B64("n,a=bob,\u0001auth=Bearer token\u0001\u0001")}", "MAIL FROM:<a@b.test>"],
        [$"AUTH OAUTHBEARER {B64("n,a=hans,\u0001auth=Bearer secret\u0001\u0001")}", ""],
        [$"AUTH OAUTHBEARER {B64("n,a=ines,\u0001auth=Bearer token\u0001\u0001")}", ""],
        ["AUTH GSSAPI"],
    ];

    [PeerFact(Dovecot, "/usr/sbin/postfix")]
    public async Task Dovecots_users_log_in()
    {
        Task<string> theirs = Task.Run(static () => Play(ours: false));
        string got = Play(ours: true);
        string expected = await theirs;
        Assert.Equal(expected, got);
        Assert.Equal(14, Regex.Count(got, "^235", RegexOptions.Multiline));
    }

    private static string B64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text));

    // RFC 7662: the token "token" is bob's, and good.
    private static async Task IntrospectAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        string asked = await reader.ReadLineAsync() ?? "";
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        string answer = asked.StartsWith("GET /?token=token&", StringComparison.Ordinal) ? """{"active":true,"username":"bob"}""" : """{"active":false}""";
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\nConnection: close\r\n\r\n{answer}"));
    }

    private static string Play(bool ours)
    {
        using var postfix = new DebianPostfix(9);
        string directory = Path.Combine(postfix.Directory, "dovecot");
        int port = Ports.Free();
        Directory.CreateDirectory(directory);
        using var provider = new ScriptedDaemon(IntrospectAsync);
        File.WriteAllText($"{directory}/oauth2", $"introspection_mode = get\nintrospection_url = http://127.0.0.1:{provider.Port}/?token=\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n");
        File.WriteAllText($"{directory}/users", "bob:{PLAIN}secret\n");
        File.WriteAllText($"{directory}/dovecot.conf", $$"""
            base_dir = {{directory}}/run
            state_dir = {{directory}}/state
            log_path = {{directory}}/log
            protocols =
            ssl = no
            auth_failure_delay = 0
            auth_mechanisms = plain login cram-md5 scram-sha-256 xoauth2 oauthbearer
            passdb {
              driver = oauth2
              mechanisms = xoauth2 oauthbearer
              args = {{directory}}/oauth2
            }
            passdb {
              driver = passwd-file
              mechanisms = plain login cram-md5 scram-sha-256
              args = {{directory}}/users
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home=/tmp
            }
            service auth {
              unix_listener {{directory}}/auth {
                mode = 0666
              }
              inet_listener {
                address = 127.0.0.1
                port = {{port}}
              }
            }
            service anvil {
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }

            """);
        Shell.Run(Dovecot, ["-c", $"{directory}/dovecot.conf"]).MustSucceed();
        try
        {
            Wait.Until(() => File.Exists($"{directory}/auth"), "Dovecot's socket");
            int inet = Ports.Free();
            postfix.Set("smtpd_sasl_auth_enable", "yes");
            postfix.Set("smtpd_sasl_type", "dovecot");
            postfix.Set("smtpd_sasl_path", $"{directory}/auth");
            postfix.Set("smtpd_tls_auth_only", "no");
            File.AppendAllText($"{postfix.Etc}/master.cf", $"127.0.0.1:{inet} inet n - n - - smtpd -o smtpd_sasl_path=inet:127.0.0.1:{port}\n");
            if (ours)
            {
                postfix.Replace("smtpd");
            }

            postfix.Start();
            var shown = new StringBuilder();
            foreach (int at in (int[])[postfix.SmtpPort, inet])
            {
                foreach (string[] lines in Dialogues)
                {
                    using var client = new SmtpClient(at);
                    shown.Append("===\n").Append(client.Command("EHLO x", "250")).Append('\n');
                    foreach (string line in lines)
                    {
                        // Challenges have random parts.
                        shown.Append(Regex.Replace(client.Command(line), "^334 .{24,}", "334 CHALLENGE")).Append('\n');
                    }

                    client.Command("QUIT");
                }
            }

            return shown.ToString();
        }
        finally
        {
            Shell.Run("/usr/bin/doveadm", ["-c", $"{directory}/dovecot.conf", "stop"]);
        }
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>AUTH with the Cyrus SASL library and its own password file: Postfix's smtpd and ours say the same.</summary>
public sealed class CyrusTests
{
    private const string SetPassword = "/usr/sbin/saslpasswd2";

    private static readonly string[][] Dialogues =
    [
        [$"AUTH PLAIN {B64("\0bob\0secret")}", "MAIL FROM:<a@b.test>"],
        [$"AUTH PLAIN {B64("\0bob@here.test\0secret")}", $"AUTH PLAIN {B64("\0bob\0secret")}"],
        [$"AUTH PLAIN {B64("\0bob\0wrong")}", $"AUTH PLAIN {B64("\0bob\0secret")}"],
        [$"AUTH PLAIN {B64("\0eve\0secret")}"],
        [$"AUTH PLAIN {B64("carl\0bob\0secret")}"],
        [$"AUTH PLAIN {B64("bob")}"],
        ["AUTH PLAIN", B64("\0bob\0secret")],
        ["AUTH LOGIN", B64("bob"), B64("secret")],
        ["AUTH LOGIN", B64("bob"), B64("wrong")],
        [$"AUTH LOGIN {B64("bob")}", B64("secret")],
        ["AUTH LOGIN", "*", "NOOP"],
        ["AUTH CRAM-MD5", "*"],
        ["AUTH CRAM-MD5", B64("bob 0123456789abcdef0123456789abcdef")],
    ];

    [PeerFact(SetPassword, "/usr/sbin/postfix")]
    public async Task Users_of_its_password_file_log_in()
    {
        Task<string> theirs = Task.Run(static () => Play(ours: false));
        string got = Play(ours: true);
        string expected = await theirs;
        Assert.True(expected == got, $"--- Postfix\n{expected}\n--- ours\n{got}");
        Assert.Equal(6, Regex.Count(got, "^235", RegexOptions.Multiline));
    }

    private static string B64(string text) => Convert.ToBase64String(Encoding.Latin1.GetBytes(text));

    private static string Play(bool ours)
    {
        using var postfix = new DebianPostfix(9);
        string directory = Path.Combine(postfix.Etc, "sasl");
        Directory.CreateDirectory(directory);
        File.WriteAllText($"{directory}/smtpd.conf", $"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {directory}/users\nmech_list: PLAIN LOGIN CRAM-MD5 ANONYMOUS\n");
        Shell.Bash($"printf secret | {SetPassword} -p -c -f {directory}/users -u here.test bob && chown postfix {directory}/users").MustSucceed();
        postfix.Set("smtpd_sasl_auth_enable", "yes");
        postfix.Set("smtpd_sasl_local_domain", "here.test");
        postfix.Set("smtpd_tls_auth_only", "no");
        postfix.Set("smtpd_error_sleep_time", "0");
        if (ours)
        {
            postfix.Replace("smtpd");
        }

        postfix.Start();
        var shown = new StringBuilder();
        foreach (string[] lines in Dialogues)
        {
            int before = postfix.Log.Length;
            shown.Append("===\n");
            using (var client = new SmtpClient(postfix.SmtpPort))
            {
                // The library lists its mechanisms in an order of its own.
                shown.Append(Regex.Replace(client.Command("EHLO x", "250"), "(?<=AUTH ).*", static found => string.Join(' ', found.Value.Trim().Split(' ').Order(StringComparer.Ordinal)))).Append('\n');
                foreach (string line in lines)
                {
                    // Challenges have random parts.
                    shown.Append(Regex.Replace(client.Command(line), "^334 .{24,}", "334 CHALLENGE")).Append('\n');
                }

                client.Command("QUIT");
            }

            postfix.WaitForLogSince(before, "disconnect from");
            foreach (Match line in Regex.Matches(postfix.Log[before..], @"postfix/smtpd\[\d+\]: (warning: localhost.*|warning: SASL.*)"))
            {
                shown.Append("L: ").Append(line.Groups[1].Value).Append('\n');
            }
        }

        return shown.ToString();
    }
}

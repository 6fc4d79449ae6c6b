using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// What senders hear: the same mail through Debian's Postfix and through ours, as whole systems with the same settings
/// and the same next server, ends in the same notices, field by field.
/// </summary>
public sealed partial class NoticeTests
{
    private const int Least = 126; // of different people about different things
    private const string Program = "/usr/sbin/postfix";

    // Commands of one session, and the content of its message; "@" stands for a name that is the case's own.
    private static readonly (string Name, string Mail, string[] Recipients, string Content)[] Sessions =
    [
        ("plain", "", ["<reject@far.test>"], "Subject: plain\n\nbody\n"),
        ("headers", " RET=HDRS ENVID=QQ314159+2B", ["<reject@far.test> NOTIFY=FAILURE ORCPT=rfc822;orig+2Bx@far.test"], "Subject: headers\nX-Other: 1\n\nbody\n"),
        ("full", " RET=FULL ENVID=abc", ["<reject@far.test> NOTIFY=FAILURE,DELAY"], "Subject: full\n\nbody\n"),
        ("never", "", ["<reject@far.test> NOTIFY=NEVER", "<gone@far.test> NOTIFY=FAILURE"], "Subject: never\n\nbody\n"),
        ("relayed", " RET=HDRS ENVID=rel", ["<ok@nodsn.test> NOTIFY=SUCCESS ORCPT=rfc822;first@far.test"], "Subject: relayed\n\nbody\n"),
        ("delivered", " RET=FULL", ["<box@virt.test> NOTIFY=SUCCESS,FAILURE"], "Subject: delivered\n\nbody\n"),
        ("expanded", "", ["<alias@virt.test> NOTIFY=SUCCESS"], "Subject: expanded\n\nbody\n"),
        ("passed", " ENVID=pass", ["<ok@far.test> NOTIFY=SUCCESS"], "Subject: passed\n\nbody\n"),
        ("several", "", ["<reject@far.test>", "<gone@far.test> ORCPT=rfc822;x@y", "<ok@far.test>", "<nobody@unknown.test> NOTIFY=FAILURE"], "Subject: several\n\nbody\n"),
        ("delay", "", ["<temp@far.test>"], "Subject: delay\n\nbody\n"),
        ("nodelay", "", ["<temp@far.test> NOTIFY=FAILURE"], "Subject: nodelay\n\nbody\n"),
        ("large", "", ["<reject@far.test>"], "Subject: large\n\n" + string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\n", 200))),
        ("eightbit", " BODY=8BITMIME", ["<reject@far.test>"], "Subject: eightbit\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\u00c3\u00a4\n"),
        ("utf8", " SMTPUTF8 BODY=8BITMIME", ["<reject@far.test>"], "Subject: \u00c3\u00a4 utf8\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\u00c3\u00a4\n"),
        ("utf8rcpt", " SMTPUTF8", ["<\u00c3\u00bc@far.test> ORCPT=utf-8;\\x{FC}@far.test"], "Subject: utf8rcpt\n\nbody\n"),
        ("list", " XVERP", ["<reject@far.test>", "<gone@far.test>"], "Subject: list\n\nbody\n"),
        ("minus", " XVERP=-=", ["<reject@far.test>"], "Subject: minus\n\nbody\n"),
        ("silent", "", ["<reject@far.test>"], "Subject: silent\nAuto-Submitted: auto-replied\nX-Loop: 1\n\nbody\n"),
        ("discarded", "", ["<none@discard.test> NOTIFY=SUCCESS"], "Subject: discarded\n\nbody\n"),
    ];

    // What a client may want to hear, of everything that can happen to one recipient.
    private static readonly string[] Wishes = ["", "NEVER", "SUCCESS", "FAILURE", "DELAY", "SUCCESS,FAILURE", "SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"];
    private static readonly string[] Returns = ["", " RET=FULL", " RET=HDRS"];
    private static readonly (string Name, string Recipient)[] Fates =
    [
        ("delivered", "box@virt.test"), ("expanded", "alias@virt.test"), ("refused", "reject@far.test"), ("deferred", "temp@far.test"), ("passed", "ok@far.test"), ("relayed", "ok@nodsn.test"), ("shut", "gone@nodsn.test"), ("dropped", "none@discard.test"),
    ];

    // Sessions with trouble, of which the postmaster gets a transcript; the last command decides how they end.
    private static readonly string[][] Erring =
    [
        ["EHLO client.test", "NONSENSE words", "MAIL FROM:<x@virt.test> WRONG=1", "RCPT TO:<a@b.test>", "QUIT"],
        ["HELO policy.test", "MAIL FROM:<x@virt.test>", "RCPT TO:<denied@virt.test>", "RCPT TO:<later@virt.test>", "QUIT"],
        ["EHLO software.test", "MAIL FROM:<x@virt.test>", "RCPT TO:<broken@virt.test>", "RSET", "QUIT"],
        ["EHLO data.test", "MAIL FROM:<x@virt.test>", "RCPT TO:<box@virt.test>", "DATA", "Message-ID: <refused@client.test>\r\nX-Bad: yes\r\n\r\nthis is not shown\r\n.", "QUIT"],
        ["EHLO size.test", "MAIL FROM:<x@virt.test> SIZE=999999999", "QUIT"],
        ["EHLO long.test", $"VRFY {string.Join(' ', Enumerable.Repeat("words", 60))}", $"NOOP{new string('x', 300)}", "QUIT"],
        ["HELO aborted.test", "NONSENSE", ""],
        ["HELO idle.test", "MAIL FROM:<x@virt.test>", ""],
        ["HELO unfinished.test", "MAIL FROM:<x@virt.test>", "RCPT TO:<box@virt.test>", "DATA", ""],
        ["HELO errors.test", .. Enumerable.Repeat("NONSENSE", 20)],
    ];

    private static readonly (string Name, string[] Arguments, string Content)[] Submissions =
    [
        ("sendmail", ["-N", "failure", "-R", "hdrs", "-V", "env1", "reject@far.test"], "Subject: sendmail\n\nbody\n"),
        ("success", ["-N", "success", "-R", "full", "box@virt.test"], "Subject: success\n\nbody\n"),
        ("none", ["-N", "never", "reject@far.test"], "Subject: none\n\nbody\n"),
        ("probe", ["-bv", "reject@far.test"], "Subject: probe\n\nbody\n"),
        ("trace", ["-v", "ok@far.test"], "Subject: trace\n\nbody\n"),
        ("errors", ["-N", "failure", "x@error.test"], "Subject: errors\n\nbody\n"),
        ("verp", ["-XV", "reject@far.test"], "Subject: verp\n\nbody\n"),
        ("verpset", ["-XV-=", "gone@far.test"], "Subject: verpset\n\nbody\n"),
    ];

    [PeerFact(Program)]
    public void Senders_and_postmasters_hear_what_Postfix_tells_them()
    {
        using var sink = new SmtpSink { Answer = Answer };
        using var theirs = new DebianPostfix(sink.Port);
        using var ours = new DebianPostfix(sink.Port);
        Prepare(theirs, "/usr/sbin", sink.Port);
        Prepare(ours, $"{Repository.Build}/sbin", sink.Port);
        ours.Set("daemon_directory", $"{Repository.Build}/libexec");
        try
        {
            foreach ((DebianPostfix system, string commands) in ((DebianPostfix, string)[])[(theirs, "/usr/sbin"), (ours, $"{Repository.Build}/sbin")])
            {
                Shell.Run($"{commands}/postfix", ["-c", system.Etc, "start"]).MustSucceed();
                Send(system, commands);
            }

            Dictionary<string, string> want = [];
            Dictionary<string, string> got = [];
            bool same = false;
            for (int i = 0; i < 300 && !same; i++)
            {
                Thread.Sleep(200);
                want = Notices(theirs);
                got = Notices(ours);
                same = want.Count >= Least && IsQuiet(theirs) && IsQuiet(ours) && want.Count == got.Count && want.All(one => got.GetValueOrDefault(one.Key) == one.Value);
            }

            List<string> problems = [.. want.Keys.Union(got.Keys).Order(StringComparer.Ordinal)
                .Where(name => want.GetValueOrDefault(name) != got.GetValueOrDefault(name))
                .Select(name => $"== {name}\n{Difference(want.GetValueOrDefault(name) ?? "", got.GetValueOrDefault(name) ?? "")}")];
            if (Environment.GetEnvironmentVariable("MTA_DIFFERENCES") is { } path)
            {
                File.AppendAllText(path, $"{want.Count} notices, {problems.Count} differ\n{string.Join('\n', problems)}\n", Encoding.Latin1);
            }

            Assert.True(problems.Count == 0, string.Join('\n', problems) + "\n" + ours.Log);
            Assert.True(want.Count >= Least, $"only {want.Count} notices: {string.Join(", ", want.Keys)}");
        }
        finally
        {
            Shell.Run($"{Repository.Build}/sbin/postfix", ["-c", ours.Etc, "stop"]);
        }
    }

    private static string? Answer(string line)
    {
        if (line.StartsWith("EHLO ", StringComparison.Ordinal))
        {
            return "250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 DSN";
        }

        return !line.StartsWith("RCPT ", StringComparison.Ordinal) ? null
            : line.Contains("reject@", StringComparison.Ordinal) ? "550-5.1.1 no such user\r\n550 5.1.1 here"
            : line.Contains("gone@", StringComparison.Ordinal) || line.Contains('\u00bc') ? "554 gone for good"
            : line.Contains("temp@", StringComparison.Ordinal) ? "450 4.2.1 busy"
            : null;
    }

    private static void Prepare(DebianPostfix system, string commands, int sinkPort)
    {
        foreach ((string name, string value) in ((string, string)[])[
            ("command_directory", commands),
            ("bounce_notice_recipient", "copies@virt.test"), ("2bounce_notice_recipient", "double@virt.test"), ("delay_notice_recipient", "delays@virt.test"), ("error_notice_recipient", "errors@virt.test"),
            ("notify_classes", "bounce, 2bounce, delay, data, policy, protocol, resource, software"),
            ("delay_warning_time", "1s"), ("confirm_delay_cleared", "yes"), ("queue_run_delay", "2s"), ("minimal_backoff_time", "2s"), ("maximal_backoff_time", "4s"),
            ("bounce_size_limit", "6000"), ("mail_name", "Postfix"), ("smtpd_authorized_verp_clients", "127.0.0.1"), ("recipient_delimiter", "+"), ("in_flow_delay", "0"),
            ("virtual_alias_maps", "inline:{{alias@virt.test=ok@far.test, box@virt.test}}"), ("smtp_connection_cache_on_demand", "no"), ("smtp_destination_concurrency_limit", "1"),
            ("transport_maps", "inline:{{discard.test=discard:}, {error.test=error:5.2.1 account closed}, {nodsn.test=nodsn:[127.0.0.1]:@}}".Replace("@", $"{sinkPort}", StringComparison.Ordinal)), ("smtpd_error_sleep_time", "0"),
            ("authorized_verp_clients", "127.0.0.1"), ("enable_long_queue_ids", "no"), ("smtputf8_enable", "yes"), ("unknown_local_recipient_reject_code", "550"),
            ("smtpd_recipient_restrictions", "check_recipient_access inline:{{denied@virt.test=REJECT go away}, {later@virt.test=DEFER not now}, {broken@virt.test=no_such_restriction}}"),
            ("header_checks", "regexp:{{/^X-Bad:/ REJECT bad header}}")])
        {
            system.Set(name, value);
        }

        File.AppendAllText($"{system.Etc}/master.cf", "nodsn unix - - n - - smtp\n  -o smtp_discard_ehlo_keywords=dsn\n");
    }

    private static void Send(DebianPostfix system, string commands)
    {
        using SmtpClient client = system.Connect();
        client.Command("EHLO client.test", "250");
        foreach ((string name, string mail, string[] recipients, string content) in (IEnumerable<(string, string, string[], string)>)[.. Sessions, .. Wanted()])
        {
            client.Command($"MAIL FROM:<{name}@virt.test>{mail}", "250");
            foreach (string recipient in recipients)
            {
                client.Command($"RCPT TO:{recipient}", "250");
            }

            client.Command("DATA", "354");
            client.SendRaw($"To: undisclosed:;\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@client.test>\r\nFrom: {name}@virt.test\r\n" + content.Replace("\n", "\r\n", StringComparison.Ordinal) + ".\r\n");
            client.Expect("250");
        }

        // A notice that cannot be delivered: double bounces go to the postmaster.
        client.SendMessage("reject@far.test", ["gone@far.test"], "Subject: twice\n\nbody\n");
        client.SendMessage("", ["reject@far.test"], "Subject: null\n\nbody\n");
        client.Command("QUIT", "221");

        foreach (string[] session in Erring)
        {
            using SmtpClient erring = system.Connect();
            foreach (string command in session.Where(static command => command.Length > 0))
            {
                erring.Command(command);
            }
        }

        foreach ((string name, string[] arguments, string content) in Submissions)
        {
            Shell.Run($"{commands}/sendmail", ["-C", system.Etc, "-f", $"{name}@virt.test", .. arguments], $"Message-ID: <{name}@client.test>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\nFrom: {name}@virt.test\n{content}").MustSucceed();
        }
    }

    // Each wish for each fate; what is to be returned takes turns, so that each fate has each of them.
    private static IEnumerable<(string Name, string Mail, string[] Recipients, string Content)> Wanted()
    {
        foreach ((string fate, string recipient) in Fates)
        {
            for (int i = 0; i < Wishes.Length; i++)
            {
                string name = $"{fate}{i}";
                string wish = Wishes[i].Length > 0 ? $" NOTIFY={Wishes[i]}" : "";
                string original = i % 2 == 0 ? "" : $" ORCPT=rfc822;first+2B{i}@{fate}.test";
                yield return (name, $"{Returns[(i + fate.Length) % 3]}{(i % 4 < 2 ? $" ENVID={name}+3D" : "")}{(i % 5 == 4 ? " XVERP" : "")}", [$"<{recipient}>{wish}{original}"], $"Subject: {name}\nX-Other: {i}\n\nbody\n");
            }
        }
    }

    // Only what is deferred for good is left.
    private static bool IsQuiet(DebianPostfix system) =>
        ((string[])["maildrop", "incoming", "active"]).All(queue => !Directory.Exists($"{system.Spool}/{queue}") || Directory.GetFiles($"{system.Spool}/{queue}", "*", SearchOption.AllDirectories).Length == 0);

    // By whom they are for and what they are about, without what differs between any two systems.
    private static Dictionary<string, string> Notices(DebianPostfix system)
    {
        Dictionary<string, List<string>> found = [];
        string box = $"{system.Directory}/home/box/new";
        if (!Directory.Exists(box))
        {
            return [];
        }

        foreach (string file in Directory.GetFiles(box))
        {
            string text = Neutral(File.ReadAllText(file, Encoding.Latin1), system);
            string to = Regex.Match(text, "^(?:X-Original-To|Delivered-To): (.*)$", RegexOptions.Multiline).Groups[1].Value;
            string subject = Regex.Match(text, "^Subject: (.*)$", RegexOptions.Multiline).Groups[1].Value;
            string about = Regex.Match(text, "^Message-ID: <(\\w+)@client.test>$", RegexOptions.Multiline).Groups[1].Value;
            string key = $"{to}: {subject} ({about})";
            if (!found.TryGetValue(key, out List<string>? texts))
            {
                found[key] = texts = [];
            }

            texts.Add(text);
        }

        return found.ToDictionary(static one => one.Key, static one => string.Join("\n", one.Value.Order(StringComparer.Ordinal)));
    }

    private static string Neutral(string text, DebianPostfix system)
    {
        text = text.Replace(system.Directory, "DIR", StringComparison.Ordinal).Replace(system.SmtpPort.ToString(CultureInfo.InvariantCulture), "PORT", StringComparison.Ordinal);
        text = QueueId().Replace(text, "QUEUEID");
        text = Stamp().Replace(text, "TIME");
        text = Boundary().Replace(text, "N.QUEUEID/");
        text = Day().Replace(text, "DATE");
        text = Version().Replace(text, "MAILNAME");
        return text.Replace("(Mta)", "(MAILNAME)", StringComparison.Ordinal).Replace("Mta", "MAILNAME", StringComparison.Ordinal);
    }

    private static string Difference(string want, string got)
    {
        string[] wanted = want.Split('\n');
        string[] found = got.Split('\n');
        return string.Concat(wanted.Except(found).Take(12).Select(static line => $"  want {line}\n")) + string.Concat(found.Except(wanted).Take(12).Select(static line => $"  got  {line}\n"))
            + (wanted.Length == found.Length ? "" : $"  {wanted.Length} lines, {found.Length} lines\n");
    }

    [GeneratedRegex(@"\b[0-9A-F]{8,16}\b")]
    private static partial Regex QueueId();

    [GeneratedRegex(@"\b20\d{12}\.")]
    private static partial Regex Stamp();

    [GeneratedRegex(@"\b(QUEUEID|[0-9A-F]{6,16})\.\d{9,}/")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"\w{3}, [ \d]\d \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4}(?: \(\w+\))?")]
    private static partial Regex Day();

    [GeneratedRegex(@"\bPostfix\b")]
    private static partial Regex Version();
}

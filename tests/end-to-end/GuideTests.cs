using System.Text.RegularExpressions;
using Mta.Milter.Tests;

namespace Mta.EndToEnd;

/// <summary>
/// The guides in <c>docs/guides</c>, done as they say, each in an instance of its own, from top to bottom. Every block does
/// something: <c>main.cf</c> is set, <c>master.cf</c> is appended, <c>file NAME</c> is written (beforehand), <c>sh</c> is run
/// with the instance's commands. Comments that a reader does not see: <c>test: TEXT = VALUE</c> puts something of the
/// instance in place of a name ({sink}, {user}), <c>expect mail USER TEXT</c>, <c>expect relayed TEXT to ADDRESS</c>,
/// <c>expect filtered TEXT</c> (a milter saw it) and <c>expect output TEXT</c> say what has to come of it.
/// </summary>
public sealed class GuideTests
{
    // Places and ports are the instance's.
    private static readonly string[] Kept = ["inet_interfaces", "inet_protocols", "queue_directory", "data_directory"];

    private const string Dovecot = "/usr/sbin/dovecot";
    private const string WithDovecot = "submission-with-dovecot";

    public static TheoryData<string> Guides() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs/guides"), "*.md").Select(Path.GetFileNameWithoutExtension).Where(static name => name is not ("README" or WithDovecot)).Select(static name => name!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Guides))]
    public void What_a_guide_says_works(string name)
    {
        using var mta = new Instance();
        Do(mta, name, static _ => { });
    }

    [PeerFact(Dovecot, "/usr/lib/dovecot/lmtp", "/usr/bin/swaks")]
    public void What_the_guide_to_submission_says_works_with_Dovecot()
    {
        using var mta = new Instance();
        string directory = Directory.CreateDirectory($"{mta.Directory}/dovecot").FullName;
        File.WriteAllText($"{directory}/users", $"{mta.User}:{{PLAIN}}secret\n");
        File.WriteAllText($"{directory}/dovecot.conf", $$"""
            base_dir = {{directory}}/run
            state_dir = {{directory}}/state
            log_path = {{directory}}/log
            protocols = lmtp
            ssl = no
            auth_failure_delay = 0
            mail_location = maildir:{{mta.Mail}}/%n
            passdb {
              driver = passwd-file
              args = {{directory}}/users
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home=/tmp
            }
            service anvil {
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }
            !include 99-postfix.conf

            """);
        bool isStarted = false;
        try
        {
            Do(mta, WithDovecot, what =>
            {
                if (!isStarted)
                {
                    // Its sockets are below our queue directory, which is there now; the instance is nobody's.
                    Shell.Bash($"chmod 755 {mta.Directory}; sed -i 's/user = postfix/user = nobody/; s/group = postfix/group = nogroup/' {directory}/99-postfix.conf").MustSucceed();
                    Shell.Run(Dovecot, ["-c", $"{directory}/dovecot.conf"]).MustSucceed();
                    isStarted = true;
                    Wait.Until(() => File.Exists($"{mta.Spool}/private/auth") && File.Exists($"{mta.Spool}/private/dovecot-lmtp"), "Dovecot's sockets");
                }
            });
        }
        finally
        {
            if (isStarted)
            {
                Shell.Run(Dovecot, ["-c", $"{directory}/dovecot.conf", "stop"]);
            }
        }
    }

    // Steps are run from top to bottom; started() once there is an instance.
    private static void Do(Instance mta, string name, Action<Instance> started)
    {
        using var sink = new SmtpSink();
        using var filter = new ScriptedFilter();
        string text = File.ReadAllText(Path.Combine(Repository.Root, $"docs/guides/{name}.md"));
        int second = Ports.Free();
        foreach (Match match in Regex.Matches(text, "<!-- test: (.+?) = (.+?) -->"))
        {
            string value = match.Groups[2].Value
                .Replace("{sink}", $"[127.0.0.1]:{sink.Port}", StringComparison.Ordinal).Replace("{user}", mta.User, StringComparison.Ordinal)
                .Replace("{port}", $"{mta.SmtpPort}", StringComparison.Ordinal).Replace("{port2}", $"{second}", StringComparison.Ordinal)
                .Replace("{milter}", $"127.0.0.1:{filter.Port}", StringComparison.Ordinal)
                .Replace("{commands}", mta.Commands, StringComparison.Ordinal).Replace("{daemons}", $"{Repository.Build}/libexec", StringComparison.Ordinal);
            text = Regex.Replace(text, $@"(?<![\w-]){Regex.Escape(match.Groups[1].Value)}(?![\w-])", value.Replace("$", "$$", StringComparison.Ordinal));
        }

        text = text.Replace("/etc/postfix", mta.Etc, StringComparison.Ordinal).Replace("/var/spool/postfix", mta.Spool, StringComparison.Ordinal).Replace("/tmp/guide", $"{mta.Directory}/guide", StringComparison.Ordinal);
        MatchCollection parts = Regex.Matches(text, "^```(?<kind>.*)\n(?<body>(?:.*\n)*?)```$|^<!-- expect (?<expect>.+) -->$", RegexOptions.Multiline);
        Assert.Contains(parts, static part => part.Groups["expect"].Success);
        // Nothing is only for reading.
        Assert.DoesNotMatch("(?m)^(    |> )", Regex.Replace(text, "^```.*\n(?:.*\n)*?```$", "", RegexOptions.Multiline));
        foreach (Match part in parts.Where(static part => part.Groups["kind"].Value.StartsWith("file ", StringComparison.Ordinal)))
        {
            string file = Path.Combine(mta.Directory, part.Groups["kind"].Value["file ".Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!); // below the instance's directory
            File.WriteAllText(file, part.Groups["body"].Value);
        }

        string output = "";
        bool isRunning = false;
        bool isChanged = true;
        foreach (Match part in parts)
        {
            string kind = part.Groups["kind"].Value;
            if (part.Groups["expect"].Success)
            {
                Expect(mta, sink, filter, part.Groups["expect"].Value, output);
            }
            else if (kind is "main.cf" or "master.cf")
            {
                Configure(mta, kind, part.Groups["body"].Value);
                isChanged = true;
            }
            else if (kind == "sh")
            {
                if (isChanged)
                {
                    if (isRunning)
                    {
                        mta.Postfix("stop").MustSucceed();
                    }

                    mta.Start();
                    started(mta);
                    isRunning = true;
                    isChanged = false;
                }

                // As whoever the instance is.
                string[] command = [.. Shell.IsRoot ? (string[])["/usr/bin/setpriv", "--reuid=nobody", $"--regid={mta.Main["setgid_group"]}", "--clear-groups"] : [], "/bin/bash", "-c", part.Groups["body"].Value];
                Outcome outcome = Shell.Run(command[0], command[1..], environment: new Dictionary<string, string> { ["PATH"] = $"{mta.Commands}:/usr/sbin:/usr/bin:/sbin:/bin", ["MAIL_CONFIG"] = mta.Etc, ["HOME"] = "/" });
                output = outcome.All;
            }
            else
            {
                Assert.StartsWith("file ", kind, StringComparison.Ordinal);
            }
        }
    }

    private static void Configure(Instance mta, string kind, string body)
    {
        if (kind == "main.cf")
        {
            string name = "";
            foreach (string line in body.Split('\n').Where(static line => line.Length > 0 && line[0] != '#'))
            {
                if (line[0] == ' ')
                {
                    mta.Main[name] += "\n" + line;
                    continue;
                }

                name = line[..line.IndexOf('=', StringComparison.Ordinal)].Trim();
                if (!Kept.Contains(name))
                {
                    mta.Main[name] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
                }
            }
        }
        else
        {
            mta.MasterCf += body;
        }
    }

    private static void Expect(Instance mta, SmtpSink sink, ScriptedFilter filter, string what, string output)
    {
        string[] words = what.Split(' ', 3);
        switch (words[0])
        {
            case "mail":
                mta.WaitForMail(words[1], words[2]);
                break;
            case "relayed":
                int to = what.LastIndexOf(" to ", StringComparison.Ordinal);
                Assert.Contains(what[(to + 4)..], sink.WaitFor(what["relayed ".Length..to], () => mta.Log + output).Recipients);
                break;
            case "filtered":
                Wait.Until(() => filter.Heard.Any(packet => packet.Contains(what["filtered ".Length..], StringComparison.Ordinal)), what, () => mta.Log);
                break;
            case "output":
                Assert.Contains(what["output ".Length..], output, StringComparison.Ordinal);
                break;
            default:
                Assert.Fail($"unknown expectation: {what}");
                break;
        }
    }
}

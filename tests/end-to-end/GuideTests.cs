using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// The guides in <c>docs/guides</c>, done as they say, each in an instance of its own. Fenced blocks: <c>main.cf</c> is set,
/// <c>master.cf</c> is appended, <c>file NAME</c> is written below /etc/postfix, <c>sh</c> is run (with the instance's
/// commands); other blocks are for reading. Comments that a reader does not see: <c>test: TEXT = VALUE</c> puts something
/// of the instance in place of a name ({sink}, {user}), <c>expect mail USER TEXT</c>, <c>expect relayed TEXT to ADDRESS</c>
/// and <c>expect output TEXT</c> say what has to come of it.
/// </summary>
public sealed class GuideTests
{
    // Places and ports are the instance's.
    private static readonly string[] Kept = ["inet_interfaces", "inet_protocols", "queue_directory", "data_directory"];

    public static TheoryData<string> Guides() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs/guides"), "*.md").Select(Path.GetFileNameWithoutExtension).Where(static name => name != "README").Select(static name => name!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Guides))]
    public void What_a_guide_says_works(string name)
    {
        using var sink = new SmtpSink();
        using var mta = new Instance();
        string text = File.ReadAllText(Path.Combine(Repository.Root, $"docs/guides/{name}.md"));
        foreach (Match match in Regex.Matches(text, "<!-- test: (.+?) = (.+?) -->"))
        {
            string value = match.Groups[2].Value.Replace("{sink}", $"[127.0.0.1]:{sink.Port}", StringComparison.Ordinal).Replace("{user}", mta.User, StringComparison.Ordinal).Replace("{port}", $"{mta.SmtpPort}", StringComparison.Ordinal);
            text = Regex.Replace(text, $@"(?<![\w-]){Regex.Escape(match.Groups[1].Value)}(?![\w-])", value.Replace("$", "$$", StringComparison.Ordinal));
        }

        text = text.Replace("/etc/postfix", mta.Etc, StringComparison.Ordinal).Replace("/tmp/guide", $"{mta.Directory}/guide", StringComparison.Ordinal);
        MatchCollection parts = Regex.Matches(text, "^```(?<kind>.*)\n(?<body>(?:.*\n)*?)```$|^<!-- expect (?<expect>.+) -->$", RegexOptions.Multiline);
        Assert.Contains(parts, static part => part.Groups["expect"].Success);
        foreach (Match part in parts)
        {
            Configure(mta, part.Groups["kind"].Value, part.Groups["body"].Value);
        }

        mta.Start();
        string output = "";
        foreach (Match part in parts)
        {
            if (part.Groups["expect"].Success)
            {
                Expect(mta, sink, part.Groups["expect"].Value, output);
            }
            else if (part.Groups["kind"].Value == "sh")
            {
                // As whoever the instance is.
                string[] command = [.. Shell.IsRoot ? (string[])["/usr/bin/setpriv", "--reuid=nobody", $"--regid={mta.Main["setgid_group"]}", "--clear-groups"] : [], "/bin/bash", "-c", part.Groups["body"].Value];
                Outcome outcome = Shell.Run(command[0], command[1..], environment: new Dictionary<string, string> { ["PATH"] = $"{mta.Commands}:/usr/sbin:/usr/bin:/sbin:/bin", ["MAIL_CONFIG"] = mta.Etc });
                output = outcome.All;
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
        else if (kind == "master.cf")
        {
            mta.MasterCf += body;
        }
        else if (kind.StartsWith("file ", StringComparison.Ordinal))
        {
            string file = Path.Combine(mta.Directory, kind["file ".Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!); // below the instance's directory
            File.WriteAllText(file, body);
        }
    }

    private static void Expect(Instance mta, SmtpSink sink, string what, string output)
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
            case "output":
                Assert.Contains(what["output ".Length..], output, StringComparison.Ordinal);
                break;
            default:
                Assert.Fail($"unknown expectation: {what}");
                break;
        }
    }
}

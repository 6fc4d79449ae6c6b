using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Mta.Milter.Tests;

namespace Mta.EndToEnd;

/// <summary>
/// Plays cases, one after the other, to one instance of Debian's Postfix in which some daemons may be ours. A result has
/// the replies (S), the log (L), what the filters heard (M, N) and the queue file (Q).
/// </summary>
internal sealed class MilterRun : IDisposable
{
    private readonly DebianPostfix _postfix = new(9);
    private readonly ScriptedFilter _first = new();
    private readonly ScriptedFilter _second = new();
    private readonly ScriptedFilter _local;
    private readonly Dictionary<string, int> _ports = [];

    private MilterRun(string[] ours)
    {
        _local = new ScriptedFilter($"{_postfix.Directory}/milter");
        _postfix.Set("smtpd_milters", _first.Endpoint);
        Shell.Bash($"sed -i 's/^pickup .*/& -o cleanup_service_name=local-cleanup/' {_postfix.Etc}/master.cf").MustSucceed();
        File.AppendAllText($"{_postfix.Etc}/master.cf", $"local-cleanup unix n - n - 0 cleanup -o non_smtpd_milters={_first.Endpoint}\n");
        _postfix.Set("two_milters", $"{_first.Endpoint} {_second.Endpoint}");
        _postfix.Set("hurried_milters", $"{{ {_first.Endpoint}, command_timeout=1s, content_timeout=1s }}");
        _postfix.Set("gone_milters", "inet:127.0.0.1:1");
        _postfix.Set("defer_transports", "smtp relay local virtual");
        _postfix.Set("queue_run_delay", "1000s");
        _postfix.Set("minimal_backoff_time", "1000s");
        _postfix.Set("mail_name", "Postfix");
        _postfix.Set("smtpd_forbid_bare_newline", "no");
        _postfix.Set("smtpd_error_sleep_time", "0");
        _ports["plain"] = _postfix.SmtpPort;
        Add("unix", $"-o smtpd_milters={_local.Endpoint}");
        Add("two", "-o smtpd_milters=$two_milters");
        Add("hurried", "-o smtpd_milters=$hurried_milters");
        Add("gone", "-o smtpd_milters=$gone_milters");
        foreach (string action in (string[])["accept", "reject", "quarantine"])
        {
            Add(action, $"-o milter_default_action={action}");
            Add($"gone-{action}", $"-o smtpd_milters=$gone_milters -o milter_default_action={action}");
        }

        foreach (string daemon in ours)
        {
            _postfix.Replace(daemon);
        }

        _postfix.Start();
    }

    /// <returns>By the names of the cases.</returns>
    public static Dictionary<string, string> Play(List<MilterCase> cases, string[] ours)
    {
        using var run = new MilterRun(ours);
        Dictionary<string, (string Id, StringBuilder Shown)> results = [];
        foreach (MilterCase one in cases)
        {
            results.Add(one.Name, run.Play(one));
        }

        Dictionary<string, string> files = run.QueueFiles();
        Dictionary<string, string> texts = [];
        foreach ((string name, (string id, StringBuilder shown)) in results)
        {
            if (files.Remove(id, out string? file))
            {
                shown.Append(file);
            }

            string text = shown.ToString().Replace(run._postfix.Directory, "DIR");
            texts.Add(name, Regex.Replace(Regex.Replace(text, @"\b[0-9A-F]{9,12}\b", "QUEUEID"), @"port \d+|inet:127.0.0.1:\d+", "PORT"));
        }

        Assert.True(files.Count == 0, $"queue files that nobody was told of:\n{string.Join('\n', files)}");
        return texts;
    }

    public void Dispose()
    {
        _postfix.Dispose();
        _first.Dispose();
        _second.Dispose();
        _local.Dispose();
    }

    private void Add(string service, string options)
    {
        _ports[service] = Ports.Free();
        File.AppendAllText($"{_postfix.Etc}/master.cf", $"127.0.0.1:{_ports[service]} inet n - n - - smtpd {options}\n");
    }

    private (string Id, StringBuilder Shown) Play(MilterCase one)
    {
        foreach (ScriptedFilter milter in (ScriptedFilter[])[_first, _local])
        {
            milter.Script = one.Script;
            milter.Options = one.Options ?? ScriptedFilter.Negotiation(6, 0x1FF, 0);
        }

        _second.Script = one.Second ?? [];
        int before = _postfix.Log.Length;
        var shown = new StringBuilder();
        if (one.Service == MilterCase.Sendmail)
        {
            Submit(before);
        }
        else
        {
            foreach (string reply in Speak(_ports[one.Service], one.Lines ?? MilterCase.Dialogue))
            {
                shown.Append("S: ").Append(reply).Append('\n');
            }

            _postfix.WaitForLogSince(before, "disconnect from");
        }

        Wait.Until(() => _first.IsIdle && _second.IsIdle && _local.IsIdle, $"the end of all filters' sessions in {one.Name}", pause: 2);
        string log = _postfix.Log[before..];
        foreach (string line in log.Split('\n'))
        {
            Match match = Regex.Match(line, @"postfix/(smtpd|cleanup)\[\d+\]: (.*)");
            if (match.Success && !Regex.IsMatch(line, "connect from|message-id=|: client="))
            {
                shown.Append("L: ").Append(match.Groups[1].Value).Append(' ').Append(match.Groups[2].Value).Append('\n');
            }
        }

        ShowHeard(shown, "M: ", _first);
        ShowHeard(shown, "M: ", _local);
        ShowHeard(shown, "N: ", _second);
        Match id = Regex.Match(shown.ToString(), @"queued as ([0-9A-F]+)");
        return ((id.Success ? id : Regex.Match(log, @"pickup\[\d+\]: ([0-9A-F]+):")).Groups[1].Value, shown);
    }

    // Message to the sendmail command; until the filter has seen its end and cleanup has spoken.
    private void Submit(int before)
    {
        string text = MilterCase.Message[..^1].Replace("\r\n", "\n").Replace("..dot", ".dot");
        string file = $"{_postfix.Directory}/message";
        File.WriteAllText(file, text);
        Shell.Bash($"/usr/sbin/sendmail -C {_postfix.Etc} -f a@b.test c@virt.test d@virt.test < {file}").MustSucceed();
        Wait.Until(() => Regex.IsMatch(_postfix.Log[before..], @"qmgr\[\d+\]: [0-9A-F]+: from=<|: milter-(discard|hold|reject):"), "the end of a message of sendmail", () => _postfix.Log[before..], pause: 5);
    }

    private static void ShowHeard(StringBuilder shown, string mark, ScriptedFilter milter)
    {
        foreach (string packet in milter.TakeHeard())
        {
            // How often an end is told is of no consequence.
            if (packet is not ("A" or "Q"))
            {
                shown.Append(mark).Append(Printable(packet)).Append('\n');
            }
        }
    }

    private static string Printable(string packet)
    {
        // The client's port is two bytes behind the family.
        if (packet[0] == 'C')
        {
            packet = Regex.Replace(packet, "(?s)4..127", "4127");
        }

        return packet.Replace("\0", "|").Replace("\r\n", "~").Replace("\n", "^");
    }

    private Dictionary<string, string> QueueFiles()
    {
        string spool = _postfix.Spool;
        Wait.Until(
            () => Shell.Bash($"find {spool}/maildrop {spool}/incoming {spool}/active -type f").Output.Length == 0,
            "all messages deferred",
            () => _postfix.Log);
        string[] paths = Shell.Bash($"find {spool}/deferred {spool}/hold -type f").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> files = [];
        StringBuilder text = new();
        foreach (string line in Shell.Run("/usr/sbin/postcat", ["-c", _postfix.Etc, .. paths]).Output.Split('\n'))
        {
            Match head = Regex.Match(line, @"^\*\*\* ENVELOPE RECORDS (\S+) \*\*\*");
            if (head.Success)
            {
                text = new StringBuilder(head.Groups[1].Value.Contains("hold") ? "Q: hold\n" : "Q: queue\n");
                files[Path.GetFileName(head.Groups[1].Value)] = "";
            }

            if (!Regex.IsMatch(line, @"^\*\*\*|^message_size|_time|named_attribute: (log_|client_|server_|reverse)|^\tby |\d\d:\d\d:\d\d|^$"))
            {
                text.Append("   ").Append(line.Length > 200 ? $"{line[..200]}... {line.Length}" : line).Append('\n');
            }

            if (line.StartsWith("*** MESSAGE FILE END", StringComparison.Ordinal))
            {
                files[files.Keys.Last()] = text.ToString();
            }
        }

        return files;
    }

    private static List<string> Speak(int port, string[] lines)
    {
        using var client = new TcpClient("127.0.0.1", port) { NoDelay = true, ReceiveTimeout = 30_000 };
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        List<string> replies = [Reply(reader)];
        foreach (string line in lines)
        {
            if (replies[^1] is "" or ['4', '2', '1', ..])
            {
                break;
            }

            // Content is not commands.
            if (line == MilterCase.Message && !replies[^1].StartsWith('3'))
            {
                continue;
            }

            try
            {
                client.GetStream().Write(Encoding.Latin1.GetBytes(line + "\r\n"));
                replies.Add(Reply(reader));
            }
            catch (IOException)
            {
                replies.Add("");
            }
        }

        return replies;
    }

    private static string Reply(StreamReader reader)
    {
        var reply = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            reply.Append(reply.Length > 0 ? " / " : "").Append(line);
            if (line.Length < 4 || line[3] != '-')
            {
                break;
            }
        }

        return reply.ToString();
    }
}

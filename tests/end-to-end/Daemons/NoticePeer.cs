using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// Plays requests to the three bounce services of one side, and stands for the cleanup service that takes the notices.
/// A case: <c>@</c> words about the message, its content, a line <c>--</c>, then requests.
/// </summary>
internal sealed partial class NoticePeer : IDisposable
{
    private readonly DaemonPair _pair;
    private readonly CaseFile _file;
    private readonly char _side;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> _notices = new();
    private readonly Dictionary<string, string> _titles = [];
    private readonly Thread _taker;
    private int _count;
    private int _serial;
    private volatile bool _refuses;

    public NoticePeer(DaemonPair pair, CaseFile file, char side)
    {
        _pair = pair;
        _file = file;
        _side = side;
        string path = $"{pair.Spool}/public/{DaemonPair.CaptureService(file, side)}";
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(20);
        Shell.Bash($"chmod 666 {path}").MustSucceed();
        _taker = new Thread(TakeAll) { IsBackground = true };
        _taker.Start();
    }

    public string Play(DaemonCase one)
    {
        // The same name on both sides, so that the notices are alike.
        string id = $"{++_serial:X5}ABC{_side switch { 'p' => 0, _ => 1 }}";
        _titles[id] = one.Title;
        _refuses = false;
        int split = one.Lines.ToList().IndexOf("--");
        string queueFile = $"{_pair.Spool}/hold/{id}";
        if (split > 0)
        {
            File.WriteAllBytes(queueFile, QueueFile([.. one.Lines.Take(split)]));
            Shell.Bash($"chown postfix {queueFile} && chmod 700 {queueFile}").MustSucceed();
        }

        var result = new StringBuilder();
        foreach (string line in one.Lines.Skip(split + 1))
        {
            string answer = Request(id, CaseFile.Unescape(line));
            if (line.EndsWith(" flags=1", StringComparison.Ordinal))
            {
                // The log that a refused flush removes: Postfix does so after its answer.
                Wait.Until(() => !File.Exists(LogPath(line.Split(' ')[0], id)), "no log", () => _pair.Log, 10);
            }

            result.Append(answer).Append('\n');
            while (_notices.TryDequeue(out string? notice))
            {
                result.Append(Neutral(notice, id)).Append('\n');
            }
        }

        foreach (string kind in (string[])["bounce", "defer", "trace"])
        {
            string log = LogPath(kind, id);
            result.Append(File.Exists(log) ? $"{kind} log:\n{File.ReadAllText(log, Encoding.Latin1)}" : "");
            File.Delete(log);
        }

        if (split > 0)
        {
            result.Append("recipients: ");
            using (FileStream stream = File.OpenRead(queueFile))
            {
                while (Wire.ReadRecord(stream) is { } record)
                {
                    result.Append(record.Type is 'R' or 'D' ? $"{record.Type}{record.Data} " : "");
                }
            }

            File.Delete(queueFile);
        }

        return result.ToString();
    }

    public string Log()
    {
        List<string> lines = [];
        foreach (string kind in (string[])["bounce", "defer", "trace"])
        {
            foreach (string line in _pair.LogOf(DaemonPair.NoticeService(_file, kind, _side)))
            {
                string text = line;
                foreach ((string id, string title) in _titles)
                {
                    if (line.Contains(id, StringComparison.Ordinal))
                    {
                        text = $"[{title}] {Neutral(line, id)}";
                    }
                }

                // What a process says once (a template it does not like) depends on how many there were.
                if (text != line || !lines.Contains(text))
                {
                    lines.Add(NewId().Replace(text, "NEWID").Replace(DaemonPair.NoticeService(_file, kind, _side), kind, StringComparison.Ordinal));
                }
            }
        }

        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _taker.Join(5000);
    }

    private string LogPath(string kind, string id) => $"{_pair.Spool}/{DaemonPair.NoticeService(_file, kind, _side)}/{id}";

    // kind request key=value ...; values with %20 for a blank.
    private string Request(string id, string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "refuse")
        {
            _refuses = true;
            return "refusing";
        }

        Dictionary<string, string> values = words.Skip(2).Select(static word => word.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1].Replace("%20", " ", StringComparison.Ordinal));
        string Value(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);
        using Wire wire = _pair.Connect("private", DaemonPair.NoticeService(_file, words[0], _side));
        wire.ReadList();
        int request = words[1] switch { "append" => 0, "flush" => 1, "warn" => 2, "verp" => 3, "one" => 4, "trace" => 5, _ => int.Parse(words[1]) };
        wire.Attribute("nrequest", request).Attribute("flags", Value("flags", "0"));
        if (request != 0)
        {
            wire.Attribute("queue_name", Value("queue", "hold"));
        }

        wire.Attribute("queue_id", Value("id", id));
        if (request != 0)
        {
            wire.Attribute("encoding", Value("encoding", "")).Attribute("smtputf8", Value("smtputf8", "0"))
                .Attribute("sender", Value("sender", "sender@example.com") is var sender && sender == "<>" ? "" : sender)
                .Attribute("envelope_id", Value("envid", "")).Attribute("ret_flags", Value("ret", "0"));
        }

        if (request == 3)
        {
            wire.Attribute("verp_delimiters", Value("verp", "+="));
        }

        if (request is 0 or 4)
        {
            wire.Attribute("original_recipient", Value("orig", "")).Attribute("recipient", Value("rcpt", "rcpt@example.org"))
                .Attribute("offset", Value("offset", "0")).Attribute("dsn_orig_rcpt", Value("orcpt", "")).Attribute("notify_flags", Value("notify", "0"))
                .Attribute("status", Value("status", "5.1.1")).Attribute("diag_type", Value("diagtype", "")).Attribute("diag_text", Value("diagtext", ""))
                .Attribute("mta_type", Value("mtatype", "")).Attribute("mta_mname", Value("mta", "")).Attribute("action", Value("action", "failed"))
                .Attribute("reason", Value("reason", "unknown user"));
        }

        wire.EndList();
        List<string>? answer = wire.ReadList();
        return answer is null ? "closed" : string.Join(' ', answer);
    }

    private static byte[] QueueFile(List<string> lines)
    {
        string sender = "sender@example.com";
        List<(char, string)> envelope = [];
        int i = 0;
        for (; i < lines.Count && lines[i].StartsWith('@'); i++)
        {
            string[] words = lines[i].Split(' ', 2);
            string value = CaseFile.Unescape(words.Length > 1 ? words[1] : "");
            if (words[0] == "@from")
            {
                sender = value == "<>" ? "" : value;
            }
            else
            {
                envelope.Add((value[0], value[2..]));
            }
        }

        var head = new MemoryStream();
        Put(head, 'T', "1600000000 5");
        Put(head, 'A', "create_time=1600000000");
        Put(head, 'S', sender);
        envelope.ForEach(record => Put(head, record.Item1, record.Item2));
        if (envelope.Count == 0)
        {
            Put(head, 'R', "rcpt@example.org");
        }

        Put(head, 'M', "");
        var content = new MemoryStream();
        for (; i < lines.Count; i++)
        {
            Put(content, 'N', CaseFile.Unescape(lines[i]));
        }

        var all = new MemoryStream();
        Put(all, 'C', $"{content.Length,15} {97 + head.Length,15} {1,15} {0,15} {content.Length,15} {0,15}");
        head.WriteTo(all);
        content.WriteTo(all);
        Put(all, 'X', "");
        Put(all, 'E', "");
        return all.ToArray();
    }

    private static void Put(MemoryStream output, char type, string data)
    {
        output.WriteByte((byte)type);
        int length = data.Length;
        for (; length >= 0x80; length >>= 7)
        {
            output.WriteByte((byte)(length | 0x80));
        }

        output.WriteByte((byte)length);
        output.Write(Encoding.Latin1.GetBytes(data));
    }

    private void TakeAll()
    {
        while (true)
        {
            try
            {
                using var wire = new Wire(_listener.Accept());
                Take(wire);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (IOException)
            {
                // A cancelled notice.
            }
        }
    }

    private void Take(Wire wire)
    {
        string id = $"FFFFFNEW{++_count}";
        wire.Attribute("protocol", "cleanup_protocol").Attribute("queue_id", id).EndList();
        List<string>? flags = wire.ReadList();
        if (flags is null)
        {
            return;
        }

        List<string> lines = [.. flags];
        while (wire.ReadRecord() is { } record)
        {
            lines.Add($"{record.Type} {record.Data}");
            if (record.Type == 'E')
            {
                // Queued before the answer: the daemon's own answer comes after ours.
                _notices.Enqueue(string.Join('\n', lines.Where(static line => !line.StartsWith("T ", StringComparison.Ordinal))));
                wire.Attribute("status", _refuses ? 2 : 0).Attribute("reason", "").EndList();
                return;
            }
        }
    }

    private static string Neutral(string text, string id)
    {
        text = text.Replace(id, "QUEUEID", StringComparison.Ordinal);
        text = NewId().Replace(text, "NEWID");
        text = Seconds().Replace(text, "QUEUEID.SECONDS/");
        return Now().Replace(text, "DATE");
    }

    [GeneratedRegex(@"FFFFFNEW\d+")]
    private static partial Regex NewId();

    [GeneratedRegex(@"QUEUEID\.\d{9,12}/")]
    private static partial Regex Seconds();

    // Dates of today; those of the message are of the year 2020.
    [GeneratedRegex(@"\w{3}, [ \d]\d \w{3} (?!2020)\d{4} \d\d:\d\d:\d\d [-+]\d{4} \(\w+\)")]
    private static partial Regex Now();
}

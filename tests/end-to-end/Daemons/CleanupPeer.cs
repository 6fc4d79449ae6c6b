using System.Globalization;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>Plays one message to a cleanup service and tells what became of it, free of what differs between any two messages.</summary>
internal sealed partial class CleanupPeer(DaemonPair pair, CaseFile file, char side)
{
    private static readonly Dictionary<string, int> FlagBits = new()
    {
        ["bounce"] = 1, ["filter"] = 2, ["hold"] = 4, ["discard"] = 8, ["bcc"] = 16, ["map"] = 32, ["milter"] = 64, ["utf8"] = 256, ["autoutf8"] = 512,
    };

    /// <summary>By queue ID, for the log.</summary>
    public Dictionary<string, string> Titles { get; } = [];

    public string Play(DaemonCase one)
    {
        using Wire wire = pair.Connect("public", $"c{file.Name}{side}");
        List<string>? greeting = wire.ReadList();
        if (greeting is null)
        {
            Assert.Fail($"the cleanup of {file.Name}{side} does not start\n{string.Join('\n', pair.Log.Split('\n').TakeLast(8))}");
        }

        string id = greeting[1]["queue_id=".Length..];
        Titles[id] = one.Title;
        pair.Milter.Play([]);
        Send(wire, one);
        List<string>? answer = wire.ReadList();
        string result = answer is null ? "closed" : string.Join(' ', answer);
        foreach (string queue in (string[])["incoming", "hold"])
        {
            string path = $"{pair.Spool}/{queue}/{id}";
            if (File.Exists(path))
            {
                result += $"\n{queue}{Dump(path, id)}";
                File.Delete(path);
            }
        }

        return pair.Milter.Seen is { Length: > 0 } seen ? $"{result}\n{Neutral(seen, id)}" : result;
    }

    private void Send(Wire wire, DaemonCase one)
    {
        int flags = FlagBits["filter"] | FlagBits["map"] | FlagBits["bcc"] | FlagBits["milter"];
        string sender = "sender@example.com";
        string context = "local";
        bool received = true;
        List<(char, string)> before = [];
        List<(char, string)> recipients = [];
        List<(char, string)> extracted = [];
        List<string> script = [];
        int i = 0;
        for (; i < one.Lines.Count && one.Lines[i].StartsWith('@'); i++)
        {
            string[] words = one.Lines[i].Split(' ', 2);
            string value = CaseFile.Unescape(words.Length > 1 ? words[1] : "");
            switch (words[0])
            {
                case "@flags":
                    flags = value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Sum(static name => FlagBits[name]);
                    break;
                case "@from":
                    sender = value;
                    break;
                case "@rcpt":
                    recipients.Add(('R', value));
                    break;
                case "@context":
                    context = value;
                    break;
                case "@noreceived":
                    received = false;
                    break;
                case "@before":
                    before.Add((value[0], value[2..]));
                    break;
                case "@record":
                    recipients.Add((value[0], value[2..]));
                    break;
                case "@milter":
                    script.Add(value);
                    break;
                case "@extracted":
                    extracted.Add((value[0], value[2..]));
                    break;
                default:
                    throw new InvalidDataException($"{one.Title}: unknown word {words[0]}");
            }
        }

        if (recipients.Count == 0)
        {
            recipients.Add(('R', "rcpt@example.com"));
        }

        pair.Milter.Play(script);
        wire.Attribute("flags", flags).EndList();
        wire.Record('T', "1600000000 5");
        if (context.Length > 0)
        {
            wire.Record('A', $"rewrite_context={context}");
        }

        before.ForEach(record => wire.Record(record.Item1, record.Item2));
        if (sender != "none")
        {
            wire.Record('S', sender == "<>" ? "" : sender);
        }

        recipients.ForEach(record => wire.Record(record.Item1, record.Item2));
        wire.Record('M', "");
        if (received)
        {
            wire.Record('N', "Received: by test; now");
        }

        for (; i < one.Lines.Count; i++)
        {
            string text = CaseFile.Unescape(one.Lines[i]);
            for (; text.Length > 2048; text = text[2048..])
            {
                wire.Record('L', text[..2048]);
            }

            wire.Record('N', text);
        }

        wire.Record('X', "");
        extracted.ForEach(record => wire.Record(record.Item1, record.Item2));
        wire.Record('E', "");
        try
        {
            wire.Flush();
        }
        catch (IOException)
        {
            // Refused before the end; the answer tells.
        }
    }

    // Queue IDs may differ in length: where one stands in the content, the sizes do not count it.
    private static string Dump(string path, string id)
    {
        using FileStream stream = File.OpenRead(path);
        List<string> lines = [];
        int ids = 0;
        string size = "";
        while (Wire.ReadRecord(stream) is { } record)
        {
            // Where filters may edit, the order of reading is told by pointers; the size of the padding is nobody's matter.
            if (record.Type is 'p' or 'w')
            {
                if (record.Type == 'p' && long.Parse(record.Data, CultureInfo.InvariantCulture) is > 0 and long target)
                {
                    stream.Position = target;
                }

                continue;
            }

            if (record.Type == 'C')
            {
                size = record.Data;
                continue;
            }

            if (record.Data.StartsWith("create_time=", StringComparison.Ordinal))
            {
                continue;
            }

            ids += record.Data.Split(id).Length - 1;
            lines.Add($"{record.Type} {Neutral(record.Data, id)}");
            Assert.True(lines.Count < 100_000, "the pointers of the file run in a circle");
            if (record.Type == 'E')
            {
                // Behind the end is only what pointers lead to.
                break;
            }
        }

        string[] fields = size.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        fields[0] = (long.Parse(fields[0], CultureInfo.InvariantCulture) - (ids * id.Length)).ToString(CultureInfo.InvariantCulture);
        fields[4] = (long.Parse(fields[4], CultureInfo.InvariantCulture) - (ids * id.Length)).ToString(CultureInfo.InvariantCulture);
        lines.Insert(0, "C " + string.Join(' ', fields));
        return "\n" + string.Join('\n', lines);
    }

    public static string Neutral(string text, string id) => CreationTime().Replace(text.Replace(id, "QUEUEID", StringComparison.Ordinal), "TIME.QUEUEID");

    [GeneratedRegex(@"\d{14}\.QUEUEID")]
    private static partial Regex CreationTime();
}

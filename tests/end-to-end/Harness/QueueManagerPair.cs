using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Mta.EndToEnd;

/// <summary>
/// Two instances of Debian's Postfix with the same configuration; in one of them the queue manager is ours. Mail for
/// <c>user@host.NAME.probe</c> goes over the transport NAME to host.NAME.probe.
/// </summary>
internal sealed class QueueManagerPair : IDisposable
{
    public QueueManagerPair(IReadOnlyList<string> transports, IReadOnlyDictionary<string, string> settings)
    {
        Sides = [new QueueManagerSide(ours: false, transports, settings), new QueueManagerSide(ours: true, transports, settings)];
    }

    public QueueManagerSide[] Sides { get; }

    /// <summary>Does the same on both sides at the same time; the results must be equal.</summary>
    public T Compare<T>(Func<QueueManagerSide, T> body)
    {
        Task<T>[] tasks = [.. Sides.Select(side => Task.Factory.StartNew(() => body(side), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        T theirs = tasks[0].GetAwaiter().GetResult();
        T ours = tasks[1].GetAwaiter().GetResult();
        Assert.Equal(theirs, ours);
        return ours;
    }

    public void Dispose()
    {
        foreach (QueueManagerSide side in Sides)
        {
            side.Dispose();
        }
    }
}

/// <summary>One of the two.</summary>
internal sealed partial class QueueManagerSide : IDisposable
{
    private readonly DebianPostfix _postfix;

    public QueueManagerSide(bool ours, IEnumerable<string> transports, IReadOnlyDictionary<string, string> settings)
    {
        _postfix = new DebianPostfix(Ports.Free());
        if (ours)
        {
            _postfix.Replace("qmgr");
        }

        // A transport table takes no $1 in its results.
        File.WriteAllLines(Path.Combine(_postfix.Etc, "transport"), transports.Select(name => $"/\\.{name}\\.probe$/ {name}:"));
        Shell.Run("/usr/sbin/postconf", [
            "-c", _postfix.Etc, "-e",
            $"transport_maps=regexp:{_postfix.Etc}/transport",
            "queue_run_delay=1h",
            "smtpd_authorized_verp_clients=127.0.0.0/8",
            "destination_concurrency_feedback_debug=yes",
            .. settings.Select(setting => $"{setting.Key}={setting.Value}")]).MustSucceed();
        _postfix.Start();
        Behind = Agent("behind", static _ => '+');
    }

    /// <summary>An agent that delivers everything, for mail that only tells how far the queue manager is.</summary>
    public DeliveryAgent Behind { get; }

    public string Spool => _postfix.Spool;

    public string Log => _postfix.Log;

    public DebianPostfix Postfix => _postfix;

    /// <summary>The end of the log, for reports.</summary>
    public string Tail => Log[^Math.Min(Log.Length, 4000)..];

    public DeliveryAgent Agent(string name, Func<AgentRequest, char?> answer, bool oneAtATime = false, bool isOpen = true) =>
        new(Spool, name, answer, oneAtATime, isOpen);

    /// <summary>Sends one message and waits until the queue manager has it.</summary>
    public string Send(string sender, IEnumerable<string> recipients, string parameters = "")
    {
        string id = Submit(sender, recipients, parameters);
        _postfix.WaitForLog($"{id}: from=<");
        return id;
    }

    public string Submit(string sender, IEnumerable<string> recipients, string parameters = "")
    {
        using SmtpClient client = _postfix.Connect();
        client.Command("EHLO pair.test", "250");
        client.Command($"MAIL FROM:<{sender}>{parameters}", "250");
        client.SendRaw(string.Concat(recipients.Select(recipient => $"RCPT TO:<{recipient}>\r\n")));
        foreach (string _ in recipients)
        {
            client.Expect("250");
        }

        client.Command("DATA", "354");
        client.SendRaw("Subject: pair\r\n\r\ntext\r\n.\r\n");
        client.Expect("250");
        return client.Last[(client.Last.LastIndexOf(' ') + 1)..];
    }

    public Outcome Queue(params string[] arguments) => Shell.Run("/usr/sbin/postqueue", ["-c", _postfix.Etc, .. arguments]).MustSucceed();

    public Outcome Super(params string[] arguments) => Shell.Run("/usr/sbin/postsuper", ["-c", _postfix.Etc, .. arguments]).MustSucceed();

    public string? FileOf(string id) => Directory.GetFiles(Spool, id, SearchOption.AllDirectories)
        .FirstOrDefault(path => !path.Contains("/defer/", StringComparison.Ordinal) && !path.Contains("/bounce/", StringComparison.Ordinal) && !path.Contains("/trace/", StringComparison.Ordinal));

    public string? QueueOf(string id) => FileOf(id) is { } path ? Path.GetRelativePath(Spool, path).Split('/')[0] : null;

    public void WaitForQueue(string id, string? queue)
    {
        Wait.Until(() => QueueOf(id) == queue, $"{id} in {queue ?? "no queue"}", () => $"{QueueOf(id)}\n{Tail}");
        // The line about it comes later, and not at all from a queue manager that was killed in between.
        for (int i = 0; i < 250 && queue is null && !Log.Contains($"{id}: removed", StringComparison.Ordinal); i++)
        {
            Thread.Sleep(20);
        }
    }

    /// <summary>Seconds from now to the time of the file.</summary>
    public double DueIn(string id) => (File.GetLastWriteTimeUtc(FileOf(id) ?? "") - DateTime.UtcNow).TotalSeconds;

    /// <summary>Makes a waiting message as old as this.</summary>
    public void Age(string id, int seconds)
    {
        string path = FileOf(id) ?? throw new InvalidOperationException(id + " is gone");
        DateTime due = File.GetLastWriteTimeUtc(path);
        byte[] content = File.ReadAllBytes(path);
        string text = Encoding.Latin1.GetString(content);
        int at = text.IndexOf("create_time=", StringComparison.Ordinal) + "create_time=".Length;
        string time = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds).ToString(CultureInfo.InvariantCulture);
        Encoding.Latin1.GetBytes(time).CopyTo(content, at);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, due);
    }

    /// <summary>What the queue manager logged about these messages and names, without what differs from run to run.</summary>
    public string LogOf(IReadOnlyList<string> ids, params string[] names)
    {
        List<string> lines = [];
        foreach (Match line in QmgrLine().Matches(Log))
        {
            string text = line.Groups[1].Value;
            if (!ids.Concat(names).Any(name => text.Contains(name, StringComparison.Ordinal)))
            {
                continue;
            }

            for (int i = 0; i < ids.Count; i++)
            {
                text = text.Replace(ids[i], $"ID{i}", StringComparison.Ordinal);
            }

            lines.Add(Sizes().Replace(Delays().Replace(text, "delays"), "size=N"));
        }

        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        Behind.Dispose();
        _postfix.Dispose();
    }

    [GeneratedRegex(@"postfix/qmgr\[\d+\]: (.*)")]
    private static partial Regex QmgrLine();

    [GeneratedRegex(@"delay=[0-9.]+, delays=[0-9./]+")]
    private static partial Regex Delays();

    [GeneratedRegex(@"size=\d+")]
    private static partial Regex Sizes();
}

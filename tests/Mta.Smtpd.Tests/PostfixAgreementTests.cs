using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mta.Dialogues;
using Xunit.Abstractions;

namespace Mta.Smtpd.Tests;

/// <summary>
/// Every dialogue against Debian's Postfix, in one instance with a service for each: what a dialogue
/// says of our server must be what Postfix does. Needs root and the postfix package; skipped elsewhere.
/// </summary>
[Collection("process-wide state")]
public sealed class PostfixAgreementTests(ITestOutputHelper report)
{
    [PostfixFact]
    public async Task Postfix_keeps_to_the_same_dialogues()
    {
        List<Dialogue> dialogues = [.. DialogueSettings.All.Where(static dialogue => dialogue.Only != DialogueServer.Mta)];
        using var postfix = new PostfixInstance(dialogues);
        var doubtful = new ConcurrentBag<(Dialogue Dialogue, string Problem)>();
        // Most of the time goes by waiting for the next process to be up: several at a time; those that wait themselves first.
        await Parallel.ForEachAsync(dialogues.Where(static dialogue => dialogue.IsSlow), new ParallelOptions { MaxDegreeOfParallelism = 100 }, PlayNowAsync);
        await Parallel.ForEachAsync(dialogues.Where(static dialogue => !dialogue.IsSlow && !dialogue.HasNeighbours), new ParallelOptions { MaxDegreeOfParallelism = 4 }, PlayNowAsync);
        foreach (Dialogue dialogue in dialogues.Where(static dialogue => !dialogue.IsSlow && dialogue.HasNeighbours))
        {
            await PlayNowAsync(dialogue, default);
        }

        // Hundreds of dialogues with clocks of their own: what differs is played once more, alone, and said.
        List<string> problems = [];
        foreach ((Dialogue dialogue, string problem) in doubtful)
        {
            report.WriteLine($"played once more: {problem}");
            if (await PlayWithNeighboursAsync(postfix, dialogue) is { } again)
            {
                problems.Add(again);
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));

        async ValueTask PlayNowAsync(Dialogue dialogue, CancellationToken stop)
        {
            if (await PlayWithNeighboursAsync(postfix, dialogue) is { } problem)
            {
                doubtful.Add((dialogue, problem));
            }
        }
    }

    private static async Task<string?> PlayWithNeighboursAsync(PostfixInstance postfix, Dialogue dialogue)
    {
        // Those that wait tell the neighbours themselves what to do, so that they can be played side by side.
        if (dialogue.IsSlow || !dialogue.HasNeighbours)
        {
            return await PlayAsync(postfix, dialogue);
        }

        DialoguePeers.Shared.Begin(dialogue, DialogueServer.Postfix);
        return await PlayAsync(postfix, dialogue) ?? await DialoguePeers.Shared.EndAsync();
    }

    private static async Task<string?> PlayAsync(PostfixInstance postfix, Dialogue dialogue)
    {
        long before = postfix.LogLength;
        string? problem;
        List<Socket> others = [];
        for (int i = 0; i < dialogue.Others; i++)
        {
            others.Add(Connect());
            others[i].Receive(new byte[4]);
        }

        using (Socket socket = Connect())
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            problem = await new DialoguePlayer(stream, DialogueServer.Postfix, DialogueCut.Whole).PlayAsync(dialogue);
        }

        string? logged = await postfix.CheckLogAsync(dialogue, before, lines => DialoguePlayer.CheckLog(dialogue, DialogueServer.Postfix, lines), sessions: 1);
        others.ForEach(static other => other.Dispose());
        // What the others leave in the log must not be taken for lines of the next dialogue.
        await postfix.CheckLogAsync(dialogue, before, static _ => null, sessions: others.Count + 1);
        return problem ?? logged;

        Socket Connect()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(dialogue.ClientAddress), 0));
            socket.Connect(new IPEndPoint(IPAddress.Loopback, postfix.PortOf(dialogue)));
            return socket;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class PostfixFactAttribute : FactAttribute
    {
        public PostfixFactAttribute() => Skip = Environment.UserName == "root" && File.Exists("/usr/lib/postfix/sbin/smtpd") ? null : "needs root and Debian's postfix";
    }

    private sealed class PostfixInstance : IDisposable
    {
        private readonly Dictionary<string, int> _ports = [];
        private readonly List<Socket> _held = [];
        private readonly string _directory;

        public PostfixInstance(List<Dialogue> dialogues)
        {
            _directory = Directory.CreateTempSubdirectory("smtpd-postfix-").FullName;
            Run("chmod", "755", _directory);
            Run(DialogueSettings.PathOf("tests/tools/postfix-instance"), _directory, $"{FreePort()}", $"{FreePort()}");
            var services = new StringBuilder(File.ReadAllText($"{_directory}/etc/master.cf").TrimEnd('\n')).Append('\n');
            foreach (Dialogue dialogue in dialogues)
            {
                _ports[dialogue.Name] = FreePort();
                services.Append($"127.0.0.1:{_ports[dialogue.Name]} inet n - n - - smtpd\n  -o syslog_name={dialogue.Name}\n");
                foreach ((string name, string value) in dialogue.Settings)
                {
                    services.Append($"  -o {{ {name} = {value} }}\n");
                }
            }

            File.WriteAllText($"{_directory}/etc/master.cf", services.ToString());
            Run("postconf", ["-c", $"{_directory}/etc", "-e", .. DialogueSettings.Common
                .Where(static pair => !pair.Name.StartsWith("smtpd_forbid_bare_newline_reject", StringComparison.Ordinal))
                .Select(static pair => $"{pair.Name}={pair.Value}"), "defer_transports=smtp relay local virtual"]);
            _held.ForEach(static socket => socket.Dispose());
            Run("postfix", "-c", $"{_directory}/etc", "start");
        }

        public long LogLength => new FileInfo($"{_directory}/mail.log").Length;

        public int PortOf(Dialogue dialogue) => _ports[dialogue.Name];

        /// <summary>What <paramref name="check"/> finds missing in smtpd's lines since, when they are there and that many sessions are over, or after four seconds.</summary>
        public async Task<string?> CheckLogAsync(Dialogue dialogue, long since, Func<List<string>, string?> check, int sessions)
        {
            string? problem = null;
            for (int i = 0; i < 200; i++)
            {
                List<string> lines = [];
                string text = File.ReadAllText($"{_directory}/mail.log", Encoding.Latin1)[(int)since..];
                foreach (string line in text.Split('\n'))
                {
                    int program = line.IndexOf($" {dialogue.Name}/smtpd[", StringComparison.Ordinal);
                    if (program >= 0)
                    {
                        lines.Add(line[(line.IndexOf("]: ", program, StringComparison.Ordinal) + 3)..]);
                    }
                }

                problem = check(lines);
                if (problem is null && lines.Count(static line => line.StartsWith("disconnect from", StringComparison.Ordinal)) >= sessions)
                {
                    break;
                }

                await Task.Delay(20);
            }

            return problem;
        }

        public void Dispose()
        {
            Run("postfix", "-c", $"{_directory}/etc", "stop");
            Directory.Delete(_directory, recursive: true);
        }

        // Held until all are known, or the system gives one port out twice.
        private int FreePort()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _held.Add(socket);
            return ((IPEndPoint)socket.LocalEndPoint!).Port; // bound above
        }

        private static void Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!; // started or thrown
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program}: {errors}{output.Result}");
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Mta.Dialogues;
using Mta.Dns.Tests;
using Mta.Tls.Tests;

namespace Mta.EndToEnd;

/// <summary>
/// The dialogues of tests/dialogues/postscreen, with our postscreen and with Debian's: a service for each set of
/// settings, a client address for each dialogue, all at the same time.
/// </summary>
public sealed class PostscreenDialogueTests : IDisposable
{
    // What TLS needs, where a dialogue asks for it: the level is the dialogue's.
    private const string Proxies = """
        tlsproxy unix - - n - 0 tlsproxy
        tlsproxy-off unix - - n - 0 tlsproxy
          -o tlsproxy_tls_security_level=none
        tlsproxy-asks unix - - n - 0 tlsproxy
          -o tlsproxy_tls_ask_ccert=yes
        tlsproxy-broken unix - - n - 0 tlsproxy
          -o tlsproxy_tls_chain_files=/nowhere/at-all.pem

        """;

    private static readonly (string Name, string Value)[] Common =
    [
        ("compatibility_level", "3.5"),
        ("myhostname", "mx.example.net"),
        ("mail_name", "Postfix"),
        ("mydomain", "example.net"),
        ("mydestination", "y.test"),
        ("mynetworks", "192.0.2.250/32"),
        ("postscreen_access_list", ""),
        ("postscreen_cache_cleanup_interval", "0"),
        ("local_recipient_maps", ""),
        ("tlsproxy_tls_security_level", "may"),
        ("tlsproxy_tls_loglevel", "1"),
        ("tlsproxy_tls_chain_files", "@CERTS@/server.pem"),
        ("tlsproxy_tls_CAfile", "@CERTS@/ca.pem"),
    ];

    private readonly Certificates _certificates = new();

    public PostscreenDialogueTests() => Shell.Bash($"chmod -R a+rX {_certificates.Directory}").MustSucceed();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Our_postscreen_keeps_to_the_dialogues()
    {
        List<Dialogue> dialogues = Load(DialogueServer.Mta);
        using var mta = new Instance();
        foreach ((string name, string value) in Common)
        {
            mta.Main[name] = Expand(value);
        }

        // Clients 127.0.9.N, and the lists that they are on.
        using var dns = new FakeDnsServer();
        foreach ((string list, byte answer, int[] clients) in ((string, byte, int[])[])[("bl.test", 2, [1, 2, 3, 4, 5, 6]), ("two.test", 9, [4, 5]), ("wl.test", 5, [4, 7, 8])])
        {
            Array.ForEach(clients, client => dns.Add($"{client}.9.0.127.{list}", 1, 127, 0, 0, answer));
        }

        dns.Fail("9.9.0.127.broken.test", 2);
        mta.Main["dns_forward_address"] = dns.Address;
        mta.MasterCf += "smtpd pass - - n - - smtpd\n" + Proxies + Services(dialogues, out Dictionary<string, int> ports);
        mta.Start();
        await PlayAsync(dialogues, DialogueServer.Mta, ports, () => mta.Log);
    }

    [PeerFact(DebianPostfix.Master)]
    public async Task Debians_postscreen_keeps_to_the_same_dialogues()
    {
        List<Dialogue> dialogues = Load(DialogueServer.Postfix);
        using var postfix = new DebianPostfix(Ports.Free());
        foreach ((string name, string value) in Common)
        {
            postfix.Set(name, Expand(value));
        }

        File.AppendAllText(Path.Combine(postfix.Etc, "master.cf"), "smtpd pass - - n - - smtpd\ndnsblog unix - - n - 0 dnsblog\n" + Proxies + Services(dialogues, out Dictionary<string, int> ports));
        postfix.Start();
        await PlayAsync(dialogues, DialogueServer.Postfix, ports, () => postfix.Log);
    }

    // Each half of TLS in postscreen works with the other of Postfix's.
    [PeerTheory(DebianPostfix.Master)]
    [InlineData("tlsproxy", DialogueServer.Postfix)]
    [InlineData("postscreen", DialogueServer.Mta)]
    public async Task One_of_ours_inside_postfix_keeps_to_the_dialogues_with_tls(string daemon, DialogueServer server)
    {
        // What is said without keys differs between the proxies.
        List<Dialogue> dialogues = [.. Load(server).Where(static dialogue => dialogue.Name.StartsWith("tls-", StringComparison.Ordinal) && dialogue.Name is not ("tls-proxy-broken" or "tls-proxy-off" or "tls-handshake-late"))];
        using var postfix = new DebianPostfix(Ports.Free());
        postfix.Replace(daemon);
        foreach ((string name, string value) in Common)
        {
            postfix.Set(name, Expand(value));
        }

        File.AppendAllText(Path.Combine(postfix.Etc, "master.cf"), "smtpd pass - - n - - smtpd\n" + Proxies + Services(dialogues, out Dictionary<string, int> ports));
        postfix.Start();
        await PlayAsync(dialogues, server, ports, () => postfix.Log);
        string[] programs = [.. ProcessTable.OfMaster(postfix.MasterPid).Select(static process => process.Program)];
        string other = daemon == "tlsproxy" ? "postscreen" : "tlsproxy";
        Assert.Contains(File.ResolveLinkTarget(Repository.Daemon(daemon), returnFinalTarget: true)?.FullName ?? Repository.Daemon(daemon), programs);
        Assert.Contains("/usr/lib/postfix/sbin/" + other, programs);
        Assert.DoesNotContain("/usr/lib/postfix/sbin/" + daemon, programs);
    }

    private string Expand(string text) => text.Replace("@CERTS@", _certificates.Directory, StringComparison.Ordinal);

    private List<Dialogue> Load(DialogueServer server) =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests/dialogues/postscreen"), (Environment.GetEnvironmentVariable("MTA_DIALOGUES") ?? "*") + ".dialogue").Order(StringComparer.Ordinal)
            .Select(path => Dialogue.Parse(Path.GetFileNameWithoutExtension(path), Expand(File.ReadAllText(path, Encoding.Latin1))))
            .Where(dialogue => dialogue.Only is null || dialogue.Only == server),
    ];

    private static string Key(Dialogue dialogue) => string.Join('\n', dialogue.Settings);

    private static string Services(List<Dialogue> dialogues, out Dictionary<string, int> ports)
    {
        ports = [];
        var text = new StringBuilder();
        foreach (Dialogue dialogue in dialogues)
        {
            string key = Key(dialogue);
            if (ports.ContainsKey(key))
            {
                continue;
            }

            // Listening sockets are taken in turn; a port that was given out is not given out again soon.
            int port = Ports.Free();
            while (ports.ContainsValue(port))
            {
                port = Ports.Free();
            }

            ports[key] = port;
            text.Append($"127.0.0.1:{port} inet n - n - 1 postscreen\n  -o {{ postscreen_cache_map = lmdb:$data_directory/cache{port} }}\n");
            foreach ((string name, string value) in dialogue.Settings)
            {
                text.Append($"  -o {{ {name} = {value} }}\n");
            }
        }

        return text.ToString();
    }

    // Dialogues of one client come one after the other.
    private static async Task PlayAsync(List<Dialogue> dialogues, DialogueServer server, Dictionary<string, int> ports, Func<string> log)
    {
        // Every service is up before time counts.
        await Task.WhenAll(ports.Values.Select(static port => Task.Run(() => Wait.Until(() => IsServing(port), $"service {port}", seconds: 90))));
        string?[] problems = await Task.WhenAll(dialogues.GroupBy(static dialogue => dialogue.ClientAddress).Select(async group =>
        {
            foreach (Dialogue dialogue in group)
            {
                if (await PlayAsync(dialogue, server, ports[Key(dialogue)], log) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }));
        Assert.True(Array.TrueForAll(problems, static problem => problem is null), string.Join('\n', problems.Where(static problem => problem is not null)));
    }

    private static async Task<string?> PlayAsync(Dialogue dialogue, DialogueServer server, int port, Func<string> log)
    {
        string? problem;
        int before = log().Length;
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(dialogue.ClientAddress), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            problem = await new DialoguePlayer(stream, server, DialogueCut.Whole).PlayAsync(dialogue);
        }

        for (int i = 0; problem is null; i++)
        {
            List<string> lines = Lines(log()[before..]);
            string? missing = DialoguePlayer.CheckLog(dialogue, server, lines);
            if (missing is null)
            {
                break;
            }

            problem = i < 300 ? null : missing;
            await Task.Delay(100);
        }

        return problem;
    }

    private static List<string> Lines(string log)
    {
        var lines = new List<string>();
        foreach (string line in log.Split('\n'))
        {
            int program = Math.Max(line.IndexOf("/postscreen[", StringComparison.Ordinal), line.IndexOf("/tlsproxy[", StringComparison.Ordinal));
            if (program >= 0)
            {
                lines.Add(line[(line.IndexOf("]: ", program, StringComparison.Ordinal) + 3)..]);
            }
        }

        return lines;
    }

    private static bool IsServing(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 60_000 };

            // To a service behind a proxy this is a bad header; to others it is an early word.
            client.GetStream().Write("QUIT\r\n"u8);
            return client.GetStream().Read(new byte[1], 0, 1) == 1;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }
}

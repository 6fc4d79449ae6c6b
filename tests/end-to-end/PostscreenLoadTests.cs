using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>Thousands of clients at the same time in front of postscreen: none is forgotten, nothing is left behind.</summary>
public sealed class PostscreenLoadTests
{
    private const int Clients = 1000;
    private const int LargestSession = 40 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_thousand_clients_are_served_at_once_and_leave_nothing_behind()
    {
        using var mta = new Instance();
        int port = Ports.Free();
        mta.Main["postscreen_access_list"] = "";
        mta.Main["postscreen_greet_wait"] = "2s";
        mta.Main["postscreen_pre_queue_limit"] = "9000";
        mta.Main["postscreen_bare_newline_enable"] = "yes";
        mta.Main["postscreen_cache_map"] = "lmdb:$data_directory/load";
        mta.MasterCf += $"127.0.0.1:{port} inet n - n - 1 postscreen\nsmtpd pass - - n - - smtpd\n";
        mta.Start();
        using (Socket first = await ConnectAsync(port, 0))
        {
            await ExpectAsync(first, "220-");
        }

        mta.WaitForLog("DISCONNECT [127.1.0.0]");
        int pid = ProcessTable.OfMaster(mta.MasterPid).Single(static process => process.Program.EndsWith("/postscreen", StringComparison.Ordinal)).Pid;
        int files = Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;
        long memory = Pss(pid);
        Socket[] sockets = await Task.WhenAll(Enumerable.Range(1, Clients).Select(number => ConnectAsync(port, number)));
        try
        {
            // The greeting in two parts says that each was tested; who comes last waits no longer than who came first.
            await Task.WhenAll(sockets.Select(static socket => ExpectAsync(socket, "220-")));
            await Task.WhenAll(sockets.Select(static socket => ExpectAsync(socket, "220 ")));
            Assert.True(Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length >= files + Clients);
            long each = (Pss(pid) - memory) / Clients;
            Assert.True(each < LargestSession, $"{each} bytes a session");
            await Task.WhenAll(sockets.Select(static async (socket, number) =>
            {
                await SendAsync(socket, "HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nQUIT\r\n");
                foreach (string reply in (string[])["250 ", "250 2.1.0", "450 4.3.2", "221 "])
                {
                    await ExpectAsync(socket, reply);
                }
            }));
        }
        finally
        {
            Array.ForEach(sockets, static socket => socket.Dispose());
        }

        Wait.Until(() => Count(mta.Log, "]: DISCONNECT [127.1.") == Clients + 1, "an end of every session", seconds: 60);
        Assert.Equal(Clients, Count(mta.Log, "]: PASS NEW [127.1."));
        Wait.Until(() => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length <= files + 10, "the descriptors of before", seconds: 60);

        // What they passed is known also to the next process.
        mta.Postfix("stop");
        mta.Start();
        using Socket again = await ConnectAsync(port, 234);
        await ExpectAsync(again, "220 ");
        mta.WaitForLog("PASS OLD [127.1.0.234]:");
    }

    private static async Task<Socket> ConnectAsync(int port, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(new IPAddress(new byte[] { 127, 1, (byte)(number / 256), (byte)(number % 256) }), 0));
        using var timer = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), timer.Token);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    // One line, read byte by byte: nothing of the next is taken.
    private static async Task ExpectAsync(Socket socket, string start)
    {
        using var timer = new CancellationTokenSource(Patience);
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (await socket.ReceiveAsync(one, timer.Token) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }

        Assert.StartsWith(start, line.ToString(), StringComparison.Ordinal);
    }

    private static long Pss(int pid) =>
        1024 * long.Parse(File.ReadLines($"/proc/{pid}/smaps_rollup").Single(static line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static int Count(string log, string text)
    {
        int count = 0;
        for (int at = 0; (at = log.IndexOf(text, at, StringComparison.Ordinal)) >= 0; at += text.Length)
        {
            count++;
        }

        return count;
    }
}

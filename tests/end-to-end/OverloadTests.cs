using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>More clients than the SMTP server may have, here and with Debian's Postfix: they wait, and find a short-tempered server.</summary>
public sealed class OverloadTests
{
    private const string Settings = "-o smtpd_error_sleep_time=0 -o smtpd_timeout=60s";

    [Fact]
    public void Ours_is_under_stress_when_all_places_are_taken()
    {
        using var mta = new Instance();
        mta.Main["worker_process_limit"] = "1";
        int port = Ports.Free();
        mta.MasterCf += $"0.0.0.0:{port} inet n - n - 3 smtpd {Settings}\n";
        mta.Start();
        Play(port, () => mta.Log);
    }

    [PeerFact(DebianPostfix.Master)]
    public void Debians_postfix_is_too()
    {
        using var postfix = new DebianPostfix(9);
        int port = Ports.Free();
        File.AppendAllText($"{postfix.Etc}/master.cf", $"0.0.0.0:{port} inet n - n - 3 smtpd {Settings}\n");
        postfix.Start();
        Play(port, () => postfix.Log);
    }

    private static void Play(int port, Func<string> log)
    {
        var first = new SmtpClient(port);
        using var second = new SmtpClient(port);
        second.Command("FOO", "500 5.5.2 Error: command not recognized");
        second.Command("FOO", "500 5.5.2 Error: command not recognized");
        // The last place: who has it may be under stress already.
        var last = new SmtpClient(port);
        List<TcpClient> waiting = [];
        try
        {
            for (int i = 0; i < 20; i++)
            {
                waiting.Add(new TcpClient("127.0.0.1", port) { ReceiveTimeout = 60_000 });
            }

            Wait.Until(() => log().Contains("has reached its process limit \"3\"", StringComparison.Ordinal), "the limit is reached", log, seconds: 60);
            Assert.All(waiting, static client => Assert.Equal(0, client.Available));

            // Those who were there first keep what they had.
            second.Command("FOO", "500 5.5.2 Error: command not recognized");
            last.Command("NOOP", "250");
            last.Command("QUIT", "221");
            last.Dispose();
            first.Command("QUIT", "221");
            first.Dispose();
            second.Command("QUIT", "221");

            // Everyone has a turn, and the first mistake ends it.
            foreach (TcpClient client in waiting)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                Assert.StartsWith("220 ", reader.ReadLine(), StringComparison.Ordinal);
                client.GetStream().Write("FOO\r\n"u8);
                Assert.Equal("500 5.5.2 Error: command not recognized", reader.ReadLine());
                Assert.Contains("421 4.7.0 ", reader.ReadLine(), StringComparison.Ordinal);
                Assert.Null(reader.ReadLine());
            }
        }
        finally
        {
            waiting.ForEach(static client => client.Dispose());
        }
    }
}

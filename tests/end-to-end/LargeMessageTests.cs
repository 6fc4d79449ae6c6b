using System.Text;

namespace Mta.EndToEnd;

public sealed class LargeMessageTests
{
    [Fact]
    public void A_message_of_200_megabytes_passes_in_constant_memory() => Pass(static stream =>
    {
        byte[] block = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 1000)));
        stream.Write("Subject: large\r\n\r\n"u8);
        for (int sent = 0; sent < 200_000_000; sent += block.Length)
        {
            stream.Write(block);
        }
    });

    [Fact]
    public void A_message_of_a_million_headers_passes_in_constant_memory() => Pass(static stream =>
    {
        byte[] block = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(static i => i % 10 == 0 ? $"To: a{i}@example.test,\r\n\tb{i}@example.test\r\n" : $"X-Header-{i}: value\r\n")));
        for (int sent = 0; sent < 1000; sent++)
        {
            stream.Write(block);
        }

        stream.Write("\r\n"u8);
    });

    private static void Pass(Action<Stream> write)
    {
        using var mta = new Instance();
        mta.Main["message_size_limit"] = "0";
        mta.Main["mailbox_size_limit"] = "0";
        mta.Start();
        using (var client = new System.Net.Sockets.TcpClient("127.0.0.1", mta.SmtpPort))
        {
            using var reader = new StreamReader(client.GetStream());
            void Say(string command, string expected)
            {
                client.GetStream().Write(Encoding.Latin1.GetBytes(command + "\r\n"));
                string? reply;
                do
                {
                    reply = reader.ReadLine();
                }
                while (reply is { Length: > 3 } && reply[3] == '-');
                Assert.StartsWith(expected, reply, StringComparison.Ordinal);
            }

            Assert.StartsWith("220", reader.ReadLine(), StringComparison.Ordinal);
            Say("EHLO test", "250");
            Say("MAIL FROM:<s@example.test>", "250");
            Say($"RCPT TO:<{mta.User}@example.test>", "250");
            Say("DATA", "354");
            write(client.GetStream());

            Say("large token\r\n.", "250");
        }

        Wait.Until(() => Shell.Bash($"tail -qc 100 {mta.Mail}/{mta.User}/new/* 2>/dev/null | grep -c 'large token'").Output.Trim() == "1", "the large message", () => mta.Log, 120);
        foreach ((int pid, string program) in mta.Processes())
        {
            long peak = ProcessTable.PeakMemory(pid);
            Assert.True(peak < 40 * 1024, $"got {peak} KiB at the peak of {program}, want less than 40 MiB");
        }
    }
}

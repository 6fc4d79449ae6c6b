using System.Text;

namespace Mta.EndToEnd;

public sealed class LargeMessageTests
{
    [Fact]
    public void A_message_of_200_megabytes_passes_in_constant_memory()
    {
        using var mta = new Instance();
        mta.Main["message_size_limit"] = "0";
        mta.Main["mailbox_size_limit"] = "0";
        mta.Start();
        string line = new string('x', 70) + "\r\n";
        byte[] block = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(line, 1000)));
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
            client.GetStream().Write("Subject: large\r\n\r\n"u8);
            for (int sent = 0; sent < 200_000_000; sent += block.Length)
            {
                client.GetStream().Write(block);
            }

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

using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>One client side of an SMTP session, byte for byte as the test says.</summary>
internal sealed class SmtpClient : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    public SmtpClient(int port, string address = "127.0.0.1", bool greet = true)
    {
        _client = new TcpClient(address, port) { ReceiveTimeout = 60_000, SendTimeout = 60_000, NoDelay = true };
        _reader = new StreamReader(_client.GetStream(), Encoding.Latin1);
        if (greet)
        {
            Expect("220");
        }
    }

    /// <summary>The last reply, all lines, joined by LF.</summary>
    public string Last { get; private set; } = "";

    public void SendRaw(string bytes) => _client.GetStream().Write(Encoding.Latin1.GetBytes(bytes));

    public string Command(string line)
    {
        SendRaw(line + "\r\n");
        return ReadReply();
    }

    public string Command(string line, string expected)
    {
        Command(line);
        Assert.True(Last.StartsWith(expected, StringComparison.Ordinal), $"{line}: got {Last}, want {expected}");
        return Last;
    }

    public void Expect(string expected)
    {
        ReadReply();
        Assert.True(Last.StartsWith(expected, StringComparison.Ordinal), $"got {Last}, want {expected}");
    }

    public string ReadReply()
    {
        var lines = new List<string>();
        string? line;
        do
        {
            line = _reader.ReadLine();
            if (line is null)
            {
                lines.Add("(closed)");
                break;
            }

            lines.Add(line);
        }
        while (line.Length > 3 && line[3] == '-');

        return Last = string.Join('\n', lines);
    }

    /// <summary>One whole transaction; returns the reply to the end of data.</summary>
    public string SendMessage(string sender, IEnumerable<string> recipients, string content)
    {
        Command($"MAIL FROM:<{sender}>", "250");
        foreach (string recipient in recipients)
        {
            Command($"RCPT TO:<{recipient}>", "250");
        }

        Command("DATA", "354");
        SendRaw(content.ReplaceLineEndings("\r\n").Replace("\r\n.", "\r\n..", StringComparison.Ordinal));
        return Command(content.EndsWith('\n') ? "." : "\r\n.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>What arrived in one transaction at a sink.</summary>
internal sealed record Received(string Sender, IReadOnlyList<string> Recipients, string Content);

/// <summary>An SMTP server for tests: records what arrives and answers as the test wants.</summary>
internal sealed class SmtpSink : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private int _sessions;
    private int _open;

    /// <param name="address">Where it listens; null is 127.0.0.1.</param>
    public SmtpSink(IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start(512);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public ConcurrentQueue<Received> Messages { get; } = new();

    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Sessions that have not ended; of each, the beginning is counted before the greeting.</summary>
    public int OpenSessions => Volatile.Read(ref _open);

    /// <summary>Answer to a command line; null means the usual one.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    public Received WaitFor(string token, Func<string>? evidence = null) =>
        Wait.For(() => Messages.FirstOrDefault(m => m.Content.Contains(token, StringComparison.Ordinal)), $"message {token} at the sink", evidence);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _sessions);
                Interlocked.Increment(ref _open);
                // Elsewhere: an answer may take its time.
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { AutoFlush = true, NewLine = "\r\n" };
                await writer.WriteLineAsync(Answer("") ?? "220 sink ESMTP");
                string sender = "";
                var recipients = new List<string>();
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    string verb = line.Split(' ', ':')[0].ToUpperInvariant();
                    string? scripted = Answer(line);
                    if (scripted == "close")
                    {
                        return;
                    }

                    if (verb == "DATA" && scripted is null)
                    {
                        await writer.WriteLineAsync("354 go on");
                        string content = await ReadContentAsync(reader);
                        string reply = Answer(".") ?? "250 2.0.0 Ok: taken";
                        if (reply.StartsWith('2'))
                        {
                            Messages.Enqueue(new Received(sender, [.. recipients], content));
                        }

                        await writer.WriteLineAsync(reply);
                        recipients.Clear();
                        continue;
                    }

                    string answer = scripted ?? verb switch
                    {
                        "EHLO" => "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE 0",
                        "QUIT" => "221 bye",
                        _ => "250 2.1.0 Ok",
                    };
                    await writer.WriteLineAsync(answer);
                    switch (verb)
                    {
                        case "MAIL":
                            sender = Address(line);
                            recipients.Clear();
                            break;
                        case "RCPT" when answer.StartsWith('2'):
                            recipients.Add(Address(line));
                            break;
                        case "RSET":
                            recipients.Clear();
                            break;
                        case "QUIT":
                            return;
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer went away or the test is over.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private async Task<string> ReadContentAsync(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            content.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        }

        return content.ToString();
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>Stands for a scanner behind a filter: speaks its protocol, and finds what says so itself.</summary>
internal sealed class ScriptedDaemon : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedDaemon(Func<NetworkStream, Task> serve)
    {
        _listener.Start();
        _ = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>clamd(8): PING, VERSION and INSTREAM; a stream with VIRUS in it is infected.</summary>
    public static async Task Clamd(NetworkStream stream)
    {
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            // "nCOMMAND" ends in LF, "zCOMMAND" in NUL; answers end alike.
            char end = one[0] == 'n' ? '\n' : '\0';
            string command = await ReadToAsync(stream, end);
            string answer = "UNKNOWN COMMAND";
            if (command == "INSTREAM")
            {
                var content = new StringBuilder();
                byte[] head = new byte[4];
                while (true)
                {
                    await stream.ReadExactlyAsync(head);
                    byte[] chunk = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                    if (chunk.Length == 0)
                    {
                        break;
                    }

                    await stream.ReadExactlyAsync(chunk);
                    content.Append(Encoding.Latin1.GetString(chunk));
                }

                answer = content.ToString().Contains("VIRUS", StringComparison.Ordinal) ? "stream: Test.Virus FOUND" : "stream: OK";
            }
            else if (command is "PING" or "VERSION")
            {
                answer = command == "PING" ? "PONG" : "ClamAV 1.0";
            }

            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer + end));
        }
    }

    /// <summary>spamd(8): one request; a message with SPAM in it is spam.</summary>
    public static async Task Spamd(NetworkStream stream)
    {
        int length = 0;
        string line;
        while ((line = (await ReadToAsync(stream, '\n')).TrimEnd('\r')).Length > 0)
        {
            if (line.StartsWith("Content-length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(line.AsSpan(15).Trim(), System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        byte[] message = new byte[length];
        await stream.ReadExactlyAsync(message);
        string text = Encoding.Latin1.GetString(message);
        bool isSpam = text.Contains("SPAM", StringComparison.Ordinal);
        string marked = (isSpam ? "X-Spam-Flag: YES\r\nX-Spam-Status: Yes, score=18.0 required=5.0\r\n" : "X-Spam-Status: No, score=0.0 required=5.0\r\n") + text;
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"SPAMD/1.1 0 EX_OK\r\nContent-length: {marked.Length}\r\nSpam: {isSpam} ; {(isSpam ? "18.0" : "0.0")} / 5.0\r\n\r\n{marked}"));
    }

    public void Dispose() => _listener.Stop();

    private static async Task<string> ReadToAsync(NetworkStream stream, char end)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1 && one[0] != end)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    private async Task AcceptAsync(Func<NetworkStream, Task> serve)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(), serve);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task ServeAsync(TcpClient client, Func<NetworkStream, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(client.GetStream());
            }
            catch (IOException)
            {
                // The filter has hung up.
            }
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Tables.Tests.Clients;

/// <summary>A server on 127.0.0.1 that answers what it was told; it keeps what it was asked.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string?> _answer;
    private readonly List<string> _asked = [];

    /// <param name="answer">Gets what came in one piece; null closes the connection.</param>
    public FakeServer(Func<string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public string[] Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public string Place => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>A port on which nobody listens.</summary>
    public static int DeadPort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                Connections++;
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            byte[] buffer = new byte[70_000];
            NetworkStream stream = client.GetStream();
            int count;
            try
            {
                while ((count = await stream.ReadAsync(buffer)) > 0)
                {
                    string asked = Encoding.Latin1.GetString(buffer, 0, count);
                    lock (_asked)
                    {
                        _asked.Add(asked);
                    }

                    if (_answer(asked) is not { } answer)
                    {
                        return;
                    }

                    await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
                }
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }
}

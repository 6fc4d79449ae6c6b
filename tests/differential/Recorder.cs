using System.Net.Sockets;
using System.Text;

namespace Mta.Differential;

/// <summary>Stands in for the log service: keeps every line that a command logs.</summary>
internal sealed class LogRecorder : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly StringBuilder _text = new();

    public LogRecorder(string path)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
    }

    /// <summary>What was logged until now. The command has ended, so all of it is in the socket.</summary>
    public string Read()
    {
        byte[] buffer = new byte[65536];
        while (_socket.Available > 0 || _socket.Poll(0, SelectMode.SelectRead))
        {
            int count = _socket.Receive(buffer);
            _text.Append(Encoding.Latin1.GetString(buffer, 0, count).TrimEnd('\n', '\0')).Append('\n');
        }

        return _text.ToString();
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>Stands in for a service: answers every client with the same bytes and keeps what the clients sent.</summary>
internal sealed class ServiceRecorder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _answer;
    private readonly byte[] _reply;
    private readonly List<Task<string>> _clients = [];
    private readonly Task _accepting;

    public ServiceRecorder(string path, string answer)
    {
        string[] parts = answer.Split("{then}");
        _answer = Encoding.Latin1.GetBytes(parts[0]);
        _reply = Encoding.Latin1.GetBytes(string.Concat(parts[1..]));
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>What the clients sent, one after the other; the command has ended, so each has closed.</summary>
    public string Read()
    {
        _listener.Dispose();
        _accepting.Wait(Patience);
        Task.WaitAll([.. _clients], Patience);
        return string.Concat(_clients.Select(static client => client.IsCompletedSuccessfully ? client.Result + "\n" : "(still open)\n"));
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _clients.Add(ServeAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The case is over.
        }
    }

    private async Task<string> ServeAsync(Socket client)
    {
        var received = new StringBuilder();
        using (client)
        {
            try
            {
                if (_answer.Length > 0)
                {
                    await client.SendAsync(_answer);
                }

                byte[] buffer = new byte[65536];
                int count;
                // A client that asked waits for the answer and then for the end: give both when it has asked.
                while ((count = await client.ReceiveAsync(buffer)) > 0)
                {
                    received.Append(Encoding.Latin1.GetString(buffer, 0, count));
                    if (received.Length > 0 && received[^1] == '\0')
                    {
                        if (_reply.Length > 0)
                        {
                            await client.SendAsync(_reply);
                        }

                        client.Shutdown(SocketShutdown.Send);
                    }
                }
            }
            catch (SocketException)
            {
                // The command went away.
            }
        }

        return received.ToString();
    }
}

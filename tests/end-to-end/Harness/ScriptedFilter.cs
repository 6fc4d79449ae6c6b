using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>A filter that answers each event as its script says and keeps what it was told.</summary>
internal sealed class ScriptedFilter : IDisposable
{
    private readonly Socket _listener;
    private readonly List<string> _heard = [];
    private int _connections;

    /// <param name="path">A local socket to listen on; null for a port.</param>
    public ScriptedFilter(string? path = null)
    {
        _listener = path is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(path is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        if (path is not null)
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
        }

        Endpoint = path is null ? $"inet:127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}" : $"unix:{path}"; // bound above
        _ = AcceptAsync();
    }

    /// <summary>As main.cf names it.</summary>
    public string Endpoint { get; }

    /// <summary>
    /// Packets to answer an event's letter with; null closes the connection, none at all keeps the server waiting. Other
    /// events: continue.
    /// </summary>
    public Dictionary<char, byte[]?[]> Script { get; set; } = [];

    /// <summary>The answer to the negotiation.</summary>
    public byte[] Options { get; set; } = Negotiation(6, 0x1FF, 0);

    /// <summary>Nobody is connected.</summary>
    public bool IsIdle => Volatile.Read(ref _connections) == 0;

    public static byte[] Packet(char letter, params byte[][] parts)
    {
        byte[] data = [.. parts.SelectMany(static part => part)];
        byte[] packet = new byte[data.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(packet, data.Length + 1);
        packet[4] = (byte)letter;
        data.CopyTo(packet, 5);
        return packet;
    }

    public static byte[] Text(params string[] strings) => Encoding.Latin1.GetBytes(string.Concat(strings.Select(static text => text + "\0")));

    public static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Negotiation(uint version, uint actions, uint options, params byte[][] more) =>
        Packet('O', [Number(version), Number(actions), Number(options), .. more]);

    /// <summary>What was heard since the last call.</summary>
    public List<string> TakeHeard()
    {
        lock (_heard)
        {
            List<string> heard = [.. _heard];
            _heard.Clear();
            return heard;
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync();
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            byte[] head = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(head);
                byte[] packet = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                await stream.ReadExactlyAsync(packet);
                char letter = (char)packet[0];
                lock (_heard)
                {
                    _heard.Add(Encoding.Latin1.GetString(packet));
                }

                if (letter is 'D' or 'A' or 'Q')
                {
                    continue;
                }

                foreach (byte[]? answer in letter == 'O' ? [Options] : Script.GetValueOrDefault(letter, [Packet('c')]))
                {
                    if (answer is null)
                    {
                        return;
                    }

                    await stream.WriteAsync(answer);
                }
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // The server has hung up.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Milter.Tests;

/// <summary>How the filter's bytes are cut on their way.</summary>
public enum Cut
{
    /// <summary>An answer at once.</summary>
    Whole,

    /// <summary>In two pieces, cut in the middle.</summary>
    Split,
    Byte,
}

/// <summary>A filter in this process: answers each event as its script says and keeps what it was told.</summary>
internal sealed class ScriptedFilter : IDisposable
{
    private readonly Socket _listener;
    private readonly Cut _cut;
    private readonly List<string> _heard = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    /// <param name="path">A local socket to listen on; null for a port.</param>
    public ScriptedFilter(string? path = null, Cut cut = Cut.Whole)
    {
        _cut = cut;
        _listener = path is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(path is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        if (path is not null)
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
        }

        Port = path is null ? ((IPEndPoint)_listener.LocalEndPoint!).Port : 0; // bound above
        Endpoint = path is null ? $"inet:127.0.0.1:{Port}" : $"unix:{path}";
        _ = AcceptAsync();
    }

    /// <summary>As main.cf names it.</summary>
    public string Endpoint { get; }

    public int Port { get; }

    /// <summary>
    /// Packets to answer an event's letter with; null closes the connection, none at all keeps the server waiting. Other
    /// events: continue.
    /// </summary>
    public Dictionary<char, byte[]?[]> Script { get; set; } = [];

    /// <summary>The answer to the negotiation.</summary>
    public byte[] Options { get; set; } = Negotiation(6, 0x1FF, 0);

    /// <summary>Nobody is connected.</summary>
    public bool IsIdle => Volatile.Read(ref _connections) == 0;

    /// <summary>A connection has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Letters and data of what came, macros and the negotiation left out.</summary>
    public List<string> Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard.Where(static packet => packet[0] is not ('D' or 'O'))];
            }
        }
    }

    public List<string> Macros
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard.Where(static packet => packet[0] == 'D')];
            }
        }
    }

    public static byte[] Packet(char letter, params byte[][] parts)
    {
        byte[] data = [.. parts.SelectMany(static part => part)];
        return [.. Number((uint)data.Length + 1), (byte)letter, .. data];
    }

    public static byte[] Strings(params string[] strings) => Encoding.Latin1.GetBytes(string.Concat(strings.Select(static text => text + "\0")));

    public static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Negotiation(uint version, uint actions, uint options, params byte[][] more) =>
        Packet('O', [Number(version), Number(actions), Number(options), .. more]);

    /// <summary>All that was heard since the last call.</summary>
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

                    await SendAsync(stream, answer);
                }
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The server has hung up.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            _ended.TrySetResult();
        }
    }

    private async Task SendAsync(NetworkStream stream, byte[] answer)
    {
        int piece = _cut switch
        {
            Cut.Whole => Math.Max(1, answer.Length),
            Cut.Split => Math.Max(1, (answer.Length + 1) / 2),
            _ => 1,
        };
        for (int at = 0; at < answer.Length; at += piece)
        {
            await stream.WriteAsync(answer.AsMemory(at, Math.Min(piece, answer.Length - at)));
            await Task.Yield();
        }
    }
}

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

/// <summary>A filter for one connection, in this process: answers each event as it is told, keeps what it heard.</summary>
internal sealed class FilterPeer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Cut _cut;
    private readonly List<string> _heard = [];

    public FilterPeer(Cut cut = Cut.Whole)
    {
        _cut = cut;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Ended = ServeAsync();
    }

    /// <summary>Packets to answer an event's letter with; null closes, none keeps silent. Others: continue.</summary>
    public Dictionary<char, byte[]?[]> Script { get; } = [];

    public byte[] Options { get; set; } = Negotiation(6, 0x1FF, 0);

    public Task Ended { get; }

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

    public MilterDefinition Definition(MilterDefaultAction onFailure = MilterDefaultAction.Tempfail, int version = 6, double timeout = 20) => new()
    {
        Name = "inet:filter",
        Endpoint = new Linux.StreamEndpoint("", "127.0.0.1", $"{((IPEndPoint)_listener.LocalEndPoint!).Port}"), // bound above
        ConnectTimeout = TimeSpan.FromSeconds(20),
        CommandTimeout = TimeSpan.FromSeconds(timeout),
        ContentTimeout = TimeSpan.FromSeconds(timeout),
        DefaultAction = onFailure,
        Version = version,
    };

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

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            using Socket client = await _listener.AcceptAsync();
            client.NoDelay = true;
            using var stream = new NetworkStream(client);
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
            // The session under test is over.
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

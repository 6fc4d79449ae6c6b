using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.EndToEnd;

/// <summary>
/// A name server that the test plays itself, for <c>dns_forward_address</c>: every domain has one mail exchanger,
/// <c>mx.test</c>, and every host one address.
/// </summary>
internal sealed class ScriptedNames : IDisposable
{
    private const int HeaderSize = 12;
    private const int TypeAddress = 1;
    private const int TypeMailExchanger = 15;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPAddress _address;

    /// <param name="address">Of every host.</param>
    public ScriptedNames(IPAddress address)
    {
        _address = address;
        _ = AnswerAsync();
    }

    /// <summary>As the parameter wants it.</summary>
    public string ForwardAddress => $"127.0.0.1@{((IPEndPoint)_socket.Client.LocalEndPoint!).Port}"; // bound above

    /// <summary>Domains whose exchanger was asked for.</summary>
    public ConcurrentDictionary<string, bool> Asked { get; } = new();

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult query = await _socket.ReceiveAsync();
                await _socket.SendAsync(ReplyTo(query.Buffer), query.RemoteEndPoint);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    // RFC 1035 §4.1: the question goes back, followed by one record or none whose name points to the question's.
    private byte[] ReplyTo(byte[] query)
    {
        int end = HeaderSize;
        StringBuilder name = new();
        while (query[end] != 0)
        {
            name.Append(Encoding.ASCII.GetString(query, end + 1, query[end])).Append('.');
            end += query[end] + 1;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(end + 1));
        byte[] data = type switch
        {
            TypeMailExchanger => [0, 10, 2, .. "mx"u8, 4, .. "test"u8, 0],
            TypeAddress => _address.GetAddressBytes(),
            _ => [],
        };
        if (type == TypeMailExchanger)
        {
            Asked.TryAdd(name.ToString().ToLowerInvariant(), true);
        }

        byte count = (byte)(data.Length > 0 ? 1 : 0);
        byte[] reply = [query[0], query[1], 0x85, 0x80, 0, 1, 0, count, 0, 0, 0, 0, .. query[HeaderSize..(end + 5)]];
        return count == 0 ? reply : [.. reply, 0xC0, HeaderSize, 0, (byte)type, 0, 1, 0, 0, 1, 44, 0, (byte)data.Length, .. data];
    }
}
